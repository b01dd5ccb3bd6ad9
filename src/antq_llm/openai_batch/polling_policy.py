"""The polling of pending batches, and when a run gives up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PollingPolicy:
    """How often pending batches are polled."""

    first_interval: float = 5.0
    """Seconds."""
    growth: float = 1.5
    max_interval: float = 60.0
    max_failures: int = 30
    """Failed polls in a row that end the run; each was retried for a minute or two."""
