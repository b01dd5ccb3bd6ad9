"""The OpenTelemetry providers of antq_llm, which send to the collector named in the environment."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExportResult, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from antq_llm.telemetry.active import endpoint_variables

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
"""Maximum number of seconds to wait for the collector at the end of a run; also the default timeout
of an export."""
_NAME = "antq_llm"


class _Collector:
    """The state of the collector; an outage is logged once."""

    def __init__(self) -> None:
        self.is_failing = False

    def note(self, *, failed: bool) -> None:
        """Record whether an export failed, and warn at the beginning of an outage."""
        if failed and not self.is_failing:
            logger.warning(
                "the collector named in %s does not accept telemetry, so the telemetry is lost: "
                "start the collector, or unset the variable",
                " or ".join(endpoint_variables()),
            )
        self.is_failing = failed


_COLLECTOR = _Collector()


class _SpanExporter(OTLPSpanExporter):
    """An exporter of spans that warns if the collector does not accept them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        result = super().export(spans)
        _COLLECTOR.note(failed=result is not SpanExportResult.SUCCESS)
        return result


class _MetricExporter(OTLPMetricExporter):
    """An exporter of metrics that warns if the collector does not accept them."""

    def export(self, *arguments: Any, **options: Any) -> MetricExportResult:
        """Send metrics."""
        result = super().export(*arguments, **options)
        _COLLECTOR.note(failed=result is not MetricExportResult.SUCCESS)
        return result


@cache
def make_providers() -> tuple[TracerProvider, MeterProvider]:
    """Return antq_llm's own providers for OTLP/HTTP, configured by the environment."""
    # The exporters repeat their own warnings on every try.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    resource = Resource.create({} if named else {SERVICE_NAME: _NAME})
    tracer_provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracer_provider.add_span_processor(BatchSpanProcessor(_SpanExporter(timeout=_timeout())))
    reader = PeriodicExportingMetricReader(_MetricExporter(timeout=_timeout()))
    meter_provider = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
    atexit.register(_shut_down, tracer_provider, meter_provider)
    return tracer_provider, meter_provider


def _timeout() -> float | None:
    """Return the timeout of an export in seconds; None if the environment sets it.

    The timeout includes retries.
    """
    return None if os.environ.get("OTEL_EXPORTER_OTLP_TIMEOUT") else FLUSH_SECONDS


def flush(seconds: float = FLUSH_SECONDS) -> None:
    """Send all pending data, or give up after ``seconds`` with a warning."""
    deadline = time.monotonic() + seconds
    # The SDK does not respect the time limits of its own methods.
    threads = [
        threading.Thread(target=provider.force_flush, daemon=True) for provider in make_providers()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        _COLLECTOR.note(failed=True)


def _shut_down(tracer_provider: TracerProvider, meter_provider: MeterProvider) -> None:
    """Send the remaining data at the end of the process, unless the collector is down."""
    if not _COLLECTOR.is_failing:
        tracer_provider.shutdown()
        meter_provider.shutdown(timeout_millis=FLUSH_SECONDS * 1000)
