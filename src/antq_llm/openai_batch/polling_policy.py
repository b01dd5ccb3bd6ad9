"""The policy for polling pending batches and giving up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PollingPolicy:
    """The intervals between polls, and the number of consecutive failures that ends the run."""

    first_interval: float = 5.0
    """The first interval between polls, in seconds."""
    growth: float = 1.5
    max_interval: float = 60.0
    max_failures: int = 30
    """The number of consecutive failed polls that ends the run.

    A poll fails only after all retries of a request to the provider have failed.
    """
