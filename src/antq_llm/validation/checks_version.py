"""The version of the checks, which is written to each output line."""

from __future__ import annotations

CHECKS_VERSION = "4"
"""A number that is increased by one with every change that can give a different record, warning or
failure for the same answer and article. Such a change may be to a rule in ``validation/``,
``mentions/``, ``evidence/`` or ``records/``, to a role of ``movement_report`` or to the parsing of
answers. Users then see in ``run.json`` how many lines were judged by another version, and
``antq-llm recheck`` shows what changes. "1" stands for all checks made before output lines included
the version."""
