"""The review of a run in Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.annotation.audit_file import read_audit, write_audit
from antq_llm.annotation.audit_sample import draw_sample
from antq_llm.records.stored_run import open_run
from antq_llm.review.web.server import ReviewServer
from antq_llm.review.workspace import Workspace
from helpers.browser import WatchedPages, serious_faults
from helpers.review_pages import article, select, wait_for_notice
from helpers.reviewing import RECORD, TEXT, gold_of, served, workspace_of

HOSTILE = (
    '</div></main><script>window.ran = 1</script><img src=x onerror="window.ran = 2">\n'
    'Anna Fields said \u202e"><svg onload="window.ran = 3">\u202c\u200b\u2066 {{ 7 * 7 }}.\n'
)


def test_a_wrong_figure_is_corrected(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """An objection is next to its field, and the value from the quote can be chosen and saved."""
    page = article(pages, review)
    assert "the quote says 1,200" in page.inner_text("summary:has-text('people who came')")
    page.click("summary:has-text('people who came')")
    item = page.locator("details[open]")
    assert "Check" in item.inner_text()
    item.locator("button.chip", has_text="1200").click()
    item.locator("button.primary").click()
    wait_for_notice(page, "saved")
    assert gold_of(workspace, ending="draft")["figures"][0]["value"] == 1200
    assert gold_of(workspace) is None
    assert page.locator(".badge.objection").count() == 0


def test_a_missed_person_is_added_by_selecting(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A selection after a CR LF line end fills in the quote and the name; accepting writes gold."""
    page = article(pages, review)
    select(page, "Peter Lowe")
    page.click("#add-bar >> text=Add to people")
    form = page.locator(".new-item")
    assert form.locator("[name='f:/name']").input_value() == "Peter Lowe"
    form.locator("label:has-text('guest') input").check()
    form.locator("button.primary").click()
    wait_for_notice(page, "saved")
    page.click("#accept")
    page.wait_for_selector("text=1 of 1 accepted")
    assert gold_of(workspace)["people"][1] == {
        "name": "Peter Lowe",
        "speaks_of": None,
        "parts": ["guest"],
        "quote": "Peter Lowe",
    }
    assert gold_of(workspace, ending="draft") is None


