"""The reasoning of known models is left out, and the last valid document is the answer."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.answer import read_answer


class Place(BaseModel):
    """A record with a name and an optional note."""

    name: str
    note: str = ""


SCHEMA = PydanticSchema(Place)
DRAFT = '{"name": "Di Linh", "note": "bản nháp dài hơn hẳn câu trả lời cuối cùng"}'
FINAL = '{"name": "Tân Lâm"}'

FAMILIES = [
    "<think>{}</think>",
    "<THINK>{}</THINK>",
    "<thinking>{}</thinking>",
    "<think>{}</thinking>",
    "<thought>{}</thought>",
    "<thoughts>{}</thoughts>",
    "<reasoning>{}</reasoning>",
    '<reasoning effort="high">{}</reasoning>',
    "<reflection>{}</reflection>",
    "<scratchpad>{}</scratchpad>",
    "<analysis>{}</analysis>",
    "<draft>{}</draft>",
    "<chain_of_thought>{}</chain_of_thought>",
    "<inner_monologue>{}</inner_monologue>",
    "<antThinking>{}</antThinking>",
    "<seed:think>{}</seed:think>",
    "[THINK]{}[/THINK]",
    "◁think▷{}◁/think▷",
    "<|begin_of_thought|>{}<|end_of_thought|>",
    "<|START_THINKING|>{}<|END_THINKING|>",
    "<|think|>{}<|end|>",
    "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|channel|>analysis<|message|>{}<|channel|>final <|constrain|>json<|message|>",
    "<|channel|>commentary<|message|>{}<|end|>",
    "analysisTa viết {} trước.assistantfinal",
    "<|channel>thought\n{}<channel|>",
    "<|inner_prefix|>{}<|inner_suffix|>",
    "<unused94>thought\n{}<unused95>",
    "[unused16]{}[unused17]",
    "<think>a</think><think>{}</think>",
    "<think>a</think>\nb\n<think>{}</think>",
    "<reasoning><think>a</think>{}</reasoning>",
    "Nghĩ: {}</think>",
    'Xét ["a{}</think>',
    "Nghĩ: {}[/THINK]",
    "Nghĩ: {}◁/think▷",
]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_draft_in_reasoning_is_not_the_answer(family: str) -> None:
    """An answer that follows a draft in reasoning is read instead of the draft."""
    assert read_answer(family.replace("{}", DRAFT) + FINAL, SCHEMA).name == "Tân Lâm"


@pytest.mark.parametrize(
    "family", [family for family in FAMILIES if "final" not in family and family[0] in "<[◁"]
)
def test_reasoning_behind_the_answer_is_left_out(family: str) -> None:
    """Reasoning after the answer is not read, even if it contains a document."""
    text = f"{FINAL}\n{family.replace('{}', DRAFT)}"
    assert read_answer(text, SCHEMA).name == "Tân Lâm"


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{DRAFT}",
        f"<think>a</think><think>{DRAFT}",
        f"[THINK]{DRAFT}",
        f"◁think▷{DRAFT}",
        f"<|channel|>analysis<|message|>{DRAFT}",
        f"<think>{DRAFT}</think>",
        f"Nghĩ: {DRAFT}</think>",
    ],
)
def test_an_answer_of_reasoning_alone_is_refused(text: str) -> None:
    """A draft in reasoning without an answer after it is refused."""
    with pytest.raises(InvalidAnswer):
        read_answer(text, SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        f"{DRAFT}\n{FINAL}",
        f"Nháp: {DRAFT}. Bản cuối: {FINAL}",
        f"```json\n{DRAFT}\n```\nSửa lại:\n```json\n{FINAL}\n```",
        f"Ví dụ định dạng: {DRAFT}\n\nKết quả: {FINAL}\n\nHết.",
        f"{DRAFT}</think>{FINAL}",
        f'{FINAL}\nGhi chú: {{"độ_tin_cậy": 0.9, "lời_giải_thích": "dài hơn câu trả lời"}}',
        f"{FINAL}\nXem [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].",
        f'{FINAL}\n{{"name": 5, "note": "sai kiểu và dài hơn hẳn"}}',
        f"{FINAL} {{}}",
        f"Không dùng <think> đâu. {FINAL}",
    ],
)
def test_the_last_document_that_satisfies_the_schema_is_read(text: str) -> None:
    """Of several documents, the last valid one is read, not the longest."""
    assert read_answer(text, SCHEMA).name == "Tân Lâm"


@pytest.mark.parametrize("name", ["<think>", "a </think> b", "[THINK]x", "◁/think▷", "<|end|>"])
def test_a_mark_inside_the_answer_is_text(name: str) -> None:
    """A reasoning mark in a string of the answer is part of the string."""
    document = json.dumps({"name": name}, ensure_ascii=False)
    assert read_answer(f"<think>{DRAFT}</think>\n{document}", SCHEMA).name == name


UNITS = [
    "<think>",
    "</think>",
    "<think></think>",
    '["</think>",',
    '["<think>",',
    "<|channel|>analysis<|message|>",
    "{}",
    "<" * 50,
    "<a" * 25,
    "<thin" * 10,
    "```",
]


@pytest.mark.parametrize("unit", UNITS)
def test_marks_without_end_are_read_in_linear_steps(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of characters read grows linearly with the length of the answer."""
    from antq_llm.validation import embedded_json

    real, read = embedded_json.document_end, []

    def counted(text: str, begin: int) -> int:
        try:
            end = real(text, begin)
        except embedded_json.BrokenDocument as broken:
            read.append(broken.position - begin)
            raise
        read.append(end - begin)
        return end

    monkeypatch.setattr(embedded_json, "document_end", counted)
    text = unit * (20_000 // len(unit))
    embedded_json.documents_in(text)
    assert sum(read) <= 3 * len(text)


@pytest.mark.parametrize(
    "mark",
    [
        "</think>",
        "[/THINK]",
        "◁/think▷",
        "<|end_of_thought|>",
        "<channel|>",
        "<|inner_suffix|>",
        "assistantfinal",
        "<|channel|>final<|message|>",
    ],
)
def test_an_end_without_a_beginning_ends_reasoning(mark: str) -> None:
    """If the start mark of reasoning is missing, everything up to its end mark is left out."""
    with pytest.raises(InvalidAnswer):
        read_answer(f"Nghĩ: {FINAL}{mark}{{}}", SCHEMA)


@pytest.mark.parametrize("mark", ["<|end|>", "<|return|>", "<|call|>"])
def test_the_end_of_a_message_is_not_the_end_of_reasoning(mark: str) -> None:
    """The end mark of a message does not make the text before it reasoning."""
    assert read_answer(f"Trả lời: {FINAL}{mark}", SCHEMA).name == "Tân Lâm"


def test_any_end_closes_reasoning_that_has_no_end_of_its_own() -> None:
    """Reasoning without its own end mark ends at another one, but not at the end of a message."""
    assert read_answer(f"<reasoning>{DRAFT}[/THINK]{FINAL}", SCHEMA).name == "Tân Lâm"
    with pytest.raises(InvalidAnswer):
        read_answer(f"<reasoning>{DRAFT}<|end|>{FINAL}", SCHEMA)
