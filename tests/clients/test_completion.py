"""Completions, and the sums of their usage and cost."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from antq_llm.clients.completion import Completion, Usage, total_cost, total_usage
from helpers.samples import completion


@pytest.mark.parametrize(
    ("usages", "total"),
    [
        ([], Usage(input_tokens=0, output_tokens=0, cached_tokens=0)),
        (
            [Usage(input_tokens=1, output_tokens=2, cached_tokens=3)],
            Usage(input_tokens=1, output_tokens=2, cached_tokens=3),
        ),
        (
            [
                Usage(input_tokens=1, output_tokens=2, cached_tokens=0),
                Usage(input_tokens=10, output_tokens=20, cached_tokens=5),
            ],
            Usage(input_tokens=11, output_tokens=22, cached_tokens=5),
        ),
        (
            [
                Usage(input_tokens=1, output_tokens=2),
                Usage(input_tokens=10, output_tokens=20, cached_tokens=5),
            ],
            Usage(input_tokens=11, output_tokens=22),
        ),
        ([Usage(input_tokens=1, output_tokens=2, cached_tokens=3), Usage()], Usage()),
    ],
)
def test_usage_is_summed_field_by_field(usages: list[Usage], total: Usage) -> None:
    """The sum of a field is known only if every completion reports the field."""
    assert total_usage(usages) == total


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        ([], 0.0),
        ([0.25], 0.25),
        ([0.25, 0.5], 0.75),
        ([0.25, None], None),
        ([None], None),
        ([0.0, 0.0], 0.0),
    ],
)
def test_cost_is_known_only_if_every_cost_is(
    costs: list[float | None], total: float | None
) -> None:
    """If one cost is unknown, the sum is unknown too."""
    assert total_cost(costs) == total


def test_a_completion_is_written_and_read_back() -> None:
    """A completion survives being written as JSON and read back."""
    original = completion("Tân Lâm", model="m-1", mode="tools", refusal="không")
    assert Completion.model_validate_json(original.model_dump_json()) == original


def test_whether_a_completion_was_replayed_is_not_written() -> None:
    """``replayed`` is not part of a stored completion."""
    assert "replayed" not in json.loads(completion(replayed=True).model_dump_json())


def test_usage_that_was_not_reported_is_unknown() -> None:
    """In a completion without usage, every count is None, not 0."""
    assert Completion(text="x").usage == Usage(
        input_tokens=None, output_tokens=None, cached_tokens=None
    )


def test_a_completion_has_no_other_keys() -> None:
    """JSON with an unknown key is refused."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Completion.model_validate({"text": "x", "logprobs": []})
