"""Records, seal, outbox, ledger and the link to the hub.

what a record is      records (kinds), entry (its bytes), dictionary (what compresses them), clock (when)
its seal              seal (a stream's key and rows), lane (urgency), lane_seal (a writer's present stream)
what waits            outbox/ (rows on the disk), writer (a process queues), wakeup (sync is told), lock (one of each)
who owes what         chain (rows in a row), ledger (both ends), settlement (the hub's word), rejected (and why not)
what travels          frame (three messages), framing (cut from the outbox), topics (where to), keys (who signs)
by which road         link and tls (MQTT), carrier (a stick)
how much at once      pace, budget, metered
the service           service (its loop), delivery (one event at a time), link_report (what others are told)

`fleet` uses what both ends share: records to seal, chain, ledger, frame, topics, keys, rejected, link, tls.
"""
