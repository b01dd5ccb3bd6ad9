"""The exceptions of the library.

AntqError
├── ArticleError          an input cannot be read as an article
├── PromptError           a prompt is unknown or malformed, or was changed after its release
├── SchemaError           a schema is unknown or cannot be used
├── ConfigurationError    a call cannot be made: a key or model is missing, or an option is invalid
│   └── AccessRefused     the endpoint refused the key, model or path, and has answered nothing yet
├── RecordingMissing      no recording answers a request made offline
├── AnswerDeleted         the stored answer to the request was deleted after its retention time
├── BudgetExceeded        the next request could exceed the budget
├── RunStopped            the run ended before the article was processed
├── Deferred              the request is part of a batch that has not been answered yet
├── CompletionError       the model gave no usable completion
└── ExtractionError       no answer was valid within the allowed number of attempts

Each message says what happened and what to do. RecordingMissing, BudgetExceeded, CompletionError
and ExtractionError keep the completed attempts, because these may have cost money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from antq_llm.records.result import Attempt

CompletionFault = Literal["transport", "rejected", "quota", "truncated", "refused", "filtered"]
_NOT_PROCESSED = "not processed because the run was stopped: "
StopReason = Literal["interrupted", "quota", "budget", "unreachable", "configuration", "internal"]


def encodable(text: str) -> str:
    """Return the text with lone surrogates escaped, as in ``\\ud800``.

    Lone surrogates occur in JSON from servers and in file names that are not UTF-8, and they cannot
    be written to files.
    """
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


class AntqError(Exception):
    """Base class of the library's errors; ``kind`` is the name used in output files and reports.

    Errors can be pickled and copied. Characters in the message that UTF-8 cannot encode are
    escaped.
    """

    kind: str = "error"
    attempts: tuple[Attempt, ...] = ()
    """The completed attempts, oldest first."""
    escalated: bool = False
    """Whether a stronger model was also asked about the article."""

    def __init__(self, message: str) -> None:
        super().__init__(encodable(message))

    def __reduce__(self) -> tuple[Any, ...]:
        # Subclasses take further arguments, which are stored as attributes.
        return _restore, (type(self), self.args), vars(self)


class ArticleError(AntqError):
    """An input that is unreadable, empty or too long; ``kind`` says which."""

    def __init__(
        self, message: str, *, kind: Literal["unreadable", "empty", "too_long"] = "unreadable"
    ) -> None:
        super().__init__(message)
        self.kind = kind


class PromptError(AntqError):
    """A prompt that is unknown or malformed, or was changed after its release."""

    kind = "prompt"


class SchemaError(AntqError):
    """A schema that is unknown or cannot be used."""

    kind = "schema"


class ConfigurationError(AntqError):
    """A call that cannot be made: a key, model or other option is missing, invalid or refused."""

    kind = "configuration"


class AccessRefused(ConfigurationError):  # noqa: N818 - it names what the endpoint did
    """A refusal of the key, model or path by an endpoint that has answered no request yet.

    A run ends when the requests for several articles in a row are refused this way. Once the
    endpoint has answered a request, a refusal affects only that article and is reported as a
    CompletionError of kind ``rejected``.
    """

    def __init__(self, message: str, *, status: int, rejection: str) -> None:
        super().__init__(message)
        self.status = status
        self._rejection = encodable(rejection)

    def as_rejection(self) -> CompletionError:
        """Return the error for an article whose request is refused while other requests succeed."""
        rejection = CompletionError(self._rejection, kind="rejected", status=self.status)
        rejection.attempts = self.attempts
        return rejection


class RecordingMissing(AntqError):  # noqa: N818 - the name is part of the public contract
    """A request made offline that no recording answers.

    If there are other recordings, the message says how the nearest one differs from the request.
    """

    kind = "recording_missing"


class AnswerDeleted(AntqError):  # noqa: N818 - it names what happened to the answer
    """A stored answer that was deleted after its retention time."""

    kind = "expired"


class BudgetExceeded(AntqError):  # noqa: N818 - the name is part of the public contract
    """A request that was not sent because it could exceed the budget."""

    kind = "budget"


class RunStopped(AntqError):  # noqa: N818 - it names what happened to the run
    """The end of a run before the article was processed.

    ``kind`` is the reason: ``interrupted``, ``quota``, ``budget``, ``unreachable``,
    ``configuration`` or ``internal``.
    """

    def __init__(self, message: str, *, kind: StopReason) -> None:
        super().__init__(message)
        self.kind = kind

    @classmethod
    def before_article(cls, reason: object, *, kind: StopReason) -> Self:
        """Return the error for an article that was not processed because the run stopped."""
        return cls(f"{_NOT_PROCESSED}{reason}", kind=kind)

    @property
    def reason(self) -> str:
        """The message without the words that ``before_article`` adds."""
        return str(self).removeprefix(_NOT_PROCESSED)


class Deferred(AntqError):  # noqa: N818 - nothing is wrong yet
    """A request in an unanswered batch; work on its article resumes when the batch is answered."""

    kind = "deferred"


class CompletionError(AntqError):
    """A request for which the model gave no usable completion.

    ``kind`` is ``transport``, ``rejected``, ``quota``, ``truncated``, ``refused`` or ``filtered``.
    ``transport`` means a timeout, a dropped connection, or status 429 or 5xx, after all retries;
    ``rejected`` means another HTTP error. ``status`` is the HTTP status, or None if there was no
    response.
    """

    def __init__(self, message: str, *, kind: CompletionFault, status: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status


class ExtractionError(AntqError):
    """An article for which no answer was valid within the allowed number of attempts.

    ``attempts`` holds every completion with its error and usage.
    """

    kind = "invalid"

    def __init__(self, message: str, *, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(message)
        self.attempts = attempts


def _restore(kind: type[AntqError], arguments: tuple[Any, ...]) -> AntqError:
    return kind.__new__(kind, *arguments)


def is_about_the_article(error: AntqError) -> bool:
    """Return whether the article's request was rejected or its answers were unusable.

    Returns False for other causes, such as a lost connection, an exhausted quota or a missing
    recording.
    """
    return isinstance(error, ExtractionError) or (
        isinstance(error, CompletionError) and error.kind not in {"transport", "quota"}
    )
