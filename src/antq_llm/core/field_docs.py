"""Field docstrings of dataclasses, shown by ``help()``."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


def with_field_docs(cls: T) -> T:
    """Append the docstrings and defaults of a dataclass's fields to the class docstring.

    Python itself discards a string below a field. If the source code is not available, as in a
    frozen program, the docstring is unchanged.
    """
    cls.__doc__ = _LazyDoc(cls.__doc__)  # type: ignore[assignment]
    return cls


class _LazyDoc:
    """A docstring that is composed when it is read, because that takes several milliseconds."""

    def __init__(self, doc: str | None) -> None:
        self._doc = doc

    def __get__(self, instance: object, owner: type) -> str | None:
        return _composed_doc(owner, self._doc)


def _composed_doc(cls: Any, doc: str | None) -> str | None:
    docs = _field_docs(cls)
    if not docs:
        return doc
    entries = "".join(
        f"\n{field.name}: {field.type}{_default(field)}\n{_indented(docs[field.name])}\n"
        for field in fields(cls)
        if field.name in docs
    )
    return f"{inspect.cleandoc(doc or '')}\n{entries}"


def _field_docs(cls: type) -> dict[str, str]:
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return {}
    body = getattr(tree, "body", [])
    return {
        node.target.id: inspect.cleandoc(text.value.value)
        for node, text in pairwise(body)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _default(field: Field[Any]) -> str:
    return "" if field.default is MISSING else f" = {field.default!r}"
