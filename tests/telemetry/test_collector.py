"""Telemetry sent to a collector, which may be down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from helpers.command_line import LAN, NAME_SCHEMA
from helpers.endpoint import Endpoint, Reply, scripted_endpoint
from helpers.otlp_receiver import otlp_receiver
from helpers.refusing_port import refusing_base_url

USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with two articles and a schema."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in ("a", "b"):
        Path(f"in/{name}.txt").write_text(f"Bà Lan đến dự. Bài {name}.", "utf-8")
    Path("schema.json").write_text(json.dumps(NAME_SCHEMA))
    return tmp_path


def extract(endpoint: Endpoint, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``antq-llm extract`` on the folder in a separate process."""
    words = ["extract", "in", "--schema", "schema.json", "--model", "m", "--out", "out"]
    return subprocess.run(
        [sys.executable, "-m", "antq_llm", *words, "--base-url", endpoint.base_url],
        env={**os.environ, "OPENAI_API_KEY": "sk-secret-0123456789", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_collector_gets_spans_and_metrics() -> None:
    """Before it ends, a run sends spans and metrics to the collector named by the environment."""
    with otlp_receiver() as receiver, scripted_endpoint([Reply(LAN, usage=USAGE)]) as endpoint:
        done = extract(endpoint, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url)
        assert done.returncode == 0, done.stderr
        spans, metrics = receiver.spans(), receiver.metrics()
    assert sorted(span.name for span in spans) == [
        *("chat m", "chat m", "extract_article", "extract_article", "invoke_workflow antq_llm"),
    ]
    [tokens] = [
        point.sum
        for point in metrics["gen_ai.client.token.usage"].histogram.data_points
        if "input" in str(point.attributes)
    ]
    assert tokens == 200
    sent = b"".join(body for bodies in receiver.bodies.values() for body in bodies)
    assert b"service.name" in sent
    assert b"sk-secret" not in sent
    assert "Bài a".encode() not in sent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_silent", "variable"),
    [
        (True, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        (False, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        (False, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    ],
)
def test_a_run_ends_without_its_collector(is_silent: bool, variable: str) -> None:
    """If the collector is down or silent, the run succeeds and prints one warning."""
    with (
        scripted_endpoint([Reply(LAN)]) as endpoint,
        otlp_receiver(answers=False) as silent,
        refusing_base_url() as refusing,
    ):
        url = silent.url if is_silent else refusing.removesuffix("/v1")
        done = extract(endpoint, **{variable: url})
    assert done.returncode == 0
    assert done.stderr.count(f"the collector named in {variable} does not accept telemetry") == 1
    assert "Traceback" not in done.stderr
    assert len(Path("out/records.jsonl").read_text("utf-8").splitlines()) == 2


PROGRAM = """
    import sys
    from antq_llm.cli.main import main
    {before}
    assert main({words!r}) == 0
    print(sorted(name for name in sys.modules if name.startswith("opentelemetry")))
"""


def run_python(before: str, words: list[str], **environment: str) -> str:
    """Run a command in a separate process; return its output and loaded OpenTelemetry modules."""
    program = textwrap.dedent(PROGRAM).format(before=before, words=words)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout + done.stderr


def test_nothing_is_imported_without_telemetry() -> None:
    """A run without telemetry does not import OpenTelemetry."""
    assert run_python("", ["demo", "--out", "demo"]).rstrip().endswith("[]")


def test_an_offline_run_sends_nothing() -> None:
    """An offline run sends nothing to the collector named by the environment."""
    with otlp_receiver() as receiver:
        said = run_python("", ["demo", "--out", "demo"], OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url)
    assert said.rstrip().endswith("[]")
    assert receiver.bodies == {}


def test_a_missing_extra_is_named() -> None:
    """If OpenTelemetry is missing, the run says once how to install it and continues."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        words = ["extract", "in", "--schema", "schema.json", "--model", "m", "--out", "out"]
        said = run_python(
            'sys.modules["opentelemetry"] = None',
            [*words, "--base-url", endpoint.base_url],
            OPENAI_API_KEY="any",
            OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1",
        )
    assert said.count('pip install "antq-llm[otel]"') == 1
