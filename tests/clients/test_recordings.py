"""Recordings: completions in files that answer equal requests without network access."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Completion
from antq_llm.clients.recordings import RecordedClient, RecordingClient
from antq_llm.clients.request import Reask, Request
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import CompletionError, ConfigurationError, RecordingMissing
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from helpers.samples import ARTICLE, Note, completion, request

SCHEMA = PydanticSchema(Note)


def files_of(folder: Path) -> list[Path]:
    """Return the files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def record(
    folder: Path, *requests: Request, text: str = '{"subject": "Tân Lâm"}'
) -> list[Path]:
    """Record an answer to each request and return the files."""
    client = RecordingClient(ScriptedClient([completion(text) for _ in requests]), folder)
    for wanted in requests:
        await client.complete(wanted)
    return files_of(folder)


async def missing(folder: Path, wanted: Request) -> str:
    """Return the error message for a request that no recording answers."""
    with pytest.raises(RecordingMissing) as caught:
        await RecordedClient(folder).complete(wanted)
    return str(caught.value)


async def test_a_recorded_completion_answers_the_same_request(tmp_path: Path) -> None:
    """A completion comes back from its file unchanged, marked as replayed."""
    recorded = completion("Tân Lâm", model="m-1", mode="tools", finish_reason="tool_calls")
    await RecordingClient(ScriptedClient([recorded]), tmp_path).complete(request(SCHEMA))
    answered = await RecordedClient(tmp_path).complete(request(SCHEMA))
    assert answered == recorded.model_copy(update={"replayed": True})


async def test_recording_passes_the_answer_on(tmp_path: Path) -> None:
    """A completion that is recorded reaches the caller unchanged."""
    assert await RecordingClient(ScriptedClient([completion("một")]), tmp_path).complete(
        request(SCHEMA)
    ) == completion("một")


async def test_an_error_is_not_recorded(tmp_path: Path) -> None:
    """A request that failed leaves no file."""
    client = RecordingClient(ScriptedClient([CompletionError("down", kind="transport")]), tmp_path)
    with pytest.raises(CompletionError, match="down"):
        await client.complete(request(SCHEMA))
    assert files_of(tmp_path) == []


async def test_each_request_has_a_file_of_its_own(tmp_path: Path) -> None:
    """A file is named after the digest of its request, in a folder for its prompt."""
    requests = [request(SCHEMA), request(SCHEMA, sample=1)]
    paths = await record(tmp_path, *requests)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in paths) == sorted(
        f"note@1/{recorded.digest}.json" for recorded in requests
    )


async def test_nothing_but_recordings_is_left(tmp_path: Path) -> None:
    """Recording leaves no unfinished files."""
    await record(tmp_path, request(SCHEMA))
    assert [path.suffix for path in files_of(tmp_path)] == [".json"]


async def test_a_recording_can_be_read_by_people(tmp_path: Path) -> None:
    """A file is UTF-8 with one key per line, and its Vietnamese letters are not escaped."""
    [path] = await record(tmp_path, request(SCHEMA), text="Xã Tân Lâm, huyện Di Linh")
    data = path.read_bytes()
    assert '"text": "Xã Tân Lâm, huyện Di Linh"' in data.decode("utf-8")
    assert b"\\u" not in data
    assert data.count(b"\n") > 10
    assert b"\r" not in data


async def test_recording_again_replaces_the_file(tmp_path: Path) -> None:
    """If a request is recorded again, the latest answer is replayed."""
    await record(tmp_path, request(SCHEMA), text="một")
    await record(tmp_path, request(SCHEMA), text="hai")
    assert (await RecordedClient(tmp_path).complete(request(SCHEMA))).text == "hai"


async def test_a_recording_holds_no_text_of_the_article(tmp_path: Path) -> None:
    """A file contains digests of the article and the prompt, but no line of their text."""
    extractor = Extractor(
        Note,
        "Trích xuất chủ đề.",
        model="m",
        client=ScriptedClient(["sai", '{"subject": "x"}']),
        options=Options(record=tmp_path),
    )
    await extractor.aextract(Article(ARTICLE, "a"))
    texts = [path.read_text(encoding="utf-8") for path in files_of(tmp_path)]
    lines = [line for line in [*ARTICLE.splitlines(), "Trích xuất chủ đề"] if line.strip()]
    assert (len(texts), [line for line in lines for text in texts if line in text]) == (2, [])


