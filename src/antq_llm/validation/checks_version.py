"""The version of the checks, which is written to each output line."""

from __future__ import annotations

CHECKS_VERSION = "4"
"""A number that increases by one with each change that can alter the record, warnings or failure
for an answer and its article. Such a change may be to a rule in ``validation/``, ``mentions/``,
``evidence/`` or ``records/``, to a role of ``movement_report`` or to the parsing of answers.
``run.json`` then says how many lines were checked by another version, and ``antq-llm recheck``
shows what changes. Output lines that do not contain a version have version "1"."""
