"""The spans and metrics of a run, and the data that they must not contain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from antq_llm import Extractor, Options
from antq_llm.clients.pricing import Price
from antq_llm.errors import CompletionError
from antq_llm.runs import Run, RunSettings
from antq_llm.telemetry.active import CAPTURE_VARIABLE, active_telemetry
from helpers.command_line import INVALID, LAN, NAME_SCHEMA
from helpers.endpoint import Reply, Script, error, scripted_endpoint

KEY = "sk-secret-0123456789"
TEXT = "Bà Lan đến dự buổi ra quân."
USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


class Recorded:
    """Providers that record spans and metrics in memory."""

    def __init__(self) -> None:
        self._exporter, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meter_provider = MeterProvider([self._reader])

    def spans(self, name: str = "") -> list[ReadableSpan]:
        """Return the spans whose names begin with ``name``, in the order in which they ended."""
        return [span for span in self._exporter.get_finished_spans() if span.name.startswith(name)]

    def points(self, name: str) -> list[Any]:
        """Return the data points of a metric."""
        data = self._reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def everything(self) -> str:
        """Return all spans and metrics as text."""
        return "".join(span.to_json() for span in self.spans()) + str(
            self._reader.get_metrics_data()
        )


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Replace the global providers, which can be set only once per process."""
    made = Recorded()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: made.tracer_provider)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: made.meter_provider)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with an article and a schema."""
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, "utf-8")
    Path("schema.json").write_text(json.dumps(NAME_SCHEMA))
    return tmp_path


def run(
    replies: Script,
    *,
    processes: int = 1,
    inputs: tuple[str, ...] = ("a.txt",),
    **options: Any,
) -> None:
    """Run an extraction of the inputs with scripted replies."""
    with scripted_endpoint(replies) as endpoint:
        settings = RunSettings(
            inputs,
            Options(
                base_url=endpoint.base_url,
                api_key=KEY,
                prices={"m": Price(10.0, 100.0)},
                temperature=0.5,
                **options,
            ),
            out=Path("out"),
            processes=processes,
            schema=Path("schema.json"),
            model="m",
        )
        Run(settings).run()


def test_spans_of_a_run(recorded: Recorded, folder: Path) -> None:
    """The spans of a run, its article and its requests are nested, with the expected attributes."""
    run([Reply(INVALID, usage=USAGE), Reply(LAN, usage=USAGE)])
    first, second, article, whole = recorded.spans()
    assert [span.name for span in (first, second)] == ["chat m", "chat m"]
    assert (article.name, whole.name) == ("extract_article", "invoke_workflow antq_llm")
    assert first.parent is not None
    assert article.parent is not None
    assert first.parent.span_id == article.context.span_id
    assert article.parent.span_id == whole.context.span_id
    assert (first.kind, article.kind) == (SpanKind.CLIENT, SpanKind.INTERNAL)
    asked = dict(second.attributes or {})
    assert asked["server.address"] == "127.0.0.1"
    del asked["server.port"]
    del asked["server.address"]
    assert asked == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "scripted-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 10,
        "antq_llm.article.id": "a",
        "antq_llm.prompt": "general@1",
        "antq_llm.schema": "schema",
        "antq_llm.sample": 0,
        "antq_llm.reask": 1,
        "antq_llm.retries": 0,
        "antq_llm.cost_usd": 0.002,
    }
    assert (article.attributes or {})["antq_llm.attempts"] == 2
    totals = whole.attributes or {}
    assert (totals["antq_llm.run.records"], totals["antq_llm.run.failures"]) == (1, 0)
    assert (totals["gen_ai.usage.input_tokens"], totals["antq_llm.cost_usd"]) == (200, 0.004)


def test_metrics_of_a_run(recorded: Recorded, folder: Path) -> None:
    """The metrics of a run cover tokens, durations, costs, retries and articles."""
    run([error(500, "later"), Reply(LAN, usage=USAGE)])
    tokens = recorded.points("gen_ai.client.token.usage")
    assert {point.attributes["gen_ai.token.type"]: point.sum for point in tokens} == {
        "input": 100,
        "output": 10,
    }
    [duration] = recorded.points("gen_ai.client.operation.duration")
    assert (duration.count, duration.explicit_bounds[0]) == (1, 0.01)
    assert [point.value for point in recorded.points("antq_llm.client.retries")] == [1]
    assert [point.value for point in recorded.points("antq_llm.client.cost")] == [0.002]
    [articles] = recorded.points("antq_llm.articles")
    assert (articles.value, dict(articles.attributes)) == (1, {"antq_llm.outcome": "record"})
    [request] = recorded.spans("chat")
    assert (request.attributes or {})["antq_llm.retries"] == 1


def test_failures_are_named_by_kind(recorded: Recorded, folder: Path) -> None:
    """The spans of a failed request and its article have the kind of error, without its message."""
    run([error(400, f"no: {TEXT}")])
    request, article, _ = recorded.spans()
    for span in (request, article):
        assert span.status.status_code is StatusCode.ERROR
        assert (span.attributes or {})["error.type"] == "rejected"
    assert (request.attributes or {})["http.response.status_code"] == 400
    [articles] = recorded.points("antq_llm.articles")
    assert dict(articles.attributes) == {"antq_llm.outcome": "failure", "error.type": "rejected"}
    assert TEXT not in recorded.everything()


@pytest.mark.slow
def test_spans_of_a_run_with_processes(recorded: Recorded, folder: Path) -> None:
    """With worker processes, the requests of an article are still nested in its span."""
    Path("b.txt").write_text(TEXT.replace("Lan", "Huệ"), "utf-8")
    run([Reply(LAN), error(400, "no")], processes=2, inputs=("a.txt", "b.txt"), concurrency=1)
    articles = {span.context.span_id: span for span in recorded.spans("extract_article")}
    parents = [span.parent.span_id for span in recorded.spans("chat") if span.parent]
    assert sorted(parents) == sorted(articles)
    outcomes = sorted((span.attributes or {}).get("error.type", "") for span in articles.values())
    assert outcomes == ["", "rejected"]
    assert len(recorded.spans("invoke_workflow")) == 1


def test_what_is_replayed_is_no_request(recorded: Recorded, folder: Path) -> None:
    """An article that is answered from the store has a span, but its request has none."""
    run([Reply(LAN)])
    run([Reply(LAN)])
    assert len(recorded.spans("chat")) == 1
    assert [(span.attributes or {})["antq_llm.replayed"] for span in recorded.spans("extract")] == [
        False,
        True,
    ]


@pytest.mark.parametrize("value", ["", "false", "NO_CONTENT", "EVENT_ONLY"])
def test_texts_are_not_recorded(
    recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Without content capture, no span or metric contains prompts, articles, answers or the key."""
    monkeypatch.setenv(CAPTURE_VARIABLE, value)
    run([Reply(INVALID), Reply(LAN)])
    everything = recorded.everything()
    assert [text for text in (TEXT, "Lan", "general prompt", KEY) if text in everything] == []
    assert "messages" not in everything


