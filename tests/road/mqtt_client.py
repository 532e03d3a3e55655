"""A plain MQTT client, as anybody may write one: it keeps what it hears and what the broker answers."""

from __future__ import annotations

import queue
import ssl

import paho.mqtt.client as mqtt

from sync.tls import client_context


class Client:
    """Connects at once, with a certificate and its key or with neither; `welcome` tells whether it was let in."""

    def __init__(self, port, ca, *identity, will=None):
        self.heard, self.answers = queue.Queue(), queue.Queue()
        # The broker goes by the certificate's name, whatever a client calls itself.
        self.paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, "kiosk-b", protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self.paho.tls_set_context(client_context(ca, *identity) if identity else ssl.create_default_context(cafile=ca))
        if will is not None:
            self.paho.will_set(will, b"the will", qos=1)
        self.paho.on_message = lambda *a: self.heard.put((a[2].topic, a[2].payload))
        for answer in ("on_connect", "on_subscribe", "on_publish", "on_disconnect"):
            setattr(self.paho, answer, lambda *a: self.answers.put(a[3]))
        self.paho.connect("localhost", port)
        self.paho.loop_start()
        self.welcome = not self.answers.get(timeout=10).is_failure

    def subscribe(self, topic):
        self.paho.subscribe(topic, qos=1)
        self.answers.get(timeout=10)

    def publish(self, topic, payload):
        self.paho.publish(topic, payload, qos=1)
        return self.answers.get(timeout=10)

    def close(self):
        self.paho.disconnect()
        self.paho.loop_stop()
