"""Why something was not published. No I/O."""

from __future__ import annotations


class PublicationError(Exception):
    """Nothing was published; the message says why."""


class ProposalError(Exception):
    """A proposal cannot be made, read or used; the message says why."""


class SigningKeyError(Exception):
    """A key file cannot be made or used; the message says why."""


class PathRefusedError(Exception):
    """No role may name this path."""


class TargetFileError(Exception):
    """A file is not the one that was signed."""