async def test_what_was_recorded_of_an_article_is_replayed_in_full(tmp_path: Path) -> None:
    """If an article needed a re-ask, both of its answers are replayed."""
    made = Extractor(
        Note,
        "Trích xuất.",
        model="m",
        client=ScriptedClient(["sai", '{"subject": "x"}']),
        options=Options(record=tmp_path),
    )
    first = await made.aextract(Article(ARTICLE, "a"))
    replayed = await Extractor(
        Note, "Trích xuất.", model="m", client=RecordedClient(tmp_path)
    ).aextract(Article(ARTICLE, "a"))
    assert replayed.record == first.record
    assert len(replayed.attempts) == 2
    assert replayed.replayed is True
    assert first.replayed is False


async def test_recordings_are_found_in_folders_below(tmp_path: Path) -> None:
    """A recording in a subfolder at any depth is found."""
    [path] = await record(tmp_path / "made", request(SCHEMA))
    moved = tmp_path / "kept" / "2021" / path.name
    moved.parent.mkdir(parents=True)
    path.rename(moved)
    assert (await RecordedClient(tmp_path / "kept").complete(request(SCHEMA))).replayed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"model": "model-b"},
            "differs in the model (model-a was recorded, model-b was requested)",
        ),
        ({"sample": 1}, "differs in the sample (0 was recorded, 1 was requested)"),
        (
            {"parameters": {"temperature": 0.5}},
            "differs in the parameters ({} was recorded, {'temperature': 0.5} was requested)",
        ),
        (
            {"prompt": "note@2", "prompt_digest": "c" * 64, "messages": ()},
            "differs in the prompt (note@1 was recorded, note@2 was requested)",
        ),
        ({"prompt_digest": "c" * 64, "messages": ()}, "differs in the text of the prompt note@1"),
        (
            {"schema": load_schema("movement_report")},
            "differs in the schema (Note was recorded, movement_report/1 was requested)",
        ),
        (
            {"article_digest": "c" * 64, "messages": ()},
            "differs in the article, whose text has changed",
        ),
        (
            {"article_id": "b", "article_digest": "c" * 64, "messages": ()},
            "differs in the article (a was recorded, b was requested)",
        ),
        ({"reask": Reask("{}", "Sai.")}, "differs in the answer or feedback of the re-ask"),
    ],
)
async def test_the_message_names_the_difference_from_the_nearest_recording(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    """The message shows how the request differs from the nearest recording."""
    await record(tmp_path, request(SCHEMA))
    assert words in await missing(tmp_path, request(**{"schema": SCHEMA, **change}))


async def test_the_message_names_all_differences(tmp_path: Path) -> None:
    """Several differences are joined in one message."""
    await record(tmp_path, request(SCHEMA))
    message = await missing(tmp_path, request(SCHEMA, model="model-b", sample=2))
    assert (
        "differs in the model (model-a was recorded, model-b was requested) and the sample "
        "(0 was recorded, 2 was requested)" in message
    )


async def test_the_nearest_recording_is_the_one_of_the_article(tmp_path: Path) -> None:
    """The request is compared with the recording that shares the most parts with it."""
    second = {"article_id": "b", "article_digest": "d" * 64, "messages": ()}
    await record(tmp_path, request(SCHEMA), request(SCHEMA, **second))
    assert "differs in the model (model-a was recorded, model-b was requested). " in await missing(
        tmp_path, request(SCHEMA, model="model-b", **second)
    )


async def test_a_changed_article_is_compared_with_its_own_recording(tmp_path: Path) -> None:
    """Among equally similar recordings, the one with the request's article id is chosen."""
    second = {"article_id": "b", "article_digest": "d" * 64, "messages": ()}
    await record(tmp_path, request(SCHEMA), request(SCHEMA, **second))
    for article_id in ("a", "b"):
        changed = request(
            SCHEMA, article_id=article_id, article_digest="e" * 64, messages=(("user", "x"),)
        )
        assert "differs in the article, whose text has changed" in await missing(tmp_path, changed)


async def test_a_missing_recording_says_what_to_do(tmp_path: Path) -> None:
    """The message names the article, the prompt and the model, and says how to record."""
    message = await missing(tmp_path, request(SCHEMA))
    subject = f"no recording in {tmp_path} for article 'a' with prompt note@1 and model model-a"
    assert subject in message
    assert "--record" in message
    assert "--offline" in message


async def test_the_message_says_that_a_folder_is_empty(tmp_path: Path) -> None:
    """If the folder has no recordings, the message says so."""
    assert "the folder has no recordings" in await missing(tmp_path, request(SCHEMA))


async def test_the_message_says_that_a_re_ask_is_missing(tmp_path: Path) -> None:
    """If the missing request is a re-ask, the message says so."""
    assert "(a re-ask)" in await missing(tmp_path, request(SCHEMA, reask=Reask("{}", "Sai.")))


async def test_what_is_not_recorded_goes_to_the_fallback(tmp_path: Path) -> None:
    """Only requests without a recording are sent to the fallback."""
    await record(tmp_path, request(SCHEMA), text="ghi")
    fallback = ScriptedClient([completion("hỏi")])
    client = RecordedClient(tmp_path, fallback)
    answers = [
        await client.complete(wanted) for wanted in (request(SCHEMA), request(SCHEMA, sample=1))
    ]
    assert [(answer.text, answer.replayed) for answer in answers] == [("ghi", True), ("hỏi", False)]
    assert len(fallback.requests) == 1


async def test_the_model_of_the_recordings_is_known(tmp_path: Path) -> None:
    """If all recordings are from one model, its name is returned."""
    await record(tmp_path, request(SCHEMA), request(SCHEMA, sample=1))
    assert RecordedClient(tmp_path).only_model() == "model-a"


async def test_recordings_of_two_models_name_none(tmp_path: Path) -> None:
    """Recordings from several models raise a ConfigurationError that says to name one."""
    await record(tmp_path, request(SCHEMA), request(SCHEMA, model="model-b"))
    with pytest.raises(
        ConfigurationError, match="has recordings by model-a, model-b: name the model with --model"
    ):
        RecordedClient(tmp_path).only_model()


def test_an_empty_folder_names_no_model(tmp_path: Path) -> None:
    """A folder without recordings raises a ConfigurationError that says to name the model."""
    with pytest.raises(ConfigurationError, match="name the model with --model"):
        RecordedClient(tmp_path).only_model()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A missing recordings folder raises a ConfigurationError that says what to do."""
    with pytest.raises(
        ConfigurationError,
        match=r"there is no recordings folder .*nowhere: record a run with --record, or name "
        "another folder",
    ):
        RecordedClient(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format": 1}',
        '{"format": 1, "digest": "x", "asked": {}, "completion": {"text": "x"}, "note": 1}',
    ],
)
async def test_a_broken_recording_is_named(tmp_path: Path, content: str) -> None:
    """A file that is not a recording raises a ConfigurationError that says what to do."""
    [path] = await record(tmp_path, request(SCHEMA))
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        ConfigurationError,
        match=f"{path.name} is not a recording that this version can read: remove it, or record it "
        "again",
    ):
        await RecordedClient(tmp_path).complete(request(SCHEMA))


@pytest.mark.parametrize(("key", "value"), [("digest", "0" * 64), ("format", 99)])
async def test_a_recording_must_agree_with_its_name(tmp_path: Path, key: str, value: Any) -> None:
    """A recording named after another request, or in an unknown format, is refused."""
    [path] = await record(tmp_path, request(SCHEMA))
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), key: value}), encoding="utf-8"
    )
    with pytest.raises(
        ConfigurationError,
        match=f"{path.name} differs from the file name, or the format is unknown",
    ):
        await RecordedClient(tmp_path).complete(request(SCHEMA))


async def test_a_recording_says_what_was_asked(tmp_path: Path) -> None:
    """A recording contains the digests of the request and its parts, and the completion."""
    [path] = await record(tmp_path, request(SCHEMA))
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["digest"] == request(SCHEMA).digest
    assert data["asked"] == request(SCHEMA).asked()
    assert Completion.model_validate(data["completion"]) == completion('{"subject": "Tân Lâm"}')
