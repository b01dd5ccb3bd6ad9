"""A collector on loopback that receives telemetry over OTLP/HTTP."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class OtlpReceiver:
    """A running collector, with the data it received."""

    url: str
    bodies: dict[str, list[bytes]] = field(default_factory=dict)
    """The bodies of the received requests, by path."""

    def spans(self) -> list[Any]:
        """Return all received spans."""
        requests = map(ExportTraceServiceRequest.FromString, self.bodies.get("/v1/traces", ()))
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> dict[str, Any]:
        """Return the latest state of each metric, by name."""
        requests = map(ExportMetricsServiceRequest.FromString, self.bodies.get("/v1/metrics", ()))
        return {
            metric.name: metric
            for request in requests
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@contextmanager
def otlp_receiver(*, answers: bool = True) -> Iterator[OtlpReceiver]:
    """Run a collector; if ``answers`` is false, it reads requests but never answers them."""
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.bodies.setdefault(self.path, []).append(body)
            if not answers:
                release.wait()
                return
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = OtlpReceiver(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        release.set()
        server.shutdown()
        server.server_close()
