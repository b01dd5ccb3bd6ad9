"""Forms of a review in Chromium keep typed text and the scroll position of the article."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from antq_llm.review.web.server import ReviewServer
from antq_llm.review.workspace import Workspace
from helpers.browser import WatchedPages
from helpers.review_pages import article, select, wait_for_notice
from helpers.reviewing import RECORD, TEXT, gold_of, served, workspace_of

PERSON = RECORD["people"][0]
LONG = (
    TEXT + "Nothing else happened on that day.\r\n\r\n" * 200 + "Rose Hill closed the library.\r\n"
)


@pytest.fixture
def long_workspace(tmp_path: Any) -> Workspace:
    """A review of an article with one person at the start and two at the end."""
    rose = PERSON | {"name": "Rose Hill", "quote": "Rose Hill closed the library"}
    peter = PERSON | {"name": "Peter Lowe", "quote": "Peter Lowe showed"}
    record = {**RECORD, "people": [PERSON, peter, rose]}
    return workspace_of(tmp_path, {"library": (LONG, record)})


def scrolled(page: Any) -> float:
    """Return the scroll position of the text."""
    page.wait_for_load_state("load")
    return float(page.evaluate("document.getElementById('text-scroll').scrollTop"))


def is_in_view(page: Any, selector: str) -> bool:
    """Return whether an element is within the visible part of the text pane."""
    return bool(
        page.evaluate(
            """selector => {
              const box = name => document.querySelector(name).getBoundingClientRect();
              const [inner, outer] = [box(selector), box('#text-scroll')];
              return inner.top >= outer.top && inner.bottom <= outer.bottom;
            }""",
            selector,
        )
    )


def test_the_place_in_the_text_stays(pages: WatchedPages, long_workspace: Workspace) -> None:
    """Adding an item at the end and removing another do not scroll the text."""
    with served(long_workspace) as review:
        page = article(pages, review)
        page.evaluate("document.getElementById('text-scroll').scrollTop = 1e6")
        place = scrolled(page)
        assert place > 1000
        select(page, "closed the library")
        page.click("#add-bar >> text=Add to people")
        page.wait_for_selector(".new-item")
        assert scrolled(page) == place
        page.fill(".new-item [name='f:/name']", "Rose Hill")
        page.click(".new-item button.primary")
        wait_for_notice(page, "saved")
        assert scrolled(page) == place
        page.click("summary:has-text('Peter Lowe')")
        expect(page.locator(".antq-mark[data-targets~='s2-1']")).to_be_in_viewport()
        page.evaluate("document.getElementById('text-scroll').scrollTop = 1e6")
        page.click("details[open] button.remove")
        wait_for_notice(page, "removed")
        assert scrolled(page) == place
        assert page.evaluate("document.activeElement.closest('details').id") == "s2-1"


def test_a_selected_passage_is_marked(pages: WatchedPages, long_workspace: Workspace) -> None:
    """The quote of an unsaved form is marked, and is in view after saving."""
    with served(long_workspace) as review:
        page = article(pages, review)
        select(page, "Rose Hill closed the")
        page.click("#add-bar >> text=Add to people")
        page.wait_for_selector(".new-item")
        page.wait_for_load_state("load")
        marked = page.locator(".antq-pending").all_inner_texts()
        assert "".join(marked) == "Rose Hill closed the"
        assert is_in_view(page, ".antq-pending")
        page.fill(".new-item [name='f:/name']", "")
        page.click(".new-item button.primary")
        wait_for_notice(page, "refused")
        assert "".join(page.locator(".antq-pending").all_inner_texts()) == "Rose Hill closed the"
        page.fill(".new-item [name='f:/name']", "Rose Hill")
        page.click(".new-item button.primary")
        wait_for_notice(page, "saved")
        assert is_in_view(page, ".antq-mark[data-targets~='s2-3']")
        pages.errors.clear()  # the browser logs the status 422 as an error


def test_a_selection_for_one_form_keeps_another(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A form with unsaved changes keeps them while another is sent, and can still be saved."""
    page = article(pages, review)
    page.click("summary:has-text('people who came')")
    page.fill("details[open] [name='f:/label']", "visitors")
    page.click("summary:has-text('Anna Fields')")
    page.locator("#s2-0 label:has-text('guest') input").check()
    select(page, "Anna Fields opened")
    page.click("#s2-0 .use-selection")
    wait_for_notice(page, "filled")
    assert page.input_value("#s2-0 [name='f:/quote']") == "Anna Fields opened"
    assert page.input_value("#s3-0 [name='f:/label']") == "visitors"
    assert page.locator(".unsaved:visible").count() == 2
    page.click("#s2-0 button.primary")
    wait_for_notice(page, "saved")
    page.click("#s3-0 button.primary")
    wait_for_notice(page, "saved")
    saved = gold_of(workspace, ending="draft")
    assert saved["people"][0]["parts"] == ["host", "guest"]
    assert saved["figures"][0]["label"] == "visitors"
    assert page.locator(".unsaved:visible").count() == 0


def test_typed_text_follows_its_item(pages: WatchedPages, long_workspace: Workspace) -> None:
    """If an earlier item is removed, the text typed in a form stays with its item."""
    with served(long_workspace) as review:
        page = article(pages, review)
        page.click("summary:has-text('Rose Hill')")
        page.fill("#s2-2 [name='f:/name']", "Rosa Hill")
        page.click("summary:has-text('Peter Lowe')")
        page.click("#s2-1 button.remove")
        wait_for_notice(page, "removed")
        assert page.input_value("#s2-1 [name='f:/name']") == "Rosa Hill"
        page.click("#s2-1 .cancel")
        assert page.input_value("#s2-1 [name='f:/name']") == "Rose Hill"


