"""Clients that record completions to files, or answer from such files without a connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.core.atomic_write import write_atomically
from antq_llm.core.json_file import UnreadableJson, read_json_file
from antq_llm.errors import ConfigurationError, RecordingMissing

FORMAT = 1
_MAX_FOLDER_CHARACTERS = 60
"""Maximum length, in characters, of the name of a folder with a prompt's recordings."""


class _Part(BaseModel):
    """One part of a request: its id or reference, and its digest."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str | None = None
    reference: str | None = None
    sha256: str | None = None


def _checked_parts(asked: dict[str, Any]) -> dict[str, Any]:
    for name in ("article", "prompt", "schema"):
        if name in asked:
            _Part.model_validate(asked[name])
    return asked


Asked = Annotated[dict[str, Any], AfterValidator(_checked_parts)]


class Recording(BaseModel):
    """A recorded completion, with the digests of the parts of its request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    digest: str
    asked: Asked
    completion: Completion


class RecordedClient:
    """A client that answers requests from the recordings in a folder and its subfolders.

    A recording is found by the digest of its request. Requests without a recording are passed to
    ``fallback``; if ``fallback`` is None, RecordingMissing is raised.
    """

    def __init__(self, folder: Path, fallback: Client | None = None) -> None:
        if not folder.is_dir():
            raise ConfigurationError(
                f"there is no recordings folder {folder}: record a run with --record, or name "
                "another folder"
            )
        self._folder = folder
        self._fallback = fallback
        self._paths = {path.stem: path for path in sorted(folder.rglob("*.json"))}

    def only_model(self) -> str:
        """Return the model that the recordings come from.

        Raises ConfigurationError if there are no recordings, or if they come from several models.
        """
        models = sorted({str(recording.asked.get("model")) for recording in self._all()})
        if len(models) != 1:
            found = f"recordings by {', '.join(models)}" if models else "no recordings"
            raise ConfigurationError(f"{self._folder} has {found}: name the model with --model")
        return models[0]

    async def complete(self, request: Request) -> Completion:
        path = self._paths.get(request.digest)
        if path is not None:
            return _read(path).completion.model_copy(update={"replayed": True})
        if self._fallback is not None:
            return await self._fallback.complete(request)
        raise RecordingMissing(self._explain(request))

    async def aclose(self) -> None:
        if self._fallback is not None:
            await self._fallback.aclose()

    def _all(self) -> Iterator[Recording]:
        return (_read(path) for path in self._paths.values())

    def _explain(self, request: Request) -> str:
        """Return a message that says how a request differs from the most similar recording."""
        parts = request.asked()
        missing = (
            f"no recording in {self._folder} for article {request.article_id!r} with prompt "
            f"{request.prompt} and model {request.model}{' (a re-ask)' if request.reask else ''}"
        )
        nearest = max(
            self._all(), key=lambda recording: _similarity(recording.asked, parts), default=None
        )
        if nearest is None:
            return (
                f"{missing}: the folder has no recordings. Record a run with --record, or ask a "
                "model without --offline"
            )
        differences = " and ".join(
            _difference(part, nearest.asked.get(part), wanted)
            for part, wanted in parts.items()
            if _identity(wanted) != _identity(nearest.asked.get(part))
        )
        return (
            f"{missing}; the nearest recording differs in "
            f"{differences or 'its messages, for example in the values of prompt variables'}. "
            "Ask a model without --offline, and record its answer with --record"
        )


class RecordingClient:
    """A client that passes requests to another client and writes each completion to a file."""

    def __init__(self, inner: Client, folder: Path) -> None:
        self._inner = inner
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"cannot create the recordings folder {folder} ({error.strerror}): name another "
                "folder"
            ) from error

    async def complete(self, request: Request) -> Completion:
        completion = await self._inner.complete(request)
        recording = Recording(
            format=FORMAT, digest=request.digest, asked=request.asked(), completion=completion
        )
        folder = self._folder / request.prompt.replace("/", "_")[:_MAX_FOLDER_CHARACTERS]
        try:
            write_atomically(
                folder / f"{request.digest}.json",
                [json.dumps(recording.model_dump(), ensure_ascii=False, indent=1) + "\n"],
            )
        except OSError as error:
            raise ConfigurationError(
                f"cannot write to {folder} ({error.strerror}): free some space, or record to "
                "another folder"
            ) from error
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()


def _read(path: Path) -> Recording:
    try:
        recording = Recording.model_validate(read_json_file(path))
    except (UnreadableJson, ValidationError) as error:
        raise ConfigurationError(
            f"{path} is not a recording that this version can read: remove it, or record it again"
        ) from error
    if recording.digest != path.stem or recording.format != FORMAT:
        raise ConfigurationError(
            f"the digest in {path} differs from the file name, or the format is unknown: restore "
            "the file, or record it again"
        )
    return recording


def _identity(part: Any) -> Any:
    return part["sha256"] if isinstance(part, dict) and "sha256" in part else part


def _similarity(recorded: dict[str, Any], parts: dict[str, Any]) -> tuple[int, bool]:
    same = sum(_identity(recorded.get(part)) == _identity(wanted) for part, wanted in parts.items())
    return same, recorded.get("article", {}).get("id") == parts["article"]["id"]


def _difference(part: str, recorded: Any, wanted: Any) -> str:
    if part == "reask":
        return "the answer or feedback of the re-ask"
    name = {"prompt": "reference", "schema": "reference", "article": "id"}.get(part)
    old, new = ((recorded or {}).get(name), wanted[name]) if name else (recorded, wanted)
    if part == "article" and old == new:
        return "the article, whose text has changed"
    if old == new:
        return f"the text of the {part} {new}"
    return f"the {part} ({old} was recorded, {new} was requested)"
