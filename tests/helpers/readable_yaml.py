"""The YAML format of cassettes: indented JSON in literal blocks, with unescaped Vietnamese."""

from __future__ import annotations

import json
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """A YAML dumper that writes multi-line strings as literal blocks."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _represent_text)


def serialize(cassette: dict[str, Any]) -> str:
    """Return the YAML text of a cassette, after indenting its JSON bodies."""
    for interaction in cassette["interactions"]:
        interaction["request"]["body"] = _indented(interaction["request"]["body"])
        body = interaction["response"]["body"]
        body["string"] = _indented(body["string"])
    return yaml.dump(cassette, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def deserialize(text: str) -> Any:
    """Return the cassette that a YAML text contains."""
    return yaml.safe_load(text)


def _indented(body: Any) -> Any:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=1) + "\n"
    except (TypeError, ValueError):
        return body
