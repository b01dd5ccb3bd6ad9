"""Reading the lines of a batch's output and error files."""

from __future__ import annotations

import json

from antq_llm.clients.openai.batch_output import read_line
from antq_llm.core.masking import Masker

KEY = "sk-proj-0123456789"


def test_errors_show_no_key() -> None:
    """API keys are masked in the errors of a batch's results but not in its answers."""
    failed = {"status_code": 422, "body": {"error": {"message": f"bad {KEY}"}}}
    passing = {"status_code": 503, "body": {"error": {"message": f"bad {KEY}"}}}
    answered = {"status_code": 200, "body": {"choices": [{"message": {"content": KEY}}]}}
    mask = Masker([KEY])
    lines = [
        read_line(json.dumps({"custom_id": "a", "response": response}).encode(), mask)
        for response in (failed, passing, answered)
    ]
    unexecuted = {"custom_id": "a", "error": {"code": "batch_expired", "message": KEY}}
    lines.append(read_line(json.dumps(unexecuted).encode(), mask))
    assert all(lines)
    first, second, third, fourth = filter(None, lines)
    assert first.error is not None
    assert third.reply is not None
    assert KEY not in str(first.error.body) + str(second.lost) + str(fourth.lost)
    assert third.reply.text == KEY
