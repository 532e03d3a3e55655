"""One file a peer: a way to keep records while offline and bring them to a hub over MQTT."""
