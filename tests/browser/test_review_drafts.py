"""Unsaved items of a review in Chromium are kept until they are added or discarded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from antq_llm.review.web.server import ReviewServer
from antq_llm.review.workspace import Workspace
from helpers.browser import WatchedPages
from helpers.review_pages import article, select, wait_for_notice
from helpers.reviewing import RECORD, TEXT, gold_of, served, workspace_of

NAME = ".new-item [name='f:/name']"


def start_person(page: Any, quote: str, name: str) -> None:
    """Select a passage, start a new person from it, and type a name."""
    select(page, quote)
    page.click("#add-bar >> text=Add to people")
    page.wait_for_selector(f".new-item:has-text('People'), {NAME}")
    expect(page.locator(".new-item [name='f:/quote']")).to_have_value(quote)
    page.wait_for_load_state("load")
    page.fill(NAME, name)


def resume(page: Any, name: str) -> None:
    """Continue the unfinished item whose passage is ``name``."""
    page.click(f"#waiting li:has-text('{name}') a")
    expect(page.locator(".new-item [name='f:/quote']")).to_have_value(name)
    page.wait_for_load_state("load")


def test_several_new_items_of_a_list_wait(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A second new item of the same list does not replace the first; both can be added."""
    page = article(pages, review)
    start_person(page, "Peter Lowe", "Pete Lowe")
    start_person(page, "Anna Fields", "Ann Fields")
    expect(page.locator("#waiting li")).to_have_count(1)
    resume(page, "Peter Lowe")
    assert page.input_value(NAME) == "Pete Lowe"
    resume(page, "Anna Fields")
    assert page.input_value(NAME) == "Ann Fields"
    page.fill(NAME, "Anna Fields")
    page.click(".new-item button.primary")
    wait_for_notice(page, "saved")
    page.click("#accept")
    assert "save or cancel" in page.inner_text("#unsaved-notice")
    resume(page, "Peter Lowe")
    page.fill(NAME, "Peter Lowe")
    page.click(".new-item button.primary")
    wait_for_notice(page, "saved")
    assert page.locator("#waiting:visible").count() == 0
    names = [person["name"] for person in gold_of(workspace, ending="draft")["people"]]
    assert names == ["Anna Fields", "Anna Fields", "Peter Lowe"]


def test_a_waiting_item_is_discarded_alone(pages: WatchedPages, review: ReviewServer) -> None:
    """Discarding one unfinished item leaves the others."""
    page = article(pages, review)
    start_person(page, "Peter Lowe", "Pete Lowe")
    start_person(page, "Anna Fields", "Ann Fields")
    start_person(page, "library", "Library")
    page.click("#waiting li:has-text('Anna Fields') button")
    expect(page.locator("#waiting li")).to_have_count(1)
    resume(page, "Peter Lowe")
    assert page.input_value(NAME) == "Pete Lowe"


def test_a_new_item_survives_reload_and_language(pages: WatchedPages, review: ReviewServer) -> None:
    """A half-filled new item is kept, marked as unsaved, after a reload or a change of language."""
    page = article(pages, review)
    start_person(page, "Peter Lowe", "Pete Lowe")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="load")
    for language in ("Tiếng Việt", "English"):
        assert page.input_value(NAME) == "Pete Lowe"
        assert page.locator(".new-item .unsaved:visible").count() == 1
        page.click(f"nav >> text={language}")
        page.wait_for_selector(
            f"nav >> text={'English' if language != 'English' else 'Tiếng Việt'}"
        )
        page.wait_for_load_state("load")
    assert page.input_value(NAME) == "Pete Lowe"
    assert page.locator("#waiting:visible").count() == 0


def test_a_refused_new_item_survives_a_reload(pages: WatchedPages, review: ReviewServer) -> None:
    """Text typed after a refusal survives a reload, which does not send the form again."""
    page = article(pages, review)
    start_person(page, "Peter Lowe", "")
    page.click(".new-item button.primary")
    wait_for_notice(page, "refused")
    page.fill(NAME, "Pete Lowe")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="load")
    assert page.input_value(NAME) == "Pete Lowe"
    assert page.locator("#waiting:visible").count() == 0
    pages.errors.clear()  # the browser logs the status 422 as an error