@pytest.mark.parametrize("value", ["true", "SPAN_ONLY", "span_and_event"])
def test_texts_are_recorded_on_request(
    recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """With content capture, spans contain the messages, but never the API key."""
    monkeypatch.setenv(CAPTURE_VARIABLE, value)
    run([Reply(INVALID), Reply(LAN)])
    attributes = recorded.spans("chat")[1].attributes or {}
    sent = json.loads(str(attributes["gen_ai.input.messages"]))
    assert [message["role"] for message in sent][-3:] == ["user", "assistant", "user"]
    assert TEXT in sent[-3]["parts"][0]["content"]
    assert sent[-2]["parts"] == [{"type": "text", "content": INVALID}]
    assert json.loads(str(attributes["gen_ai.output.messages"])) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": LAN}],
            "finish_reason": "stop",
        }
    ]
    assert KEY not in recorded.everything()


async def test_an_extractor_is_traced_too(recorded: Recorded, folder: Path) -> None:
    """Without a run, the spans of articles and requests are nested in the caller's own span."""
    with scripted_endpoint([Reply(LAN), error(401, "no")]) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key=KEY)
        async with Extractor(Path("schema.json"), model="m", options=options) as extractor:
            with recorded.tracer_provider.get_tracer("caller").start_as_current_span("mine"):
                await extractor.aextract(TEXT)
            with pytest.raises(CompletionError):
                await extractor.aextract(f"{TEXT} Lần hai.")
    names = [span.name for span in recorded.spans()]
    assert names == ["chat m", "extract_article", "mine", "chat m", "extract_article"]
    article, mine = recorded.spans()[1:3]
    assert article.parent is not None
    assert article.parent.span_id == mine.context.span_id


def test_telemetry_can_be_disabled(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """``OTEL_SDK_DISABLED`` turns telemetry off, whatever providers the caller has set."""
    assert active_telemetry() is not None
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert active_telemetry() is None
