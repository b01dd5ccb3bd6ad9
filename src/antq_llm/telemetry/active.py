"""Deciding whether to record telemetry; OpenTelemetry is imported only if telemetry is on."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from antq_llm.core.optional_library import how_to_install

if TYPE_CHECKING:
    from antq_llm.telemetry.telemetry import Telemetry

logger = logging.getLogger(__name__)

DISABLED_VARIABLE = "OTEL_SDK_DISABLED"
CAPTURE_VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT" for signal in ("", "TRACES_", "METRICS_"))
_CAPTURING = frozenset({"true", "1", "span_only", "span_and_event"})


_IS_OFFLINE: ContextVar[bool] = ContextVar("_IS_OFFLINE", default=False)


@contextmanager
def without_collector(*, is_offline: bool) -> Iterator[None]:
    """Within the block, ignore the collector named in the environment if ``is_offline`` is true."""
    token = _IS_OFFLINE.set(is_offline or _IS_OFFLINE.get())
    try:
        yield
    finally:
        _IS_OFFLINE.reset(token)


def active_telemetry() -> Telemetry | None:
    """Return the recorder of telemetry; None if telemetry is off or OpenTelemetry is missing.

    Telemetry is on if the caller has set an OpenTelemetry provider. It is also on if the
    environment names a collector in ``OTEL_EXPORTER_OTLP_ENDPOINT`` (or in the variable for traces
    or metrics) and the call is not offline. ``OTEL_SDK_DISABLED=true`` turns telemetry off.
    """
    if os.environ.get(DISABLED_VARIABLE, "").strip().lower() == "true":
        return None
    if (providers := _providers_of_caller()) is not None:
        return _telemetry(*providers)
    if _IS_OFFLINE.get() or not endpoint_variables():
        return None
    return _own_telemetry()


def captures_content() -> bool:
    """Return whether to record prompts and answers; by default, they are not recorded."""
    return os.environ.get(CAPTURE_VARIABLE, "").strip().lower() in _CAPTURING


def endpoint_variables() -> list[str]:
    """Return the environment variables that name a collector."""
    return [name for name in _ENDPOINTS if os.environ.get(name)]


def flush_telemetry() -> None:
    """Send the data held by antq_llm's OpenTelemetry providers, waiting a few seconds at most."""
    if endpoint_variables() and _own_telemetry.cache_info().currsize:
        from antq_llm.telemetry.collector import flush

        flush()


def _providers_of_caller() -> tuple[Any, Any] | None:
    if "opentelemetry.trace" not in sys.modules and "opentelemetry.metrics" not in sys.modules:
        return None
    from opentelemetry import metrics, trace

    providers = trace.get_tracer_provider(), metrics.get_meter_provider()
    is_set = [not type(provider).__name__.lstrip("_").startswith("Proxy") for provider in providers]
    return providers if any(is_set) else None


@cache
def _telemetry(tracer_provider: Any, meter_provider: Any) -> Telemetry:
    from antq_llm.telemetry.telemetry import Telemetry

    return Telemetry(tracer_provider, meter_provider)


@cache
def _own_telemetry() -> Telemetry | None:
    try:
        from antq_llm.telemetry.collector import make_providers
    except ImportError as error:
        logger.warning(
            "the environment names a collector, but telemetry needs OpenTelemetry (%s): %s, or "
            "unset %s",
            error,
            how_to_install("otel"),
            " and ".join(endpoint_variables()),
        )
        return None
    return _telemetry(*make_providers())
