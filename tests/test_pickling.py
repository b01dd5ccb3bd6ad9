"""Every error and every public result can be copied and sent to another process."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from pydantic import BaseModel

import antq_llm
from antq_llm import (
    Article,
    Attempt,
    Completion,
    Extraction,
    Failure,
    Options,
    ScriptedClient,
    Usage,
)
from antq_llm.errors import AntqError, CompletionError
from antq_llm.extraction.extractor import Extractor

ATTEMPT = Attempt(Completion(text="{}", usage=Usage(input_tokens=1), cost_usd=0.5), "wrong")
JSON_SCHEMA = {
    "title": "named",
    "type": "object",
    "properties": {
        "name": {"type": "string", "x-antq-role": [{"role": "printed"}]},
        "people": {"type": "array", "items": {"$ref": "#/$defs/person"}},
    },
    "$defs": {"person": {"type": "object", "properties": {"name": {"type": "string"}}}},
}

Copy = Callable[[Any], Any]
COPIES: dict[str, Copy] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda value, protocol=protocol: pickle.loads(
            pickle.dumps(value, protocol)
        )
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    },
}
COPIED = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


class Named(BaseModel):
    """A model at module level, as pickle requires."""

    name: str


def exceptions() -> list[type[Exception]]:
    """Return every exception class that the package defines, sorted by name."""
    found: set[type[Exception]] = set()
    for module in pkgutil.walk_packages(antq_llm.__path__, "antq_llm."):
        members = vars(importlib.import_module(module.name)).values()
        found |= {
            member
            for member in members
            if inspect.isclass(member)
            and issubclass(member, Exception)
            and member.__module__.startswith("antq_llm")
        }
    return sorted(found, key=lambda kind: kind.__qualname__)


def made(kind: type[Exception]) -> Exception:
    """Return an instance of an exception class, with a value for each required argument."""
    values = {"message": "no ế", "kind": "quota", "attempts": (ATTEMPT,), "status": 403}
    if not inspect.isfunction(kind.__init__):
        return kind("no ế")
    parameters = inspect.signature(kind).parameters.values()
    keywords = {
        parameter.name: values.get(parameter.name, "x")
        for parameter in parameters
        if parameter.kind in {parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD}
        and parameter.default is parameter.empty
    }
    return kind(**keywords)


@COPIED
@pytest.mark.parametrize("kind", exceptions(), ids=lambda kind: kind.__name__)
def test_an_error_is_copied(kind: type[Exception], copied: Copy) -> None:
    """A copy of an error has the same class, message and attributes, whatever its arguments."""
    error = made(kind)
    twin = copied(error)
    assert (type(twin), twin.args) == (kind, error.args)
    assert vars(twin) == vars(error)


@COPIED
def test_what_was_added_to_an_error_is_copied(copied: Copy) -> None:
    """Attributes and notes that were added to an error later are copied too."""
    error = CompletionError("no", kind="rejected", status=400)
    error.attempts, error.escalated = (ATTEMPT,), True
    error.add_note("of article 7")
    twin = copied(error)
    assert (twin.attempts, twin.escalated) == ((ATTEMPT,), True)
    assert (twin.__notes__, str(twin)) == (["of article 7"], "no")


@COPIED
def test_a_users_subclass_is_copied(copied: Copy) -> None:
    """A user's subclass with other constructor arguments can be copied without a special method."""
    assert vars(copied(OwnError(7, name="x"))) == {"number": 7, "name": "x"}


class OwnError(AntqError):
    """A user's error class with other constructor arguments."""

    def __init__(self, number: int, *, name: str) -> None:
        super().__init__(f"number {number}")
        self.number, self.name = number, name


SCHEMAS: dict[str, tuple[Any, str]] = {
    "pydantic": (Named, '{"name": "Lan"}'),
    "JSON Schema": (JSON_SCHEMA, '{"name": "Lan", "people": [{"name": "Lan"}]}'),
    "registered": ("movement_report/1", ""),
}


def extraction_with(schema: Any, text: str) -> Extraction[Any]:
    """Return an extraction of a short article, given a schema and the text of the answer."""
    extractor: Extractor[Any] = Extractor(
        schema, "Trích xuất.", model="m", client=ScriptedClient([text or _EMPTY])
    )
    return extractor.extract("Bà Lan đến dự.")


_EMPTY = (
    '{"relevance": "unrelated", "headline": null, "publisher": null, "byline": [], '
    '"published": null, "events": [], "people": [], "statements": [], "indicators": [], '
    '"community_models": [], "awards": [], "documents": []}'
)


@COPIED
@pytest.mark.parametrize("name", SCHEMAS)
def test_an_extraction_is_copied(name: str, copied: Copy) -> None:
    """A copy of an extraction gives the same line, and its schema reads the same record."""
    extraction = extraction_with(*SCHEMAS[name])
    twin = copied(extraction)
    assert twin.as_line() == extraction.as_line()
    assert twin.schema.read_json(SCHEMAS[name][1] or _EMPTY) == extraction.record


@COPIED
@pytest.mark.parametrize(
    "value",
    [
        Failure("a", "a.txt", CompletionError("no", kind="quota", status=402)),
        ATTEMPT,
        Article("Bà Lan.", "a"),
        Options(),
        Usage(input_tokens=1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_public_value_is_copied(value: Any, copied: Copy) -> None:
    """A copy of any other public value has equal fields."""
    twin = copied(value)
    if not is_dataclass(value) or isinstance(value, Options):
        assert twin == value
        return
    for field in fields(value):
        assert repr(getattr(twin, field.name)) == repr(getattr(value, field.name))
