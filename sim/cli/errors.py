"""What a person is told when a verb ends early: one line and an exit code, no traceback.

Wrong input ends with exit code 2, a failure with 1, an interruption with 130. GOBETWEEN_DEBUG shows the traceback as well.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec

import typer

from sim.scenario.problems import GoBetweenError, GoBetweenWarning

P = ParamSpec("P")

INTERRUPTED = "interrupted; nothing was written"


class CommandError(GoBetweenError):
    """What is wrong with a command, in words, with the exit code."""

    def __init__(self, message: str, code: int) -> None:
        """``code`` is 2 for wrong input, 1 for a failure."""
        super().__init__(message)
        self.exit_code = code


def guarded(verb: Callable[P, None]) -> Callable[P, None]:
    """Say in one line what stopped a verb, and end with the right exit code."""

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with _warnings_as_lines():
                verb(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            _end(INTERRUPTED, 130)
        except BrokenPipeError:  # the reader has gone, as in `gobetween ... | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except typer.Exit:
            raise
        except Exception as error:
            if os.environ.get("GOBETWEEN_DEBUG"):
                traceback.print_exc()
            _end(*_verdict(error))

    return run


@contextlib.contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """What we warn of is a line on standard error; what others warn of looks as ever."""
    with warnings.catch_warnings():
        as_ever = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, GoBetweenWarning):
                typer.echo(str(message), err=True)
            else:
                as_ever(message, category, *where, **more)

        warnings.simplefilter("always", GoBetweenWarning)
        warnings.showwarning = show
        yield


def _end(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _verdict(error: Exception) -> tuple[str, int]:
    """Message and exit code for whatever stopped a verb."""
    if isinstance(error, GoBetweenError):
        return str(error), error.exit_code
    if isinstance(error, MemoryError):
        return "not enough memory for this run; expected fewer --worlds or --jobs", 1
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror or error}", 1
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    words = " ".join(str(error).split()) or "no message"
    return f"this is a bug in gobetween: {type(error).__name__}: {words} ({where}; GOBETWEEN_DEBUG=1 shows more)", 1
