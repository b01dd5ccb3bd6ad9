"""Refusing models whose answers could not be checked or corrected."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    Json,
    PlainSerializer,
    SecretStr,
    field_serializer,
)

from antq_llm.errors import SchemaError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import Figure, Printed


class Item(BaseModel):
    """An item with a quote."""

    name: str
    quote: str


class Apart(BaseModel):
    """A model that reads one key and would write another."""

    name: str = Field(validation_alias="given_name")


class AliasesApartInside(BaseModel):
    """A model with a part whose aliases differ."""

    parts: dict[str, list[Apart | None]]


class PathOnly(BaseModel):
    """A model that reads a field only from inside another key."""

    name: str = Field(validation_alias=AliasPath("person", "name"))


class ChoicesForRole(BaseModel):
    """A model that reads a field with a role under two keys."""

    title: Annotated[str, Printed(), Field(validation_alias=AliasChoices("title", "headline"))]


class ChoicesForQuote(BaseModel):
    """A model that reads a quote under two keys."""

    quote: str = Field(validation_alias=AliasChoices("quote", "passage"))


class ChoicesForItems(BaseModel):
    """A model that reads a list of items under two keys."""

    items: list[Item] = Field(validation_alias=AliasChoices("items", "entries"))


class QuotesInString(BaseModel):
    """A model with items in a string of JSON."""

    items: Json[list[Item]]


class ExcludedRole(BaseModel):
    """A model that excludes a field with a role from the dump."""

    label: str
    count: Annotated[int, Figure()] = Field(exclude=True)


class ExcludedQuote(BaseModel):
    """A model that excludes a quote from the dump."""

    label: str
    quote: str = Field(exclude=True)


class FigureWrittenAsText(BaseModel):
    """A model that writes a figure as text."""

    count: Annotated[int, Figure(), PlainSerializer(str, return_type=str)]


class NameAndAliasForRole(BaseModel):
    """A model that reads a field with a role under its name and its alias."""

    model_config = ConfigDict(populate_by_name=True)

    title: Annotated[str, Printed(), Field(alias="headline")]


class NameAndAliasForQuote(BaseModel):
    """A model that reads a quote under its name and its alias."""

    model_config = ConfigDict(validate_by_name=True)

    passage: str = Field(alias="quote")


class NameAndAliasForItems(BaseModel):
    """A model that reads a list of items under its name and its alias."""

    model_config = ConfigDict(validate_by_name=True, alias_generator=str.upper)

    items: list[Item]


class NameAndAlias(BaseModel):
    """A model that reads a field without a role under its name and its alias."""

    model_config = ConfigDict(populate_by_name=True)

    title: str = Field(alias="headline")
    count: Annotated[int, Figure()]


def test_a_field_without_a_role_may_be_read_by_name_and_alias() -> None:
    """Fields without a role may be read under two keys, since they are not corrected."""
    assert PydanticSchema(NameAndAlias).roles.at(("headline",)) is not None


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Apart, "Apart.name is read under one alias and written under another"),
        (AliasesApartInside, "Apart.name is read under one alias and written under another"),
        (PathOnly, "PathOnly.name is read only from inside another key"),
        (ChoicesForRole, "ChoicesForRole.title has a role, is a quote or contains quotes"),
        (ChoicesForQuote, "ChoicesForQuote.quote has a role, is a quote or contains quotes"),
        (ChoicesForItems, "ChoicesForItems.items has a role, is a quote or contains quotes"),
        (
            NameAndAliasForRole,
            "NameAndAliasForRole.title has a role, is a quote or contains quotes, but is read both "
            "as title and as headline: remove its alias",
        ),
        (NameAndAliasForQuote, "NameAndAliasForQuote.passage has a role, is a quote or contains"),
        (NameAndAliasForItems, "NameAndAliasForItems.items has a role, is a quote or contains"),
        (QuotesInString, "items.*.quote is a quote but is read from elsewhere"),
        (ExcludedRole, "count has a role but is not in the written record"),
        (ExcludedQuote, "quote is a quote but is not in the written record"),
        (FigureWrittenAsText, "count has a role but is written as string"),
    ],
)
def test_what_cannot_work_is_refused(model: type[BaseModel], words: str) -> None:
    """An unsuitable model is refused with a message that gives the field and the reason."""
    with pytest.raises(SchemaError) as caught:
        PydanticSchema(model)
    assert words in str(caught.value)


class Plain(BaseModel):
    """A model with unusual fields that have neither a role nor a quote."""

    model_config = ConfigDict(strict=True)

    note: str | None = Field(default=None, validation_alias=AliasChoices("note", "remark"))
    hidden: str | None = Field(default=None, exclude=True)
    secret: SecretStr | None = None
    table: Json[list[int]] | None = None
    items: list[Item] = Field(alias="Mục")


class OpenSerializer(BaseModel):
    """A model whose serializer does not declare a return type."""

    items: list[Item]

    @field_serializer("items")
    def _dumped(self, items: list[Item]) -> Any:
        return [item.model_dump() for item in items]


class Tree(BaseModel):
    """A model that contains itself."""

    quote: str
    parts: list[Tree] = Field(validation_alias=AliasChoices("parts"))


@pytest.mark.parametrize("model", [Plain, OpenSerializer])
def test_what_rules_do_not_need_may_have_any_form(model: type[BaseModel]) -> None:
    """Fields without a role or quote may be excluded, secret or read under several keys."""
    assert PydanticSchema(model).model is model


def test_a_recursive_model_is_looked_into() -> None:
    """A model that contains itself is checked like any other."""
    with pytest.raises(SchemaError, match=r"Tree\.parts has a role, is a quote or contains quotes"):
        PydanticSchema(Tree)
