"""A dry run reports what a run would send and cost, and sends nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from helpers.endpoint import Endpoint, Reply, scripted_endpoint

SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}
PRICE = ("--price", "1,10")


def answer(body: dict[str, Any]) -> Reply:
    """Answer with the article's number, but at first invalidly if it is divisible by five.

    The input tokens grow with the size of the request.
    """
    text = next(message["content"] for message in body["messages"] if "số " in message["content"])
    number = int(text.split("số ")[1].split()[0])
    is_first = len(body["messages"]) <= 2
    words = "?" if is_first and number % 5 == 0 else json.dumps({"number": number})
    return Reply(
        words,
        usage={
            "prompt_tokens": len(json.dumps(body, ensure_ascii=False).encode()) // 3,
            "completion_tokens": 20,
        },
    )


class Command:
    """The ``extract`` command, run over a file of numbered articles."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.out = folder, folder / "out"
        self._capsys = capsys
        (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")

    def write(self, number: int) -> None:
        """Write the given number of articles."""
        texts = (
            f"Bài số {one} về an ninh trật tự ở xã Tân Lâm. " * (1 + one % 3)
            for one in range(number)
        )
        (self.folder / "in.jsonl").write_text(
            "\n".join(
                json.dumps({"id": f"a{one}", "text": text}) for one, text in enumerate(texts)
            ),
            "utf-8",
        )

    def __call__(self, server: Endpoint | None, *more: str) -> int:
        """Run ``extract`` and return its exit status."""
        words = [
            "extract",
            str(self.folder / "in.jsonl"),
            "--schema",
            str(self.folder / "schema.json"),
            "--model",
            "m",
            "--out",
            str(self.out),
        ]
        return main(
            [*words, "--base-url", server.base_url if server else "http://unused.invalid/v1", *more]
        )

    def dry(self, *more: str, server: Endpoint | None = None) -> Any:
        """Return the report of a dry run."""
        self._capsys.readouterr()
        assert self(server, "--dry-run", "--json", *more) == 0
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """The ``extract`` command with 60 articles."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    made = Command(tmp_path, capsys)
    made.write(60)
    return made


def test_nothing_is_sent_and_nothing_is_made(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run opens no connection, needs no key and creates no folder."""
    monkeypatch.delenv("OPENAI_API_KEY")
    opened: list[str] = []
    for name in ("connect", "connect_ex"):
        connect = getattr(socket.socket, name)

        def note(connection: socket.socket, address: Any, connect: Any = connect) -> Any:
            opened.append(str(address))
            return connect(connection, address)

        monkeypatch.setattr(socket.socket, name, note)
    with scripted_endpoint(answer) as server:
        found = command.dry(server=server)
    assert opened == []
    assert not command.out.exists()
    assert found["articles"] == 60
    assert found["done"] == 0
    assert found["open"] == 60
    assert found["requests"] == [60, 180]
    assert found["cost_usd"] is None


@pytest.mark.parametrize("known", [0, 30])
def test_the_run_lies_within_the_interval(command: Command, known: int) -> None:
    """A run stays within the estimates of the dry run, and known answers narrow the range."""
    with scripted_endpoint(answer) as server:
        if known:
            assert command(server, "--limit", str(known), *PRICE) == 0
        before = (
            json.loads((command.out / "run.json").read_text("utf-8"))
            if known
            else {"usage": {"input_tokens": 0, "output_tokens": 0}, "cost_usd": 0}
        )
        sent = len(server.bodies)
        found = command.dry(*PRICE, server=server)
        assert len(server.bodies) == sent
        assert command(server, *PRICE) == 0
    run = json.loads((command.out / "run.json").read_text("utf-8"))
    real = {
        name: run["usage"][name] - before["usage"][name]
        for name in ("input_tokens", "output_tokens")
    }
    real |= {
        "requests": len(server.bodies) - sent,
        "cost_usd": run["cost_usd"] - before["cost_usd"],
    }
    for name, number in real.items():
        assert found[name][0] <= number <= found[name][1], name
    if known:
        assert found["done"] == known
        assert found["requests"][1] < 2 * found["requests"][0]
        assert found["input_tokens"][1] < 2.5 * found["input_tokens"][0]


def test_reasks_that_a_store_owes_are_counted(command: Command) -> None:
    """For an article whose invalid first answer is stored, only the re-ask is counted."""
    command.write(1)
    with scripted_endpoint([Reply("?")]) as server:
        assert command(server, "--max-attempts", "1") == 1
    found = command.dry("--max-attempts", "2")
    assert found["done"] == 0
    assert found["failed"] == 0
    assert found["open"] == 1
    assert found["requests"][0] == 1


def test_what_all_is_done_costs_nothing(command: Command) -> None:
    """A dry run of a completed run reports no requests and no cost."""
    with scripted_endpoint(answer) as server:
        assert command(server) == 0
    found = command.dry(*PRICE)
    assert found["done"] == 60
    assert found["open"] == 0
    assert found["requests"] == [0, 0]
    assert found["cost_usd"] == [0, 0]


def test_samples_copies_and_batches_count(command: Command) -> None:
    """Each sample counts as a request, a copy does not, and a batch costs half."""
    plain = command.dry(*PRICE)
    assert command.dry("--samples", "3")["requests"][0] == 3 * plain["requests"][0]
    assert command.dry("--batch", *PRICE)["cost_usd"] == pytest.approx(
        [cost / 2 for cost in plain["cost_usd"]]
    )
    lines = (command.folder / "in.jsonl").read_text("utf-8").splitlines()
    again = [line.replace('"id": "a', '"id": "b') for line in lines]
    (command.folder / "in.jsonl").write_text("\n".join([*lines, *again]), "utf-8")
    assert command.dry("--duplicates")["requests"][0] <= plain["requests"][0]


def test_a_limit_bounds_the_cost(command: Command) -> None:
    """With an output limit, the report gives a maximum cost."""
    found = command.dry("--max-output-tokens", "100", *PRICE)
    assert found["at_most_usd"] > found["cost_usd"][1]
    assert command.dry(*PRICE)["at_most_usd"] is None


def test_the_table_is_for_people(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json, a table is printed, with advice about a missing price."""
    capsys.readouterr()
    assert command(None, "--dry-run") == 0
    printed = capsys.readouterr()
    assert "60 to ask about" in printed.out
    assert "requests" in printed.out
    assert "--price IN,OUT" in printed.err


@pytest.mark.parametrize(
    "words", [("--dry-run", "--offline"), ("--dry-run", "--model", "rules"), ("--json",)]
)
def test_a_dry_run_that_says_nothing_is_a_wrong_call(
    command: Command, words: tuple[str, ...]
) -> None:
    """A dry run of a run that sends no requests, or --json without a dry run, is a usage error."""
    assert command(None, *words) == 2
