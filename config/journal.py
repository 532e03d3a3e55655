"""Where this process's log goes: lines of JSON on standard error, which systemd hands to the journal."""

from __future__ import annotations

import os
import sys
import threading
import traceback

import structlog

_EX_SOFTWARE = 70  # sysexits.h: internal software error


def log_as_json() -> None:
    """Log from here on as one JSON object a line, and let a bug in any thread end the process.

    A service that has lost a thread looks alive and does nothing; systemd starts one that has ended again.
    """
    threading.excepthook = _end
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def _end(bug: threading.ExceptHookArgs) -> None:
    name = bug.thread.name if bug.thread else "unknown"
    trace = "".join(traceback.format_exception(bug.exc_type, bug.exc_value, bug.exc_traceback))
    structlog.get_logger().critical("a thread died of a bug", thread=name, trace=trace)
    os._exit(_EX_SOFTWARE)
