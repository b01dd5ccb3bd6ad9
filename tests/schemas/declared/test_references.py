"""Items that refer to others: finding, respelling and dropping them."""

from __future__ import annotations

import copy
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from antq_llm.core.json_pointer import remove_items
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.references import (
    dependents,
    drop_dependents,
    is_same_name,
    map_entries,
    path_of,
    respell_references,
)
from antq_llm.schemas.declared.role_collection import declared_roles
from antq_llm.schemas.roles import Refers


class Person(BaseModel):
    """An item that others name."""

    name: str
    quote: str = ""


class Team(BaseModel):
    """An item that names people and can itself be named."""

    title: str
    captain: Annotated[str | None, Refers(to="/people/*/name")] = None
    members: list[Annotated[str, Refers(to="/people/*/name")]] = []
    quote: str = ""


class Match(BaseModel):
    """An item without a quote that names a team."""

    host: Annotated[str, Refers(to="/teams/*/title")]
    goals: dict[str, Annotated[str, Refers(to="/people/*/name")]] = {}


class Round(BaseModel):
    """An item with a list of items."""

    matches: list[Match] = []
    quote: str = ""


class Season(BaseModel):
    """A schema with maps, lists inside items and a chain of references."""

    people: list[Person] = []
    teams: list[Team] = []
    rounds: list[Round] = []
    best: dict[str, Match] = {}


ROLES = declared_roles(Season.model_json_schema(), "Season")


def season(*people: str, **fields: Any) -> dict[str, Any]:
    """Return the data of a season with some people and other fields."""
    return {"people": [{"name": name} for name in people], **fields}


def test_what_names_an_item_that_is_not_there_is_dropped() -> None:
    """An item that names a missing person is dropped; one with null instead of a name is kept."""
    data = season(
        "Lan",
        teams=[
            {"title": "A", "captain": "Lan"},
            {"title": "B", "captain": "Mai"},
            {"title": "C", "captain": None},
        ],
    )
    assert drop_dependents(data, ROLES) == ["/teams/1"]
    assert [team["title"] for team in data["teams"]] == ["A", "C"]


def test_a_chain_of_references_falls_whole() -> None:
    """Items that refer to a dropped item are dropped too, and the former pointers are returned."""
    data = season(
        "Lan",
        teams=[{"title": "B", "captain": "Mai"}, {"title": "A", "captain": "Lan"}],
        rounds=[
            {"matches": [{"host": "B"}, {"host": "A"}, {"host": "B"}], "quote": "one"},
            {"matches": [{"host": "A"}], "quote": "two"},
        ],
    )
    assert drop_dependents(data, ROLES) == ["/teams/0", "/rounds/0"]
    assert data["rounds"] == [{"matches": [{"host": "A"}], "quote": "two"}]


def test_the_dependent_is_the_nearest_object_with_a_quote() -> None:
    """The dependent of a nested reference is the innermost item around it that has a quote."""
    data = season(rounds=[{"matches": [{"host": "A"}], "quote": "one"}])
    assert dependents(data, ROLES) == ["/rounds/0"]
    assert len(data["rounds"]) == 1


def test_a_member_of_a_list_of_references_falls_alone() -> None:
    """In a list of names, only the name that refers to nobody is dropped."""
    data = season("Lan", teams=[{"title": "A", "members": ["Lan", "Mai", "Lan", "Huệ"]}])
    assert drop_dependents(data, ROLES) == ["/teams/0/members/1", "/teams/0/members/3"]
    assert data["teams"] == [{"title": "A", "members": ["Lan", "Lan"]}]


def test_the_value_of_a_map_falls_with_its_key() -> None:
    """A dropped value of a map is removed with its key, which may contain slashes."""
    teams = [{"title": "A"}]
    best = {
        "2023/24": {"host": "B"},
        "2024/25": {"host": "A", "goals": {"1": "Lan", "2": "Mai"}},
    }
    data = season("Lan", teams=teams, best=best)
    assert drop_dependents(data, ROLES) == ["/best/2023~124", "/best/2024~125/goals/2"]
    assert data["best"] == {"2024/25": {"host": "A", "goals": {"1": "Lan"}}}


def test_only_maps_of_the_schema_lose_keys() -> None:
    """Only values of the schema's maps are removed with their keys; other values become null."""
    data = {"best": {"a": {}, "c": {}}, "other": {"b": {}}, "teams": [{}]}
    pointers = ["/best/a", "/other/b", "/teams/0"]
    entries = map_entries(data, pointers, ROLES)
    assert entries == {"/best/a"}
    assert remove_items(data, pointers, entries)
    assert data == {"best": {"c": {}}, "other": {"b": None}, "teams": []}


def test_what_is_inside_a_dropped_item_is_not_reported() -> None:
    """For a dropped item, only its own pointer is reported."""
    data = season(teams=[{"title": "A", "captain": "Mai", "members": ["Mai"]}])
    assert drop_dependents(data, ROLES) == ["/teams/0"]
    assert data["teams"] == []


