"""Where this process's log goes: lines of JSON on standard error, which systemd hands to the journal."""

from __future__ import annotations

import sys

import structlog


def log_as_json() -> None:
    """Log from here on as one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
