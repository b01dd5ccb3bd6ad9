"""A schema whose check kills its process once, at a certain article."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from pydantic import BaseModel, field_validator

MARKER = "KILL_WORKER_ONCE"
"""The environment variable that names a file; while the file exists, the process is killed."""


class Answered(BaseModel):
    """The number of an article."""

    number: int

    @field_validator("number")
    @classmethod
    def kill(cls, number: int) -> int:
        """Kill this process at article 7 if the marker file exists."""
        marker = os.environ.get(MARKER)
        if number == 7 and marker and Path(marker).exists():
            Path(marker).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return number
