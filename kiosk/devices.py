"""The devices of a kiosk, from its configuration to the journeys' events. Adapter (printer, scanner)."""

from __future__ import annotations
