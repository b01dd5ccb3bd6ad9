"""Lookup of schemas by registered name, JSON Schema file or ``package.module:Model``."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import BaseModel

from antq_llm.core.json_file import UnreadableJson, read_json_file
from antq_llm.core.packaged_data import data_folder
from antq_llm.core.user_code import described
from antq_llm.errors import SchemaError, encodable
from antq_llm.schemas.base import Schema
from antq_llm.schemas.pydantic_schema import PydanticSchema

MODELS = {"movement_report/1": "antq_llm.movement_report.record:MovementReport"}
"""The pydantic models of registered schemas, by reference; other schemas have only a JSON file."""

DEFAULT_SCHEMA = next(iter(MODELS)).split("/")[0]
"""The name of the default schema, without a version."""

_REGISTERED = re.compile(r"([A-Za-z][\w-]*)(?:/(\d{1,9}))?")
_IMPORTABLE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def is_model_reference(text: str) -> bool:
    """Return whether a reference has the form ``package.module:Model``."""
    return _IMPORTABLE.fullmatch(text) is not None


def load_schema(reference: str | Path, folder: Path | None = None) -> Schema[Any]:
    """Return the schema that a reference names.

    ``name/N`` and ``name`` (the newest version) refer to the packaged schemas and those in
    ``folder``, as in ``list_schemas``. ``package.module:Model`` is imported without changing
    ``sys.path``. Anything else is the path of a JSON Schema file.
    """
    text = str(reference)
    if isinstance(reference, str) and re.fullmatch(r"[A-Za-z][\w-]*@\d+", text):
        raise SchemaError(
            f"{text!r} has the form of a prompt reference: "
            f"write {text.replace('@', '/')!r} for a schema"
        )
    if is_model_reference(text):
        return PydanticSchema(_import_model(text), reference=text)
    if isinstance(reference, str) and (match := _REGISTERED.fullmatch(text)):
        return _load_registered(match[1], match[2], folder)
    return _load_file(Path(reference))


def schema_from(
    source: str | Path | type[BaseModel] | Mapping[str, Any] | Schema[Any],
    folder: Path | None = None,
) -> Schema[Any]:
    """Return the schema for a reference, a pydantic model or a mapping with a JSON Schema."""
    if isinstance(source, Schema):
        return source
    if isinstance(source, str | Path):
        return load_schema(source, folder)
    if isinstance(source, Mapping):
        return _json_schema(str(source.get("title") or "schema"), source)
    if _is_model(source):
        path = f"{source.__module__}:{source.__qualname__}"
        registered = next((name for name, model in MODELS.items() if model == path), None)
        return load_schema(registered) if registered else PydanticSchema(source)
    raise SchemaError(
        f"{source!r} is not a schema: give a pydantic model, a JSON Schema as a mapping "
        f"or a reference such as {next(iter(MODELS))}"
    )


def list_schemas(folder: Path | None = None) -> dict[str, Path]:
    """Return the registered references and their files, sorted by name and version.

    A schema in ``folder`` hides the packaged schema with the same reference.
    """
    if folder is not None and not folder.is_dir():
        raise SchemaError(f"there is no schema folder {folder}: check the path")
    found: dict[tuple[str, int], Path] = {}
    for base in (data_folder("schemas"), *([folder] if folder else [])):
        for path in base.glob("*/v*.json"):
            if path.stem[1:].isdecimal():
                found[path.parent.name, int(path.stem[1:])] = path
    return {f"{name}/{version}": found[name, version] for name, version in sorted(found)}


def _load_registered(name: str, version: str | None, folder: Path | None) -> Schema[Any]:
    schemas = list_schemas(folder)
    matching = [reference for reference in schemas if reference.split("/")[0] == name]
    reference = f"{name}/{int(version)}" if version else (matching[-1] if matching else name)
    if reference not in schemas:
        raise SchemaError(
            f"unknown schema {reference!r}; available: {', '.join(schemas)}; "
            "give the path of a file, or a model as package.module:Model"
        )
    document = _read_document(schemas[reference])
    if reference in MODELS and schemas[reference].is_relative_to(data_folder("schemas")):
        return PydanticSchema(
            _import_model(MODELS[reference]), reference=reference, json_schema=document
        )
    return _json_schema(reference, document)


def _load_file(path: Path) -> Schema[Any]:
    if not path.is_file():
        raise SchemaError(
            f"there is no schema file {path}: give a JSON Schema file, package.module:Model, "
            f"or one of {', '.join(list_schemas())}"
        )
    return _json_schema(encodable(path.stem), _read_document(path))


def _json_schema(reference: str, document: Mapping[str, Any]) -> Schema[Any]:
    from antq_llm.schemas.json_schema import JsonSchema

    return JsonSchema(reference, document)


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document = read_json_file(path)
    except UnreadableJson as error:
        raise SchemaError(
            f"{path} cannot be read as JSON ({error}): give a JSON Schema file"
        ) from error
    if not isinstance(document, dict):
        raise SchemaError(f"{path} is not a JSON Schema: its root must be an object")
    return document


def _import_model(reference: str) -> type[BaseModel]:
    module_name, _, attribute = reference.partition(":")
    try:
        module = importlib.import_module(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the caller's module may raise anything
        raise SchemaError(
            f"{reference} cannot be imported: {described(error)}. "
            f"{_import_advice(module_name, error)}"
        ) from error
    found: Any = module
    try:
        for part in attribute.split("."):
            found = getattr(found, part)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        where = getattr(module, "__file__", None) or "built in"
        raise SchemaError(
            f"{reference} cannot be imported: {described(error)}. The module found is {where}: "
            "name a class in it or, if you meant a module of your own, rename your module"
        ) from error
    if not _is_model(found):
        raise SchemaError(
            f"{reference} is not a pydantic model: name a subclass of pydantic.BaseModel"
        )
    return found


def _is_model(value: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel


def _import_advice(module_name: str, error: BaseException) -> str:
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is not None and f"{module_name}.".startswith(f"{missing}."):
        return (
            f"Install {missing} or add its folder to PYTHONPATH (--schema also searches the "
            "current folder, after the installed packages); in Python, pass the class itself: "
            "schema=Model"
        )
    if missing is not None:
        return f"{module_name} imports {missing}: install it or add its folder to PYTHONPATH"
    return f"The error was raised while importing {module_name}: correct it there"
