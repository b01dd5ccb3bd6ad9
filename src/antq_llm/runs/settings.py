"""The settings of a run, checked for contradictions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.articles.sources import STANDARD_INPUT
from antq_llm.core.field_docs import with_field_docs
from antq_llm.core.masking import masked_url
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.client_factory import model_name
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import PromptLike, SchemaLike
from antq_llm.store.store_address import masked_store


@with_field_docs
@dataclass(frozen=True)
class RunSettings:
    """The inputs of a run, its options and its output folder.

    Raises ConfigurationError if the settings are invalid or contradict each other.
    """

    inputs: tuple[str, ...]
    """Files, folders, globs, or ``-`` for standard input."""
    options: Options
    out: Path | None = None
    """The folder for results and the store; None to keep nothing."""
    prompt: PromptLike | None = None
    schema: SchemaLike | None = None
    model: str | None = None
    """The name of the model; None to use the environment variable ``ANTQ_LLM_MODEL``."""
    offline: bool = False
    limit: int | None = None
    """The maximum number of articles to process; None for all."""
    retry_failed: bool = False
    """Whether to retry articles that failed because of the model's answers in an earlier run."""
    duplicates: float | None = None
    """The minimum similarity of a copy (0.5 to 1); None to process copies like other articles."""
    batch: bool = False
    """Whether to send requests through the Batch API."""
    only_this_call: bool = False
    """Whether the output files contain only the articles of this call."""
    keep_answers: int | None = None
    """The number of days after which to delete the texts of stored answers; None to keep them."""
    store: str | None = field(default=None, repr=False)
    """The address of a PostgreSQL database for the store; None for a file in ``out``."""
    files_from: Path | None = None
    """A file that lists more inputs, one per line; ``-`` for standard input."""
    processes: int = 1
    """The number of processes that read and check articles; it does not affect the results."""
    fields: ReadingOptions = field(default_factory=ReadingOptions)
    """The table fields to read; ``options.metadata`` determines whether metadata is read."""

    def __post_init__(self) -> None:
        if isinstance(self.inputs, str):
            raise ConfigurationError(f"inputs must be a tuple of paths: write ({self.inputs!r},)")
        for name in ("out", "files_from"):
            if isinstance(path := getattr(self, name), str):
                object.__setattr__(self, name, Path(path))
        for name in ("limit", "processes"):
            if (number := getattr(self, name)) is not None and number < 1:
                raise ConfigurationError(f"--{name} must be at least 1, not {number}")
        if self.options.escalate == RULES:
            raise ConfigurationError(
                "--escalate must name a stronger model, not the rules baseline"
            )
        self._check_folder_options()
        if self.store is not None:
            self._check_store(self.store)
        if self.duplicates is not None:
            self._check_duplicates()
        if self.batch:
            self._check_batch()

    @property
    def reading(self) -> ReadingOptions:
        """The options for reading the inputs; ``metadata`` is taken from ``options``."""
        return replace(self.fields, metadata=self.options.metadata)

    @property
    def uses_rules(self) -> bool:
        """Whether the rules baseline replaces the model."""
        return model_name(self.model) == RULES

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values, without the API key and other credentials."""
        options = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self.options).items()
            if name != "api_key"
        }
        options["base_url"] = masked_url(options["base_url"]) if options["base_url"] else None
        return {
            "inputs": list(self.inputs),
            "prompt": None if self.prompt is None else str(self.prompt),
            "schema": None if self.schema is None else str(self.schema),
            "model": self.model,
            "offline": self.offline,
            "limit": self.limit,
            "retry_failed": self.retry_failed,
            "batch": self.batch,
            "only_this_call": self.only_this_call,
            "keep_answers": self.keep_answers,
            "duplicates": self.duplicates,
            "store": None if self.store is None else masked_store(self.store),
            "files_from": None if self.files_from is None else str(self.files_from),
            **asdict(self.reading),
            **options,
            "schema_file": _file(self.schema),
            "prompt_file": _file(self.prompt),
        }

    def _check_folder_options(self) -> None:
        if self.retry_failed and self.out is None:
            raise ConfigurationError(
                "--retry-failed needs --out: without it, nothing is kept between runs"
            )
        if self.only_this_call and self.out is None:
            raise ConfigurationError(
                "--only-this-call needs --out: without it, nothing is kept from other calls"
            )
        if self.keep_answers is not None and self.out is None:
            raise ConfigurationError("--keep-answers needs --out: without it, no answer is kept")
        if self.keep_answers is not None and self.keep_answers < 0:
            raise ConfigurationError(
                f"--keep-answers must be a number of days, 0 or more, not {self.keep_answers}"
            )

    def _check_store(self, url: str) -> None:
        if self.out is None:
            raise ConfigurationError("--store needs --out: the output files are written there")
        masked_store(url)

    def _check_duplicates(self) -> None:
        if self.out is None:
            raise ConfigurationError(
                "--duplicates needs --out: "
                "the records of copies are made from the answers kept there"
            )
        if self.uses_rules:
            raise ConfigurationError(
                "--duplicates saves requests, but --model rules sends none: "
                "leave out --duplicates, or name a model"
            )

    def _check_batch(self) -> None:
        if self.out is None:
            raise ConfigurationError(
                "--batch needs --out: pending batches are kept there, "
                "so that the run can be stopped and continued"
            )
        if self.offline or self.uses_rules:
            raise ConfigurationError(
                "--batch needs a model at an endpoint: "
                "do not combine it with --offline or --model rules"
            )
        if STANDARD_INPUT in self.inputs:
            raise ConfigurationError(
                "--batch reads articles again when their answers arrive, "
                "but standard input can be read only once: name a file"
            )


def _file(source: object) -> str | None:
    """Return the path of a prompt or schema, or None if it is not given as a file."""
    is_file = isinstance(source, Path) or (isinstance(source, str) and source.endswith(".json"))
    return str(source) if is_file else None
