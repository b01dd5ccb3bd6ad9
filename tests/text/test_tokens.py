"""The tokens of a text."""

from __future__ import annotations

from antq_llm.text.tokens import forms_of, tokens_of


def test_tokens_have_their_spans() -> None:
    """The span of a token covers its text, and a dash on its own is not a token."""
    text = "  “Cổng trường – bình yên”."
    assert [text[token.start : token.end] for token in tokens_of(text)] == [
        "“Cổng",
        "trường",
        "bình",
        "yên”.",
    ]


def test_forms_are_those_of_the_tokens() -> None:
    """The forms of a text are those of its tokens: lower case, without closing punctuation."""
    text = "Hà Nội: sơ kết, - tổng kết."
    assert forms_of(text) == [token.form for token in tokens_of(text)]
    assert forms_of("Xã: XÃ. xã;") == forms_of("xã xã xã")
