"""One simulator per device, on the wire bytes; the demo, training and the tests share them."""