def test_items_that_name_each_other_stay() -> None:
    """Items of one list that name each other are dropped only if a named item is missing."""

    class Post(BaseModel):
        title: str
        answers: Annotated[str | None, Refers(to="/posts/*/title")] = None
        quote: str = ""

    class Forum(BaseModel):
        posts: list[Post]

    roles = declared_roles(Forum.model_json_schema(), "Forum")
    named = [("a", "b"), ("b", "a"), ("c", None), ("d", "e"), ("e", "f"), ("g", "c")]
    data = {"posts": [{"title": title, "answers": answers} for title, answers in named]}
    assert drop_dependents(data, roles) == ["/posts/4", "/posts/3"]
    assert [post["title"] for post in data["posts"]] == ["a", "b", "c", "g"]


def test_the_root_is_never_dropped() -> None:
    """If only the root has a quote, the list item is dropped, not the whole record."""

    class Bulletin(BaseModel):
        quote: str
        people: list[Person]
        lines: list[Match]

    schema = Bulletin.model_json_schema()
    schema["$defs"]["Match"]["properties"]["host"]["x-antq-role"][0]["to"] = "/people/*/name"
    roles = declared_roles(schema, "Bulletin")
    data = season("Lan", quote="x", lines=[{"host": "Mai"}, {"host": "Lan"}])
    assert drop_dependents(data, roles) == ["/lines/0"]
    assert data["lines"] == [{"host": "Lan"}]


@pytest.mark.parametrize("data", [None, [], "x", {"people": None}, {"teams": None}])
def test_data_without_the_fields_has_no_dependents(data: Any) -> None:
    """Data without the fields of the schema has no dependents, and nothing is respelled."""
    assert drop_dependents(data, ROLES) == []
    assert respell_references(data, ROLES) == {}


def test_references_are_spelled_as_what_they_name() -> None:
    """Each reference, at any depth, takes the spelling of the first item with its name."""
    data = season(
        "LÒ THỊ MAI",
        "Lò Thị Mai",
        teams=[{"title": "Tổ 1", "captain": "Lò Thị Mai", "members": ["lò thị mai", "Lan"]}],
        rounds=[{"matches": [{"host": "TỔ 1"}]}],
        best={"a": {"host": "Tổ 1"}},
    )
    assert respell_references(data, ROLES) == {
        "/teams/0/captain": "/people/0/name",
        "/teams/0/members/0": "/people/0/name",
        "/rounds/0/matches/0/host": "/teams/0/title",
    }
    assert data["teams"][0]["members"] == ["LÒ THỊ MAI", "Lan"]
    assert data["rounds"][0]["matches"][0]["host"] == "Tổ 1"


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("Lò Thị Mai", " LÒ THỊ MAI ", True),
        ("Lò Thị Mai", "Lò Thị", False),
        ("", "", False),
        (None, None, False),
        (1, 1, False),
    ],
)
def test_names_are_the_same_in_any_spelling(name: Any, other: Any, same: bool) -> None:
    """Two names are the same if they have the same words; other values are never the same."""
    assert is_same_name(name, other) is same


def test_a_pointer_leads_to_a_path() -> None:
    """In a path, indices and keys of maps become ``*``, and keys of objects stay."""
    assert path_of("/best/2023~124/host", ROLES) == ("best", "*", "host")
    assert path_of("/rounds/0/matches/12", ROLES) == ("rounds", "*", "matches", "*")


def test_a_schema_without_references_changes_nothing() -> None:
    """Without the role ``Refers``, nothing is dropped or respelled."""
    data = season(teams=[{"title": "A", "captain": "Mai"}])
    assert drop_dependents(data, DeclaredRoles({})) == []
    assert respell_references(data, DeclaredRoles({})) == {}


def test_only_what_names_a_dropped_item_falls() -> None:
    """Items that name a dropped item, in any spelling, are dropped; those that name none stay."""
    before = season(
        "Ann Reed",
        "Joe",
        teams=[
            {"title": "A", "captain": "Ann  Reed"},
            {"title": "B", "captain": "somebody"},
            {"title": "C", "captain": "JOE"},
        ],
    )
    untouched = copy.deepcopy(before)
    assert drop_dependents(untouched, ROLES, [before]) == []
    data = copy.deepcopy(before)
    del data["people"][1]
    assert drop_dependents(data, ROLES, [before]) == ["/teams/2"]
    assert [team["title"] for team in data["teams"]] == ["A", "B"]


def test_a_reference_names_its_own_spelling_first() -> None:
    """A reference is dropped with the item of the same spelling, even if a namesake is kept."""
    before = season("Joe", "JOE", teams=[{"title": "A", "captain": "JOE"}])
    data = copy.deepcopy(before)
    del data["people"][1]
    assert drop_dependents(data, ROLES, [before]) == ["/teams/0"]
