"""Packaged style sheets, and the content security policy of a page that contains them."""

from __future__ import annotations

from antq_llm.pages.assets import base_css, inline_policy, marks_css


def test_marks_are_styled_in_their_scope_only() -> None:
    """The style of marks does not apply outside the given scope."""
    css = marks_css(".out")
    assert "&" not in css
    assert css.count(".antq-mark {") == css.count(".out .antq-mark {") == 1


def test_the_base_style_has_the_marks() -> None:
    """The base style sheet includes the style of marked text."""
    assert ".antq-mark" in base_css()


def test_the_policy_allows_only_what_is_given() -> None:
    """A policy allows style sheets by their digests and, if no script is given, forbids scripts."""
    assert "script-src 'none'" in inline_policy([""], [])
    empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    assert f"style-src {empty};" in inline_policy([""], [])
