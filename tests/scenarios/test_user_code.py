"""Code of a user's schema that exits or raises while the schema is loaded or used."""

from __future__ import annotations

import re
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.errors import SchemaError
from antq_llm.schemas.hooks import Hooks
from helpers.command_line import LAN, lines_of
from helpers.endpoint import Reply, scripted_endpoint

MODEL = """from typing import ClassVar
from pydantic import BaseModel, field_serializer, field_validator
"""
ENDINGS = {
    "exit(0)": "import sys; sys.exit(0)",
    "exit(None)": "import sys; sys.exit()",
    "exit(text)": "import sys; sys.exit('bye')",
    "SystemExit": "raise SystemExit(3)",
    "GeneratorExit": "raise GeneratorExit",
    "CancelledError": "import asyncio; raise asyncio.CancelledError",
    "BaseException": "raise type('Odd', (BaseException,), {})('odd')",
    "Exception": "raise RuntimeError('no')",
}
ENDED = pytest.mark.parametrize("code", ENDINGS.values(), ids=ENDINGS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with an article, and restore ``sys.path`` afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (tmp_path / "a.txt").write_text("Bà Lan đến dự.", "utf-8")
    return tmp_path


@pytest.fixture
def module(request: pytest.FixtureRequest) -> str:
    """Return a module name that no other test uses."""
    return "user_" + re.sub(r"\W", "", request.node.name)


def extract(module: str, code: str) -> int:
    """Write a module, extract with its model ``Model`` and return the exit status."""
    Path(f"{module}.py").write_text(MODEL + code, "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        words = ["extract", "a.txt", "--schema", f"{module}:Model", "--model", "m", "--out", "out"]
        return main([*words, "--base-url", endpoint.base_url])


@ENDED
def test_a_module_that_ends_the_program_is_a_wrong_call(
    code: str, module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error for a module that exits or raises during its import names the module."""
    assert extract(module, code) == 2
    assert module in capsys.readouterr().err


@ENDED
def test_an_attribute_that_ends_the_program_is_a_wrong_call(
    code: str, module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error for a module that exits or raises when an attribute is read names the module."""
    assert extract(module, f"def __getattr__(name):\n    {code}\n") == 2
    assert module in capsys.readouterr().err


@ENDED
def test_a_json_schema_that_ends_the_program_is_a_wrong_call(code: str, module: str) -> None:
    """A model that exits or raises when it makes its JSON Schema is a usage error."""
    method = f"def __get_pydantic_json_schema__(cls, core, handler):\n        {code}"
    model = f"class Model(BaseModel):\n    name: str\n    @classmethod\n    {method}\n"
    assert extract(module, model) == 2


@ENDED
@pytest.mark.parametrize(
    "decorator", ["field_validator('name')", "field_serializer('name')"], ids=["read", "write"]
)
def test_a_validator_that_ends_the_program_fails_its_article(
    code: str, decorator: str, module: str
) -> None:
    """If a validator or serializer exits or raises, the article fails with the kind ``schema``."""
    method = f"    @{decorator}\n    def check(cls, value):\n        {code}\n"
    assert extract(module, f"class Model(BaseModel):\n    name: str\n{method}") == 1
    assert [line["error"]["kind"] for line in lines_of(Path("out/failures.jsonl"))] == ["schema"]


@ENDED
def test_hooks_that_end_the_program_raise_an_error(code: str, module: str) -> None:
    """If a module of hooks exits or raises during its import, a SchemaError names the module."""
    Path(f"{module}.py").write_text(code, "utf-8")
    sys.path.append(".")
    invalidate_caches()
    with pytest.raises(SchemaError, match=module):
        Hooks(module).get("check_item")


@pytest.mark.parametrize("code", [code for code in ENDINGS.values() if "Runtime" not in code])
def test_a_hook_that_ends_the_program_raises_an_error(code: str, module: str) -> None:
    """If a hook exits when it is called, a SchemaError names the hook."""
    Path(f"{module}.py").write_text(f"def check_item():\n    {code}\n", "utf-8")
    sys.path.append(".")
    invalidate_caches()
    hook = Hooks(module).get("check_item")
    assert hook is not None
    with pytest.raises(SchemaError, match=rf"{module}\.check_item"):
        hook()


def test_ctrl_c_while_importing_is_an_interruption(module: str) -> None:
    """Ctrl-C during the import of a module still interrupts the program."""
    assert extract(module, "raise KeyboardInterrupt") == 130
