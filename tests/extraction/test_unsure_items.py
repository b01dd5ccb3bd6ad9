"""The second look at the least sure items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm import Article, ConfigurationError, Extraction, Extractor, Options
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.confidence.confidence_model import ConfidenceModel, LogOdds
from antq_llm.schemas.registry import load_schema
from helpers.asked_by_model import Answer, ByModel
from helpers.samples import ABSENT, ARTICLE, completion, data_of, person, report, statement
from helpers.support import Person

SCHEMA = load_schema("movement_report/1")
CHAIR = {**person(), "roles": ["chair"]}


def calibration(folder: Path, *, unsure: str) -> Path:
    """Write a calibration in which the items of one list are unsure and all others are sure."""
    model = ConfidenceModel(
        schema=SCHEMA.reference,
        schema_sha256=SCHEMA.digest,
        single=LogOdds(intercept=4.0, weights={f"list: {unsure}": -8.0}),
        least_sure=0.5,
    )
    model.write(folder / "calibration.json")
    return folder / "calibration.json"


class WithoutFigures(ByModel):
    """A client that reports no overlooked figures and otherwise answers by sample."""

    async def complete(self, request: Request) -> Completion:
        if request.schema.reference == "overlooked_figures":
            return completion('{"indicators": [], "awards": []}')
        return await super().complete(request)


class Looks:
    """The extraction of the article with a given answer for each sample."""

    def __init__(
        self, folder: Path, *answers: Answer, unsure: str = "people", **options: Any
    ) -> None:
        self.client = WithoutFigures(
            {("m", number): answer for number, answer in enumerate(answers)}
        )
        given = {
            "second_look": True,
            "second_look_samples": len(answers) - 1,
            "calibration": calibration(folder, unsure=unsure),
            "max_attempts": 1,
        }
        self._options = Options(**{**given, **options})

    async def extraction(self) -> Extraction[Any]:
        """Extract the article."""
        extractor = Extractor(client=self.client, model="m", options=self._options)
        return await extractor.aextract(Article(ARTICLE, "a"))


def looks_of(result: Extraction[Any]) -> list[str]:
    """Return the messages of the warnings about the second look."""
    return [warning.message for warning in result.warnings if warning.kind == "second_look"]


async def test_what_further_samples_agree_on_replaces_an_unsure_item(tmp_path: Path) -> None:
    """Two further samples that agree replace the first answer's item, which the warning keeps."""
    first, other = report(people=[person()]), report(people=[CHAIR])
    result = await Looks(tmp_path, first, other, other).extraction()
    assert data_of(result)["people"] == [CHAIR]
    (warning,) = [warning for warning in result.warnings if warning.kind == "second_look"]
    assert (warning.pointer, warning.item) == ("/people/0", person())
    # The follow-up question about figures is the fourth.
    assert (len(result.attempts), len(result.confidence)) == (4, 1)


async def test_samples_that_differ_replace_nothing(tmp_path: Path) -> None:
    """Further samples that disagree with each other do not replace an unsure item."""
    attendee = {**person(), "roles": ["attendee"]}
    answers = [report(people=[item]) for item in (person(), CHAIR, attendee)]
    result = await Looks(tmp_path, *answers).extraction()
    assert (data_of(result)["people"], looks_of(result)) == ([person()], [])


async def test_a_sample_without_the_item_replaces_nothing(tmp_path: Path) -> None:
    """An unsure item that one of the further samples lacks is kept."""
    result = await Looks(
        tmp_path, report(people=[person()]), report(people=[CHAIR]), report()
    ).extraction()
    assert data_of(result)["people"] == [person()]


async def test_sure_items_cost_no_request(tmp_path: Path) -> None:
    """An article without unsure items needs only one request."""
    answers = [report(people=[item]) for item in (person(), CHAIR, CHAIR)]
    looks = Looks(tmp_path, *answers, unsure="awards")
    result = await looks.extraction()
    assert (looks.client.asked, data_of(result)["people"]) == ([("m", 0)], [person()])


async def test_only_unsure_items_are_replaced(tmp_path: Path) -> None:
    """A sure item of the first answer is not replaced."""
    first = report(people=[person()], statements=[statement()])
    other = report(people=[CHAIR], statements=[{**statement(), "kind": "commitment"}])
    result = await Looks(tmp_path, first, other, other).extraction()
    assert data_of(result)["people"] == [CHAIR]
    assert data_of(result)["statements"] == [statement()]


async def test_a_replacement_with_faults_is_left_out(tmp_path: Path) -> None:
    """A person to whom a statement refers is not replaced by a person with another name."""
    mai = person("Lò Thị Mai", "Thiếu tá Phạm Quốc Bình, Trưởng Công an xã Tân Lâm")
    first = report(people=[person()], statements=[statement()])
    result = await Looks(tmp_path, first, report(people=[mai]), report(people=[mai])).extraction()
    assert data_of(result)["statements"] == [statement()]
    assert data_of(result)["people"] == [person()]


async def test_a_failed_sample_loses_no_record(tmp_path: Path) -> None:
    """A further sample without a valid answer only adds a warning and its attempts."""
    answers: list[Answer] = [report(people=[person()]), report(people=[CHAIR]), "not JSON"]
    result = await Looks(tmp_path, *answers).extraction()
    (message,) = looks_of(result)
    assert "the second look failed" in message
    assert (data_of(result)["people"], len(result.attempts)) == ([person()], 4)


async def test_dropped_items_of_further_samples_do_not_count(tmp_path: Path) -> None:
    """An item of a further sample does not count if its quote is not in the article."""
    absent = report(people=[person(quote=ABSENT)])
    result = await Looks(tmp_path, report(people=[person()]), absent, absent).extraction()
    assert data_of(result)["people"] == [person()]


def test_a_schema_without_a_calibration_is_a_wrong_call() -> None:
    """Without a calibration, the second look at unsure items is refused."""
    options = Options(second_look=True, second_look_samples=2)
    with pytest.raises(ConfigurationError, match=r"needs a calibration"):
        Extractor(Person, "Extract.", client=ByModel({}), model="m", options=options)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"second_look_samples": 1, "second_look": True}, r"0, or from 2 to 25"),
        ({"second_look_samples": 26, "second_look": True}, r"0, or from 2 to 25"),
    ],
)
def test_wrong_numbers_of_samples_are_refused(fields: dict[str, Any], message: str) -> None:
    """The number of further samples must be 0 or from 2 to 25."""
    with pytest.raises(ConfigurationError, match=message):
        Options(**fields)


def test_samples_without_the_second_look_are_a_wrong_call() -> None:
    """``second_look_samples`` is refused without ``second_look``."""
    with pytest.raises(ConfigurationError, match=r"needs second_look"):
        Extractor(client=ByModel({}), model="m", options=Options(second_look_samples=2))