def test_a_reload_brings_typed_text_back(pages: WatchedPages, review: ReviewServer) -> None:
    """Typed text survives a reload, the help page and going back; leaving must be confirmed."""
    page = article(pages, review)
    page.click("summary:has-text('people who came')")
    page.fill("details[open] [name='f:/label']", "visitors")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload(wait_until="load")
    assert page.input_value("#s3-0 [name='f:/label']") == "visitors"
    page.click("#help-link")
    page.click("text=Back to the article")
    page.wait_for_load_state("load")
    assert page.input_value("#s3-0 [name='f:/label']") == "visitors"
    page.click("nav >> text=Articles")
    page.go_back(wait_until="load")
    assert page.input_value("#s3-0 [name='f:/label']") == "visitors"
    assert asked == ["beforeunload", "beforeunload"]


def test_accepting_waits_for_forms_that_are_not_saved(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A record cannot be accepted while a form has unsaved changes."""
    page = article(pages, review)
    page.click("summary:has-text('people who came')")
    page.fill("details[open] [name='f:/label']", "visitors")
    page.click("#accept")
    assert "save or cancel" in page.inner_text("#unsaved-notice")
    assert gold_of(workspace) is None
    page.click("details[open] .cancel")
    page.click("#accept")
    page.wait_for_selector("text=1 of 1 accepted")
    assert gold_of(workspace) == RECORD


def test_a_new_item_waits(pages: WatchedPages, review: ReviewServer, workspace: Workspace) -> None:
    """An unfinished new item is kept while another item is saved, and can be continued."""
    page = article(pages, review)
    select(page, "Peter Lowe")
    page.click("#add-bar >> text=Add to people")
    page.fill(".new-item [name='f:/name']", "Pete Lowe")
    page.click("summary:has-text('people who came')")
    page.click("#s3-0 button.chip:has-text('1200')")
    page.click("#s3-0 button.primary")
    wait_for_notice(page, "saved")
    page.click("#waiting a")
    page.wait_for_selector(".new-item")
    page.wait_for_load_state("load")
    assert page.input_value(".new-item [name='f:/name']") == "Pete Lowe"
    assert page.input_value(".new-item [name='f:/quote']") == "Peter Lowe"
    page.fill(".new-item [name='f:/name']", "Peter Lowe")
    page.click(".new-item button.primary")
    wait_for_notice(page, "saved")
    assert page.locator("#waiting:visible").count() == 0
    assert len(gold_of(workspace, ending="draft")["people"]) == 2


def test_text_for_an_item_that_changed_elsewhere_is_shown(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """Text that cannot be restored is shown for copying until it is discarded."""
    page = article(pages, review)
    page.click("summary:has-text('people who came')")
    page.fill("details[open] [name='f:/label']", "visitors")
    figure = RECORD["figures"][0] | {"value": 1200}
    draft = workspace.store.folder / "library.draft"
    draft.write_text(json.dumps({**RECORD, "figures": [figure]}), "utf-8")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="load")
    assert "label: visitors" in page.inner_text("#lost")
    page.click("#lost .discard")
    page.reload(wait_until="load")
    assert page.locator("#lost:visible").count() == 0


def test_a_passage_that_is_no_longer_underlined_is_left_alone(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A button on a page that another tab has made outdated leads back to the article."""
    page = article(pages, review)
    other = page.context.new_page()
    other.goto(page.url)
    select(other, "showed 35 of them")
    other.click("#add-bar >> text=Add to figures")
    other.fill(".new-item [name='f:/label']", "people shown around")
    other.click(".new-item button.primary")
    wait_for_notice(other, "saved")
    page.click("#passages summary")
    page.click("#passages li:has-text('35') button")
    wait_for_notice(page, "gone")
    assert page.locator("#passages li:has-text('35')").count() == 0
    assert not (workspace.store.folder / "library.passages").exists()


def test_passages_are_settled_without_scripts(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """Without scripts, the list of underlined passages has buttons that settle them."""
    page = article(pages, review, java_script_enabled=False)
    page.click("#passages summary")
    page.locator("#passages button").first.click()
    wait_for_notice(page, "settled")
    assert (workspace.store.folder / "library.passages").exists()


@pytest.mark.parametrize("height", [600, 900])
def test_nothing_is_cut_or_covered(pages: WatchedPages, review: ReviewServer, height: int) -> None:
    """The panes and their buttons fit in the window, even with a notice."""
    page = article(pages, review, viewport={"width": 1000, "height": height})
    page.click("summary:has-text('Anna Fields')")
    page.click("details[open] button.remove")
    wait_for_notice(page, "removed")
    box = page.locator("#add-bar").bounding_box()
    assert box["y"] + box["height"] <= height
    last = page.locator("#add-bar .chip").last.bounding_box()
    assert last["y"] + last["height"] <= height
    text = page.locator("#text-scroll").bounding_box()
    assert text["y"] + text["height"] <= box["y"] + 1
    assert page.evaluate("document.scrollingElement.scrollHeight") <= height
    page.click("#s3-0 summary")
    expect(page.locator("#s3-0 button.primary").last).to_be_in_viewport(ratio=1)
