"""Prompts by reference: versions, the lock file and the user's folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import PromptError
from antq_llm.prompts.registry import is_reference, list_prompts, load_prompt
from helpers.prompts import NOTE_TEXT, folder_of


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's folder with four versions of ``note``; version 2 is the newest stable one."""
    prompts = {"note@1": "một", "note@2": "hai", "note@3": "ba", "note@10": "mười"}
    return folder_of(
        tmp_path / "own",
        prompts,
        {"note@1": "stable", "note@2": "stable", "note@3": "retired", "note@10": "draft"},
    )


def test_every_packaged_file_is_listed() -> None:
    """The packaged prompts are listed with all their files."""
    paths = data_folder("prompts").glob("*/*.md")
    assert {version.path for version in list_prompts()} == set(paths)


@pytest.mark.parametrize("reference", [version.reference for version in list_prompts()])
def test_every_packaged_prompt_can_be_loaded(reference: str) -> None:
    """Each packaged prompt can be loaded, and its file agrees with the lock file if it has one."""
    assert load_prompt(reference).reference == reference


def test_the_packaged_prompt_is_written_for_the_packaged_schema() -> None:
    """The newest stable version of ``movement_report`` names the schema ``movement_report/1``."""
    assert load_prompt("movement_report").schema_reference == "movement_report/1"


def test_a_name_alone_is_the_newest_stable_version(own: Path) -> None:
    """A name alone refers to the newest stable version, never to a draft or a retired version."""
    assert load_prompt("note", own).reference == "note@2"


@pytest.mark.parametrize(
    ("reference", "status"),
    [("note@1", "stable"), ("note@2", "stable"), ("note@3", "retired"), ("note@10", "draft")],
)
def test_a_version_can_be_named_whatever_its_status(own: Path, reference: str, status: str) -> None:
    """A version can be loaded by its number, whatever its status."""
    prompt = load_prompt(reference, own)
    assert (prompt.reference, prompt.status) == (reference, status)


def test_versions_are_listed_by_number(own: Path) -> None:
    """Versions are sorted by number, so 10 comes after 3."""
    assert [version.reference for version in list_prompts(own)] == [
        "note@1",
        "note@2",
        "note@3",
        "note@10",
    ]


def test_a_version_without_an_entry_in_the_lock_is_a_draft(tmp_path: Path) -> None:
    """A file without an entry in the lock file is a draft."""
    assert load_prompt("note@1", folder_of(tmp_path, {"note@1": "một"})).status == "draft"


def test_a_version_in_a_file_name_may_have_leading_zeros(tmp_path: Path) -> None:
    """The lock file's entry for version 1 applies to the file ``v01.md`` too."""
    folder = folder_of(tmp_path, {"note@1": "một"}, {"note@1": "stable"})
    (folder / "note" / "v1.md").rename(folder / "note" / "v01.md")
    assert load_prompt("note@1", folder).status == "stable"


def test_a_folder_without_a_lock_has_drafts(tmp_path: Path) -> None:
    """Without a lock file, all prompts in a folder are drafts."""
    (folder_of(tmp_path, {"note@1": "một"}) / "lock.json").unlink()
    assert [version.status for version in list_prompts(tmp_path)] == ["draft"]


def test_a_name_with_drafts_only_has_no_newest(tmp_path: Path) -> None:
    """A name without a stable version raises a PromptError that lists its versions."""
    folder = folder_of(tmp_path, {"note@1": "một", "note@2": "hai"})
    with pytest.raises(
        PromptError,
        match=r"note has no stable version: name a version; available: note@1, note@2",
    ):
        load_prompt("note", folder)


@pytest.mark.parametrize("reference", ["note@4", "note@99"])
def test_an_unknown_version_lists_the_known_ones(own: Path, reference: str) -> None:
    """An unknown version raises a PromptError that lists the known versions of the name."""
    with pytest.raises(
        PromptError,
        match=f"unknown prompt {reference}; available: note@1, note@2, note@3, note@10$",
    ):
        load_prompt(reference, own)


def test_an_unknown_name_lists_the_known_ones() -> None:
    """An unknown name raises a PromptError that lists the packaged prompts."""
    with pytest.raises(
        PromptError, match=r"unknown prompt nothing; available: .*movement_report@2"
    ):
        load_prompt("nothing")


@pytest.mark.parametrize("status", ["stable", "retired"])
def test_a_released_file_that_was_changed_is_named(tmp_path: Path, status: str) -> None:
    """A changed released file raises a PromptError that names it and both ways to continue."""
    folder = folder_of(tmp_path, {"note@1": "một"}, {"note@1": status})
    path = folder / "note" / "v1.md"
    path.write_bytes(path.read_bytes() + b"\n")
    message = (
        f"{path} was changed after note@1 was released: restore the file, "
        "or put the change into version 2"
    )
    with pytest.raises(PromptError, match=f"^{re.escape(message)}$"):
        load_prompt("note@1", folder)


@pytest.mark.parametrize("statuses", [{}, {"note@1": "draft"}])
def test_a_draft_may_change(tmp_path: Path, statuses: dict[str, str]) -> None:
    """A draft is loaded in its current form, whether or not it is in the lock file."""
    folder = folder_of(tmp_path, {"note@1": "một"}, statuses)
    path = folder / "note" / "v1.md"
    path.write_text(path.read_text(encoding="utf-8").replace("một", "khác"), encoding="utf-8")
    assert load_prompt("note@1", folder).messages[0].content.startswith("khác")