def test_the_banner_of_waiting_items_is_in_view(pages: WatchedPages, tmp_path: Any) -> None:
    """The list of unfinished items is in view even if a page opens at a form further down."""
    people = [{**RECORD["people"][0], "name": "Anna Fields"}] * 40
    text = (
        "Mayor Anna Fields opened the new library on 4 March 2024.\r\n"
        "More than 1,200 people came, and Peter Lowe showed 35 of them around.\r\n"
    )
    with served(
        workspace_of(tmp_path, {"library": (text, {**RECORD, "people": people})})
    ) as review:
        page = article(pages, review)
        start_person(page, "Peter Lowe", "Pete Lowe")
        start_person(page, "library", "Library")
        expect(page.locator(NAME)).to_be_in_viewport(ratio=1)
        expect(page.locator("#waiting a")).to_be_in_viewport(ratio=1)
        page.click("#waiting a")
        expect(page.locator(NAME)).to_have_value("Pete Lowe")
        pages.close()


def test_a_conflict_keeps_text_as_a_draft(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """If a save is refused because another tab saved another item, a reload restores the text."""
    first = article(pages, review)
    second = first.context.new_page()
    second.goto(first.url)
    first.click("summary:has-text('people who came')")
    first.fill("#s3-0 [name='f:/label']", "visitors")
    first.click("#s3-0 button.primary")
    wait_for_notice(first, "saved")
    second.click("summary:has-text('Anna Fields')")
    second.fill("#s2-0 [name='f:/name']", "Mayor Anna Fields")
    second.click("#s2-0 button.primary")
    second.click("text=Reload the article")
    second.wait_for_load_state("load")
    assert second.input_value("#s2-0 [name='f:/name']") == "Mayor Anna Fields"
    assert second.locator("#s2-0 .unsaved:visible").count() == 1
    second.click("#s2-0 button.primary")
    wait_for_notice(second, "saved")
    saved = gold_of(workspace, ending="draft")
    assert saved["people"][0]["name"] == "Mayor Anna Fields"
    assert saved["figures"][0]["label"] == "visitors"
    second.reload(wait_until="load")
    assert second.locator(".unsaved:visible").count() == 0
    pages.errors.clear()  # the browser logs the status 409 as an error


def test_a_conflict_keeps_a_new_item(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A new item that is refused because another tab saved first can be continued."""
    first = article(pages, review)
    second = first.context.new_page()
    second.goto(first.url)
    start_person(second, "Peter Lowe", "Peter Lowe")
    first.click("summary:has-text('people who came')")
    first.fill("#s3-0 [name='f:/label']", "visitors")
    first.click("#s3-0 button.primary")
    wait_for_notice(first, "saved")
    second.click(".new-item button.primary")
    second.click("text=Reload the article")
    second.wait_for_load_state("load")
    resume(second, "Peter Lowe")
    second.click(".new-item button.primary")
    wait_for_notice(second, "saved")
    assert len(gold_of(workspace, ending="draft")["people"]) == 2
    pages.errors.clear()  # the browser logs the status 409 as an error


@pytest.mark.parametrize("width", [1000, 1300])
@pytest.mark.parametrize("locale", ["en", "vi-VN"])
def test_the_buttons_keep_their_place(
    pages: WatchedPages, review: ReviewServer, width: int, locale: str
) -> None:
    """A notice does not move the accept and undo buttons, and is not shown again on going back."""
    page = article(pages, review, locale=locale, viewport={"width": width, "height": 700})
    before = [page.locator(button).bounding_box() for button in ("#accept", "#undo")]
    page.click("summary:has-text('people who came')")
    page.click("#s3-0 button.remove")
    wait_for_notice(page, "removed")
    after = [page.locator(button).bounding_box() for button in ("#accept", "#undo")]
    assert after == before
    page.click("#help-link")
    page.wait_for_selector(".help, h1:has-text('Trợ giúp'), h1:has-text('Help')")
    page.go_back(wait_until="load")
    expect(page.locator("#undo")).to_be_visible()
    assert page.locator(".notice-removed").count() == 0


def check_states(page: Any) -> None:
    """Check that no word of a state is broken and that the page is not too wide."""
    line_counts = page.evaluate(
        """() => [...document.querySelectorAll('.articles tr > :last-child')].map(cell => {
          const words = cell.textContent.trim().split(/\\s+/);
          const node = cell.firstChild;
          return words.map(word => {
            const range = document.createRange();
            const start = node.data.indexOf(word);
            range.setStart(node, start);
            range.setEnd(node, start + word.length);
            return range.getClientRects().length;
          });
        })"""
    )
    assert {count for counts in line_counts for count in counts} == {1}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_states_are_not_broken_inside_words(pages: WatchedPages, tmp_path: Path) -> None:
    """On a phone, the column of states is at least as wide as its longest word, for any id."""
    workspace = workspace_of(tmp_path, {"library-" * 20: (TEXT, RECORD)})
    with served(workspace) as review:
        phone = {"width": 390, "height": 844}
        page = pages.open(review.address, locale="vi-VN", viewport=phone)
        check_states(page)
        pages.close()
