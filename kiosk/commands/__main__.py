"""`python -m kiosk.commands`: the same as `guichet`, for programs that start modules."""

from __future__ import annotations

from kiosk.commands import main

main()
