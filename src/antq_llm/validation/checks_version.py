"""The version of the checks, which each output line names."""

from __future__ import annotations

CHECKS_VERSION = "3"
"""Raise it by one with every change after which the same answer to the same article may give
another record, warning or failure: a rule of ``validation/``, ``mentions/``, ``evidence/`` or
``records/``, a role of ``movement_report``, or how an answer is read. Users then see in
``run.json`` how many lines are older, and ``antq-llm recheck`` shows what changes. "1" stands for
all versions before lines named it."""
