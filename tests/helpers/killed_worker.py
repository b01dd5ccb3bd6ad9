"""A schema whose validator kills its process once, at article 7."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from pydantic import BaseModel, field_validator

MARKER = "KILL_WORKER_ONCE"
"""The environment variable that names the marker file; without the file, nothing is killed."""


class Answered(BaseModel):
    """The number of an article."""

    number: int

    @field_validator("number")
    @classmethod
    def kill(cls, number: int) -> int:
        """At article 7, delete the marker file and kill this process if the file exists."""
        marker = os.environ.get(MARKER)
        if number == 7 and marker and Path(marker).exists():
            Path(marker).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return number
