"""The commands that have settings, and the headings of their options in ``--help``."""

from __future__ import annotations

EXTRACT = "extract"
EVAL = "eval"
IMPROVE = "improve"
CALIBRATE = "calibrate"
EXPORT = "export"
DEMO = "demo"
GOLD = "gold"
AUDIT = "audit"
REPORT = "report"
REVIEW = "review"

TABLES = (EXTRACT, EVAL, IMPROVE, EXPORT, DEMO, CALIBRATE)
"""The commands that can have a table in a settings file."""

OUTPUT_GROUP = "Output"
PROMPT_GROUP = "Prompt and schema"
GOLD_GROUP = "Gold and systems"
MODEL_GROUP = "Model and endpoint"
ANSWER_GROUP = "Answers and checks"
RATE_GROUP = "Rate, retries and cost"
RECORDING_GROUP = "Recordings"
ARTICLE_GROUP = "Articles and copies"
CHECKS_GROUP = "Checks"
THRESHOLD_GROUP = "Thresholds"
SERVER_GROUP = "Server"
