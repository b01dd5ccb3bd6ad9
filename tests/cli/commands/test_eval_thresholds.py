"""The thresholds of the command ``antq-llm eval``."""

from __future__ import annotations

import pytest

from helpers.command_line import Cli


@pytest.mark.parametrize("value", ["nan", "inf", "-0.1", "90"])
def test_a_threshold_is_an_f1(cli: Cli, value: str) -> None:
    """A value of --fail-under that is not from 0 to 1 is a usage error."""
    done = cli("eval", "--baseline", "rules", f"--fail-under={value}")
    assert done.status == 2
    assert f"--fail-under must be an F1 from 0 to 1, not {float(value)}" in done.complaint