def test_an_invalid_value_is_refused(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A value that the schema refuses stays in its field with an explanation and is not saved."""
    page = article(pages, review)
    page.click("summary:has-text('people who came')")
    page.fill("details[open] [name='f:/value']", "many")
    page.click("details[open] button.primary")
    wait_for_notice(page, "refused")
    field = page.locator("details[open] [name='f:/value']")
    assert field.input_value() == "many"
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()[1]
    assert "number in digits" in page.inner_text(f"#{described}")
    assert gold_of(workspace, ending="draft") is None
    pages.errors.clear()  # the browser logs the status 422 as an error


def test_two_tabs_do_not_overwrite_each_other(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """If one tab has saved, saving in another reports the change and keeps the typed text."""
    first = article(pages, review)
    second = first.context.new_page()
    second.goto(first.url)
    for page, label in ((first, "visitors"), (second, "guests")):
        page.click("summary:has-text('people who came')")
        page.fill("details[open] [name='f:/label']", label)
        page.click("details[open] button.primary")
    wait_for_notice(first, "saved")
    assert second.inner_text("h1") == "Changed elsewhere: reload"
    assert "guests" in second.inner_text("main")
    assert gold_of(workspace, ending="draft")["figures"][0]["label"] == "visitors"
    second.click("text=Reload the article")
    second.wait_for_selector("summary:has-text('visitors')")


def test_changes_survive_a_restart_and_can_be_undone(
    pages: WatchedPages, workspace: Workspace, tmp_path: Path
) -> None:
    """Undo restores the record of the run, and a new server shows the changes saved before."""
    with served(workspace) as review:
        page = article(pages, review)
        page.click("summary:has-text('Anna Fields')")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("details[open] button.remove")
        wait_for_notice(page, "removed")
        page.click("#undo")
        wait_for_notice(page, "undone")
        assert gold_of(workspace, ending="draft") is None
        page.click("summary:has-text('Anna Fields')")
        page.click("details[open] button.remove")
        wait_for_notice(page, "removed")
        page.close()  # The page may still request its icon.
    with served(Workspace(open_run(tmp_path / "run"), tmp_path / "gold")) as review:
        page = article(pages, review)
        assert page.locator("summary:has-text('Anna Fields')").count() == 0
        assert "changed, not accepted" in page.inner_text("#state")


def test_forms_work_without_scripts(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """Editing, choosing a suggested value and typing a quote need no JavaScript."""
    page = article(pages, review, java_script_enabled=False)
    page.click("summary:has-text('people who came')")
    page.click("details[open] button.chip:has-text('1200')")
    page.click("details[open] button.primary")
    page.click("#add-bar >> text=Add to people")
    page.fill(".new-item [name='f:/name']", "Peter Lowe")
    page.fill(".new-item [name='f:/quote']", "Peter Lowe showed 35 of them around")
    page.click(".new-item button.primary")
    wait_for_notice(page, "saved")
    saved = gold_of(workspace, ending="draft")
    assert saved["figures"][0]["value"] == 1200
    assert saved["people"][1]["quote"] == "Peter Lowe showed 35 of them around"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hostile_text_runs_nothing(pages: WatchedPages, tmp_path: Path, scheme: str) -> None:
    """Markup, control characters and direction overrides are shown as text everywhere."""
    record = {
        **RECORD,
        "people": [{**RECORD["people"][0], "name": HOSTILE[:70], "quote": "Anna Fields said"}],
    }
    workspace = workspace_of(tmp_path, {'a"><b>&c': (HOSTILE, record)})
    with served(workspace) as review:
        page = article(pages, review, color_scheme=scheme)
        assert page.evaluate("window.ran") is None
        assert "<script>window.ran = 1</script>" in page.inner_text("#text")
        assert "[U+202E]" in page.inner_text("#text")
        assert "{{ 7 * 7 }}" in page.inner_text("#text")
        select(page, 'onload="window.ran = 3"')
        page.click("#add-bar >> text=Add to people")
        assert page.evaluate("window.ran") is None
        assert page.locator(".new-item [name='f:/quote']").input_value() == (
            'onload="window.ran = 3"'
        )
        assert serious_faults(page) == []


@pytest.mark.parametrize(
    "context",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}},
        {"locale": "vi-VN"},
    ],
    ids=["light", "dark", "phone", "vi"],
)
def test_axe_finds_no_serious_fault(
    pages: WatchedPages, review: ReviewServer, context: dict[str, Any]
) -> None:
    """The list, an article with an open form, a refused form and the help are accessible."""
    page = pages.open(review.address, **context)
    faults = serious_faults(page)
    page.click("#continue")
    select(page, "Peter Lowe")
    page.click("#add-bar a.chip >> nth=0")
    page.wait_for_selector(".new-item")
    faults += serious_faults(page)
    page.locator(".new-item textarea").nth(1).fill("")
    page.locator(".new-item button.primary").click()
    wait_for_notice(page, "refused")
    faults += serious_faults(page)
    page.goto(page.url.partition("/article")[0] + "/help")
    faults += serious_faults(page)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pages.errors.clear()  # the browser logs the status 422 as an error


def test_pages_follow_the_language_of_the_browser(
    pages: WatchedPages, review: ReviewServer
) -> None:
    """A Vietnamese browser gets Vietnamese pages, and the choice of another language is kept."""
    page = article(pages, review, locale="vi-VN")
    assert "Chấp nhận" in page.inner_text("#accept")
    page.click("text=English")
    assert "Accept" in page.inner_text("#accept")
    page.reload()
    assert page.get_attribute("html", "lang") == "en"


def test_the_text_of_the_page_is_the_article(pages: WatchedPages, review: ReviewServer) -> None:
    """Every character of the article is in the page, with each line end as one character."""
    page = article(pages, review)
    assert page.evaluate("document.getElementById('text').textContent") == TEXT.replace(
        "\r\n", "\n"
    )


def test_differences_of_two_annotators_are_settled(pages: WatchedPages, tmp_path: Path) -> None:
    """Both annotators' values are shown, the chosen one is saved, and the agreement is updated."""
    run = workspace_of(tmp_path).run
    for name, value in (("an", 1300), ("binh", 1200)):
        (tmp_path / "annotators" / name).mkdir(parents=True)
        record = {**RECORD, "figures": [{**RECORD["figures"][0], "value": value}]}
        (tmp_path / f"annotators/{name}/library.json").write_text(json.dumps(record), "utf-8")
    workspace = Workspace(run, tmp_path / "gold", annotators=tmp_path / "annotators")
    with served(workspace) as review:
        page = pages.open(review.address)
        assert page.inner_text("#agreement tr:has-text('overall') td >> nth=1") < "1.000"
        page.click("#continue")
        page.wait_for_load_state("load")
        assert serious_faults(page) == []
        row = page.locator("#difference-0")
        assert "figures: value" in row.inner_text()
        row.locator("button").click()
        wait_for_notice(page, "saved")
        assert "taken" in row.locator("td").nth(1).inner_text()
        assert gold_of(workspace, ending="draft")["figures"][0]["value"] == 1200
        page.once("dialog", lambda dialog: dialog.accept())
        (tmp_path / "annotators/binh/library.json").write_text(json.dumps(RECORD), "utf-8")
        page.goto(review.address)
        assert page.inner_text("#agreement tr:has-text('overall') td >> nth=1") == "1.000"


def test_a_sample_is_judged(pages: WatchedPages, tmp_path: Path) -> None:
    """A verdict and a note are saved at once, and an outdated tab cannot overwrite them."""
    run = workspace_of(tmp_path).run
    path = tmp_path / "audit.csv"
    write_audit(path, draw_sample(run, 5))
    workspace = Workspace(run, tmp_path / "gold", audit=path)
    with served(workspace) as review:
        page = pages.open(review.address)
        page.click("text=Audit")
        assert serious_faults(page) == []
        other = page.context.new_page()
        other.goto(page.url)
        page.fill("#item-0 [name=note]", "so printed")
        page.click("#item-0 button:has-text('Right')")
        page.wait_for_selector("text=1 of 2 judged")
        judged = read_audit(path)[0]
        assert (judged.verdict, judged.note) == ("right", "so printed")
        other.click("#item-0 button:has-text('Wrong')")
        assert other.inner_text("h1") == "Changed elsewhere: reload"
        assert read_audit(path)[0] == judged


def test_a_reference_is_chosen_from_the_items(
    pages: WatchedPages, review: ReviewServer, workspace: Workspace
) -> None:
    """A field that refers to another item offers the existing names."""
    page = article(pages, review)
    page.click("summary:has-text('Anna Fields')")
    page.select_option("details[open] [name='f:/speaks_of']", "Anna Fields")
    page.click("details[open] button.primary")
    wait_for_notice(page, "saved")
    assert gold_of(workspace, ending="draft")["people"][0]["speaks_of"] == "Anna Fields"