def test_a_changed_file_does_not_stop_the_others(tmp_path: Path) -> None:
    """A changed released file raises an error only if it is used."""
    folder = folder_of(
        tmp_path, {"note@1": "một", "note@2": "hai"}, {"note@1": "stable", "note@2": "stable"}
    )
    (folder / "note" / "v1.md").write_text("x", encoding="utf-8")
    assert load_prompt("note", folder).reference == "note@2"


def test_a_missing_file_of_the_lock_is_named(tmp_path: Path) -> None:
    """A PromptError names lock.json and any version listed there whose file is missing."""
    folder = folder_of(
        tmp_path, {"note@1": "một", "note@2": "hai"}, {"note@1": "stable", "note@2": "stable"}
    )
    (folder / "note" / "v1.md").unlink()
    with pytest.raises(
        PromptError,
        match=r"lock\.json lists versions whose files are missing \(note@1\): restore them",
    ):
        list_prompts(folder)


@pytest.mark.parametrize(
    "lock",
    [
        "{",
        "[]",
        '{"note": []}',
        '{"note": {"1": "stable"}}',
        '{"note": {"1": {}}}',
        '{"note": {"1": {"status": "ready"}}}',
        '{"note": {"1": {"status": "stable"}}}',
    ],
)
def test_a_malformed_lock_is_named(tmp_path: Path, lock: str) -> None:
    """A malformed lock file raises a PromptError that names it and describes the expected form."""
    folder = folder_of(tmp_path, {"note@1": "một"})
    (folder / "lock.json").write_text(lock, encoding="utf-8")
    with pytest.raises(
        PromptError,
        match=r"lock\.json(: note@1 needs a status \(draft, stable, retired\)"
        r"| is malformed: it must map each name and version)",
    ):
        list_prompts(folder)


@pytest.mark.parametrize(("wrong", "named"), [("name: other", "other@1"), ("version: 7", "note@7")])
def test_a_file_must_agree_with_its_path(tmp_path: Path, wrong: str, named: str) -> None:
    """If front matter and path name different prompts, a PromptError shows both names."""
    folder = folder_of(tmp_path, {"note@1": "một"})
    path = folder / "note" / "v1.md"
    key = wrong.split(":", maxsplit=1)[0]
    path.write_text(re.sub(f"{key}: .*", wrong, path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(
        PromptError, match=f"declares {named}, but its path is that of note@1: correct"
    ):
        load_prompt("note@1", folder)


def test_an_own_folder_shadows_a_packaged_name(tmp_path: Path) -> None:
    """A name in the user's folder hides all packaged versions of that name."""
    folder = folder_of(tmp_path, {"movement_report@1": "một"}, {"movement_report@1": "stable"})
    assert load_prompt("movement_report", folder).reference == "movement_report@1"


def test_a_shadowed_version_is_not_found(tmp_path: Path) -> None:
    """Packaged versions are not mixed with those of the user's folder."""
    folder = folder_of(tmp_path, {"movement_report@1": "một"}, {"movement_report@1": "stable"})
    with pytest.raises(
        PromptError, match=r"unknown prompt movement_report@2; available: movement_report@1$"
    ):
        load_prompt("movement_report@2", folder)


def test_a_packaged_prompt_is_found_beside_an_own_folder(own: Path) -> None:
    """A name that is not in the user's folder refers to the packaged prompt."""
    assert load_prompt("general", own).reference == "general@1"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A missing prompt folder raises a PromptError that names it."""
    with pytest.raises(PromptError, match=r"the prompt folder .*nowhere does not exist"):
        load_prompt("note", tmp_path / "nowhere")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_prompt_is_loaded_from_a_file(tmp_path: Path, kind: Any) -> None:
    """A prompt that is loaded from a path, given as text or as a Path, is a draft."""
    path = tmp_path / "trial.md"
    path.write_text(NOTE_TEXT, encoding="utf-8", newline="\n")
    prompt = load_prompt(kind(path))
    assert (prompt.reference, prompt.status) == ("note@1", "draft")


def test_a_missing_file_names_the_other_way(tmp_path: Path) -> None:
    """A path to a missing file raises a PromptError that lists the accepted forms."""
    with pytest.raises(
        PromptError,
        match=r"there is no prompt '.*trial\.md': give name@version "
        r"\(see `antq-llm prompts list`\), or the path of a file",
    ):
        load_prompt(tmp_path / "trial.md")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("note", True),
        ("note@2", True),
        ("movement-report@10", True),
        ("note@", False),
        ("note@x", False),
    ],
)
def test_a_reference_is_a_name_with_or_without_a_number(text: str, expected: bool) -> None:
    """A name, alone or followed by ``@`` and a version number, is a reference."""
    assert is_reference(text) is expected


@pytest.mark.parametrize(
    "text", ["Extract the places.", "trích xuất địa danh", "a\nb", "notes/a.md", ""]
)
def test_other_text_is_not_a_reference(text: str) -> None:
    """Instructions, paths and the empty string are not references."""
    assert not is_reference(text)
