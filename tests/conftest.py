"""What all tests share."""

from hypothesis import settings

# No property is timed: a machine under load is slow, and not wrong. All else stays as it is, here and in CI.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")
