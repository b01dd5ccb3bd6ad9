"""Printing to the terminal. Untrusted text is escaped here before it is printed."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from contextlib import suppress
from types import TracebackType

from antq_llm.cli.standard_streams import results_lost
from antq_llm.core.masking import Masker

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object, *, keep: str = "") -> str:
    """Escape control characters, line breaks, bidi controls and lone surrogates.

    Characters in ``keep`` are not escaped.
    """

    def escape(found: re.Match[str]) -> str:
        return found.group() if found.group() in keep else _escaped(found.group())

    return _UNPRINTABLE.sub(escape, str(text))


def printable_lines(text: str) -> str:
    """Escape multi-line text, keeping line breaks and tabs."""
    return printable(text, keep="\n\t")


def printable_json(text: str) -> str:
    """Escape JSON for a terminal without changing its value."""
    return _RAW_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def say(text: str) -> None:
    """Print one line on standard error, ignoring write errors."""
    with suppress(OSError, ValueError):
        print(f"antq-llm: {printable(text)}", file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Print one line on standard output."""
    print(printable(text))


def show_json(text: str) -> None:
    """Print JSON on standard output."""
    print(printable_json(text))


def write_json(text: str) -> None:
    """Write JSON lines to standard output.

    Raises BrokenPipeError if the reader has closed the pipe, and ConfigurationError for other
    write errors.
    """
    try:
        sys.stdout.write(printable_json(text))
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise results_lost(error) from error


def masked(text: str) -> str:
    """Mask the OpenAI API keys set in the environment, and credentials in URLs."""
    return Masker([os.environ.get("OPENAI_API_KEY"), os.environ.get("OPENAI_ADMIN_KEY")])(text)


def show_traceback() -> None:
    """Print the current traceback on standard error."""
    with suppress(OSError, ValueError):
        print(_traceback_lines(traceback.format_exc().rstrip("\n")), file=sys.stderr)


class LogFormatter(logging.Formatter):
    """A formatter that writes a log message as one printable line, without secrets."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the base class's
        """Return the message as one line."""
        return printable(masked(super().formatMessage(record)))

    def formatException(  # noqa: N802 - as above
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return the traceback as indented lines."""
        return _traceback_lines(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - as above
        """Return the stack as indented lines."""
        return _traceback_lines(super().formatStack(stack_info))


def _traceback_lines(text: str) -> str:
    # Indent the lines, so that none can be mistaken for a message of the program.
    return "".join(f"  {line}" for line in printable_lines(masked(text)).splitlines(keepends=True))


def _escaped(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
