"""What the hub has published, on its way to this device: configuration and content, in parts, by MQTT.

message    what is asked and given (both ends)
asking     what to ask next, and when again
gathering  a file under way: whole, or from pieces and an older file
shelf      what has come and what is lacking: judged before it is moved to the mirror, which the keeper reads
supply     the thread
"""
