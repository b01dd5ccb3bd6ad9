"""The policy for polling pending batches and giving up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PollingPolicy:
    """How often to poll pending batches, and when to give up."""

    first_interval: float = 5.0
    """The first interval, in seconds."""
    growth: float = 1.5
    max_interval: float = 60.0
    max_failures: int = 30
    """How many failed polls in a row end the run; each is retried for a minute or two."""
