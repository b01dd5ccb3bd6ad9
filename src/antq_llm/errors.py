"""Every error of the library, in one tree.

AntqError
├── ArticleError          an input that cannot be read as an article
├── PromptError           a prompt that is unknown, malformed or was changed after its release
├── SchemaError           a schema that is unknown or cannot be used
├── ConfigurationError    a call that cannot be made: no key, no model, a bad URL or option
├── RecordingMissing      offline, and nothing recorded answers the request
├── BudgetExceeded        the next request could cost more than is left
├── RunStopped            the run ended before the article was asked about
├── Deferred              the request goes out in a batch, whose answer comes later
├── CompletionError       the model gave no completion that could be read
└── ExtractionError       the model answered, and no answer was valid within the attempts

Each message says what was seen and what to do. RecordingMissing, BudgetExceeded, CompletionError and ExtractionError keep the attempts that
were received before them, since those were paid for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from antq_llm.records.result import Attempt

CompletionFault = Literal["transport", "rejected", "quota", "truncated", "refused", "filtered"]


class AntqError(Exception):
    """Base of all errors of this library; ``kind`` is the word that reports use for it."""

    kind: str = "error"
    attempts: tuple[Attempt, ...] = ()
    """What was received before the error, oldest first; empty where nothing was."""
    escalated: bool = False
    """Whether a stronger model was asked about the article too."""


class ArticleError(AntqError):
    """An input cannot be read as an article: it is unreadable, empty or too long (``kind``)."""

    def __init__(
        self, message: str, *, kind: Literal["unreadable", "empty", "too_long"] = "unreadable"
    ) -> None:
        super().__init__(message)
        self.kind = kind


class PromptError(AntqError):
    """A prompt is unknown, malformed, or differs from the text under which it was released."""

    kind = "prompt"


class SchemaError(AntqError):
    """A schema is unknown, or is no valid schema."""

    kind = "schema"


class ConfigurationError(AntqError):
    """A call cannot be made as asked: no key or a refused one, no model, a bad URL or option."""

    kind = "configuration"


class RecordingMissing(AntqError):  # noqa: N818 - the name is part of the public contract
    """Offline, and no recording answers the request; the message says what the nearest one differs in."""

    kind = "recording_missing"


class BudgetExceeded(AntqError):  # noqa: N818 - the name is part of the public contract
    """The next request could cost more than is left of the budget; nothing was sent."""

    kind = "budget"


class RunStopped(AntqError):  # noqa: N818 - it names what happened to the run
    """The run ended before an article was asked about; ``kind`` says why: ``interrupted``, ``quota``, ``budget``, ``configuration`` or ``internal``."""

    def __init__(
        self,
        message: str,
        *,
        kind: Literal["interrupted", "quota", "budget", "configuration", "internal"],
    ) -> None:
        super().__init__(message)
        self.kind = kind


class Deferred(AntqError):  # noqa: N818 - nothing is wrong yet
    """A request goes out, or is under way, in a batch: its article is gone on with when the answer is there."""

    kind = "deferred"


class CompletionError(AntqError):
    """The model gave no usable completion.

    ``kind`` is ``transport`` (timeouts, dropped connections, 429 and 5xx past all retries), ``rejected`` (another HTTP error),
    ``quota``, ``truncated``, ``refused`` or ``filtered``. ``status`` is the HTTP status, None where there was none.
    """

    def __init__(self, message: str, *, kind: CompletionFault, status: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status


class ExtractionError(AntqError):
    """No answer was valid within the attempts; ``attempts`` has every completion, its error and its usage."""

    kind = "invalid"

    def __init__(self, message: str, *, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(message)
        self.attempts = attempts


def is_about_the_article(error: AntqError) -> bool:
    """Whether an article has no record because of what a model answered to it; False for what lies around it, as a connection, a quota or a recording."""
    return isinstance(error, ExtractionError) or (
        isinstance(error, CompletionError) and error.kind not in {"transport", "quota"}
    )
