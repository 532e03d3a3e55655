"""What a service says in its log: JSON, a line each, whatever happened."""

from __future__ import annotations

import json
import subprocess
import sys

CHILD = """
import structlog
from config.journal import log_as_json
log_as_json()
try:
    {}["lost"]
except KeyError:
    structlog.get_logger().exception("driver crashed", device="scanner")
"""


def test_the_trace_of_a_bug_that_was_survived_is_in_the_log():
    child = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    [line] = child.stderr.splitlines()
    said = json.loads(line)
    assert (said["event"], said["device"]) == ("driver crashed", "scanner")
    assert "KeyError: 'lost'" in said["exception"]
