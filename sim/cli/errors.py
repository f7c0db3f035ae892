"""What a person is told when a verb ends early: one line and an exit code, no traceback.

Wrong input ends with exit code 2, a failure with 1, an interruption with 130. GOBETWEEN_DEBUG shows the traceback as well.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import inspect
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ParamSpec

import typer
from typer.models import OptionInfo

from sim.scenario.problems import GoBetweenError, GoBetweenWarning, ScenarioError, plain, shown

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
        typed = Typed.of(verb, kwargs)
        try:
            typed.refuse_empty()
            with _warnings_as_lines():
                verb(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except (KeyboardInterrupt, Exception) as error:
            raise typer.Exit(say(typed.named(error))) from None

    return run


@dataclass(frozen=True)
class Typed:
    """What was typed for a verb: value and description of every option and argument that is not at its default, by parameter."""

    given: dict[str, tuple[Any, Any]]

    @classmethod
    def of(cls, verb: Callable[..., None], values: Mapping[str, Any]) -> Typed:
        """``values`` are what the verb is called with."""
        found = {}
        for name, parameter in inspect.signature(verb, eval_str=True).parameters.items():
            described = getattr(parameter.annotation, "__metadata__", (None,))[-1]
            if described is not None and values.get(name) != parameter.default:
                found[name] = values.get(name), described
        return cls(found)

    def refuse_empty(self) -> None:
        """An empty text is not an option left out. Raises CommandError."""
        for value, described in self.given.values():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and not text.strip():
                    raise CommandError(f"{_flag(described)}: got {shown(text)}, expected {_wanted(described)}", 2)

    def named(self, error: BaseException) -> BaseException:
        """Wrong input of a public call, by the option in which it was typed."""
        if not isinstance(error, ScenarioError):
            return error
        flags = {name.rstrip("_"): _flag(described) for name, (_, described) in self.given.items()}
        flags |= {plural: flags[name] for name, plural in PLURALS.items() if name in flags}
        return ScenarioError(
            replace(problem, file=flags.get(problem.file, problem.file)) if not problem.line else problem
            for problem in error.problems
        )


PLURALS = {"process": "processes", "parameter": "parameters"}
"""Options that may be repeated, by the arguments of public calls that take all of them."""


def _flag(described: Any) -> str:
    """``--process`` of an option, ``SCENARIO`` of an argument; Typer holds the first name of an option as its default."""
    return str(described.default if isinstance(described, OptionInfo) else described.metavar)


def _wanted(described: Any) -> str:
    return f"{described.metavar}, or the option left out" if isinstance(described, OptionInfo) else str(described.help)


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


def say(error: BaseException) -> int:
    """Say on standard error what stopped a command, and return its exit code."""
    if isinstance(error, BrokenPipeError):  # the reader has gone, as in `gobetween ... | head`
        _let_go()
        return 1
    if os.environ.get("GOBETWEEN_DEBUG") and isinstance(error, Exception):
        traceback.print_exception(error)
    message, code = _verdict(error)
    with contextlib.suppress(OSError, ValueError):  # standard error is full or closed as well
        typer.echo("\n".join(plain(line) for line in message.split("\n")), err=True)
    _let_go()
    return code


def _let_go() -> None:
    """Send nowhere what a stream could not take: failing again as Python ends, it would put 120 in the place of our exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _verdict(error: BaseException) -> tuple[str, int]:
    """Message and exit code for whatever stopped a verb."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, 130
    if isinstance(error, GoBetweenError):
        return str(error), error.exit_code
    if isinstance(error, MemoryError):
        return "not enough memory for this run; expected fewer --worlds or --jobs", 1
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        if not name and error.errno in (errno.ENOSPC, errno.EIO):  # files that we write are named by who writes them
            name = "standard output: "
        return f"{name}{error.strerror or error}", 1
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    words = " ".join(str(error).split()) or "no message"
    return f"this is a bug in gobetween: {type(error).__name__}: {words} ({where}; GOBETWEEN_DEBUG=1 shows more)", 1
