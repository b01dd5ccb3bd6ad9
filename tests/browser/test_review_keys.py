"""Keyboard shortcuts of a review in Chromium."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from antq_llm.review.web.server import ReviewServer
from antq_llm.review.workspace import Workspace
from helpers.browser import WatchedPages
from helpers.review_pages import article, wait_for_notice
from helpers.reviewing import RECORD, gold_of


def test_keys_move_accept_and_undo(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """``j`` and ``k`` move, ``a`` accepts and ``u`` undoes, except in a text field."""
    page = article(pages, review)
    sent = []
    page.on("request", lambda made: sent.append(made.post_data) if made.post_data else None)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('details').id") == "s0-0"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    name = page.locator("details[open] [name='f:/name']")
    name.fill("Ann")
    for key in "End", "u", "a":
        name.press(key)
    assert name.input_value() == "Annua"
    page.click("details[open]:has([name='f:/name']) .cancel")
    page.click("#s3-0 summary")
    page.click("#s3-0 button.remove")
    wait_for_notice(page, "removed")
    page.keyboard.press("u")
    wait_for_notice(page, "undone")
    assert gold_of(workspace, ending="draft") is None
    page.keyboard.press("a")
    page.wait_for_selector("text=1 of 1 accepted")
    assert gold_of(workspace) == RECORD
    assert len(sent) == 3  # Removing, undoing and accepting.


def test_underlined_passages_are_settled(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """Underlined passages are selected in turn, and settled ones are no longer underlined."""
    page = article(pages, review)
    before = page.locator("#passages li").count()
    assert before > 1
    shown = []
    for key in ".", ".", ",":
        page.keyboard.press(key)
        shown.append(page.inner_text(".antq-mark.current"))
        expect(page.locator("#selected q")).to_have_text(shown[-1])
    first, second, again = shown
    assert (first == again, first == second) == (True, False)
    page.keyboard.press("x")
    wait_for_notice(page, "settled")
    assert page.locator("#passages li[data-open]").count() == before - 1
    assert page.inner_text(".antq-mark.current") != first
    saved = json.loads((workspace.store.folder / "library.passages").read_text("utf-8"))
    assert [entry["text"] for entry in saved] == [first]
    page.click("#passages summary")
    page.click("button:has-text('Underline again')")
    wait_for_notice(page, "reopened")
    assert page.locator("#passages li[data-open]").count() == before
    assert not (workspace.store.folder / "library.passages").exists()
