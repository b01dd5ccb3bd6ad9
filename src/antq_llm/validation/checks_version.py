"""The version of the checks, which is written to each output line."""

from __future__ import annotations

CHECKS_VERSION = "3"
"""Increase it by one with every change that may give a different record, warning or failure for the
same answer to the same article. Such a change may be to a rule in ``validation/``, ``mentions/``,
``evidence/`` or ``records/``, to a role of ``movement_report`` or to the parsing of answers. Users
then see in ``run.json`` how many lines are older, and ``antq-llm recheck`` shows what changes. "1"
stands for all versions of the checks before the version was written to lines."""
