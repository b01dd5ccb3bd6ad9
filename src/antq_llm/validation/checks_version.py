"""The version of the checks, given in each output line."""

from __future__ import annotations

CHECKS_VERSION = "3"
"""Increase it by one with every change after which the same answer to the same article may give
a different record, warning or failure. Such a change may be to a rule in ``validation/``,
``mentions/``, ``evidence/`` or ``records/``, to a role of ``movement_report``, or to how answers
are parsed. Users then see in ``run.json`` how many lines are older, and ``antq-llm recheck`` shows
what changes. "1" stands for all versions from before lines named the version."""
