"""Bytes without a pattern, the same at each call."""

from hashlib import sha256


def noise(length_bytes, seed=0):
    return b"".join(sha256(b"%d %d" % (seed, number)).digest() for number in range(length_bytes // 32))
