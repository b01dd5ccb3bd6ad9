"""The ``antq-llm`` program and its exit statuses."""

from __future__ import annotations

import logging
import re
import signal
import sys
from collections.abc import Callable
from copy import copy
from functools import cache
from itertools import pairwise
from typing import Any

import typer

from antq_llm.cli.app import app
from antq_llm.cli.interruption import CommandInterrupted
from antq_llm.cli.options.completion import prepare_completion
from antq_llm.cli.printing import LogFormatter, masked, say, show_traceback
from antq_llm.cli.standard_streams import (
    discard_unwritable,
    flush_results,
    is_unwritable,
    open_closed_streams,
    results_lost,
    use_utf8,
)
from antq_llm.core.excerpt import excerpt
from antq_llm.errors import (
    AntqError,
    ArticleError,
    CompletionError,
    ConfigurationError,
    ExtractionError,
    RecordingMissing,
    RunStopped,
)
from antq_llm.runs.processes.garbage import collect_rarely_until_exit, skip_collection_at_exit

EXIT_FAILED = 1
EXIT_WRONG_CALL = 2
EXIT_INTERRUPTED = 130

_EMPTY_VALUE = re.compile(r"--[a-z-]+=\s*")
_GLOBAL_FLAGS = {"--debug": "debug", "-v": "verbose", "--verbose": "verbose"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status, or exit with it if ``arguments`` is None.

    Each error is printed as one line on standard error.
    """
    all_words = list(sys.argv[1:] if arguments is None else arguments)
    open_closed_streams()
    use_utf8()
    flags = {_GLOBAL_FLAGS[word] for word in all_words if word in _GLOBAL_FLAGS}
    words = [word for word in all_words if word not in _GLOBAL_FLAGS] or ["--help"]
    _configure_log(verbose="verbose" in flags)
    if arguments is None:
        collect_rarely_until_exit()
        # SIGTERM, sent on shutdown or by a service manager, ends a run cleanly, as Ctrl-C does.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    if prepare_completion():
        # The command writes completions and exits.
        _command().main(words, prog_name="antq-llm")
    status = _guarded(lambda: _run(words), debug="debug" in flags)
    status = status or (EXIT_WRONG_CALL if not all_words else 0)
    discard_unwritable()
    if arguments is None:
        skip_collection_at_exit()
        sys.exit(status)
    return status


def _run(words: list[str]) -> int:
    _check_words(words)
    try:
        command = _command(words[0])
        status = int(command.main(words, prog_name="antq-llm", standalone_mode=False) or 0)
    except OSError as error:
        if is_unwritable(error):
            raise results_lost(error) from error
        raise
    flush_results()
    return status


def _check_words(words: list[str]) -> None:
    """Raise ConfigurationError for an empty argument, since ``Path("")`` is the current folder."""
    for option, word in pairwise(["", *words]):
        if not word.strip() or _EMPTY_VALUE.fullmatch(word):
            place = word or option
            what = f"the value of {place.rstrip('=')}" if place.startswith("-") else "an argument"
            raise ConfigurationError(
                f"{what} is empty: give a value, or check the shell variable that it comes from"
            )


def _configure_log(*, verbose: bool) -> None:
    log = logging.StreamHandler(sys.stderr)
    log.setFormatter(LogFormatter("antq-llm: %(message)s"))
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, handlers=[log], force=True
    )
    logging.getLogger("httpx2").setLevel(logging.WARNING)


@cache
def _command(name: str = "") -> Any:
    """Return the program, with only the command called ``name`` if there is one.

    Typer builds all commands at once, which takes 20 ms.
    """
    named = [command for command in app.registered_commands if command.name == name]
    program = copy(app)
    if named:
        program.registered_commands, program.registered_groups = named, []
    return typer.main.get_command(program)


def _guarded(command: Callable[[], int], *, debug: bool) -> int:
    try:
        status = command()
        if status == EXIT_INTERRUPTED:
            raise KeyboardInterrupt
        return status
    except CommandInterrupted as interrupted:
        _say(str(interrupted))
        return EXIT_INTERRUPTED
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        return EXIT_INTERRUPTED
    except typer.TyperException as error:
        _say(f"{error.format_message()} (see --help)")
        return EXIT_WRONG_CALL
    except AntqError as error:
        _show_traceback(debug)
        _say(str(error))
        is_about_articles = isinstance(
            error, ArticleError | CompletionError | ExtractionError | RecordingMissing | RunStopped
        )
        return EXIT_FAILED if is_about_articles else EXIT_WRONG_CALL
    except BaseException as error:  # the code of a user's schema can raise anything
        if _is_of_broken_pipe(error):
            # The reader of standard output closed the pipe, as head does.
            return EXIT_FAILED
        _show_traceback(debug)
        if isinstance(error, OSError) and error.filename is not None:
            path = excerpt(str(error.filename))
            _say(f"{path} cannot be used ({error.strerror}): check the path and its permissions")
            return EXIT_WRONG_CALL
        _say(f"{type(error).__name__}: {error} (add --debug for the traceback)")
        return EXIT_FAILED


def _is_of_broken_pipe(error: BaseException) -> bool:
    """Return whether an error comes from a closed pipe, for which Rich raises SystemExit."""
    cause = error.__context__ if isinstance(error, SystemExit) else error
    return isinstance(cause, BrokenPipeError)


def _say(text: str) -> None:
    say(" ".join(masked(text).split()))


def _show_traceback(debug: bool) -> None:
    if debug:
        show_traceback()
