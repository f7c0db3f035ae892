"""What is wrong with an input, said in one line each: file, line, key path, message."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str | int, ...]
Place = tuple[str, int]

SHOWN_PROBLEMS = 20
SHOWN_LENGTH = 60
SHOWN_NAMES = 12


def plain(text: str) -> str:
    """``text`` on one line: control characters and lone surrogates are escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters but line feed and tab, separators of lines, what turns the direction of writing, halves of characters."""


def unprintable(text: str) -> str | None:
    """What is wrong with a text that would steer a terminal or break a chart; None if nothing is."""
    found = UNPRINTABLE.search(text)
    if not found:
        return None
    if "\ud800" <= found[0] <= "\udfff":
        return "holds half a character (a surrogate); expected Unicode text"
    return f"holds the control character {plain(found[0])}; expected text without"


def shown(value: Any) -> str:
    """A value as an error message quotes it: one line, shortened."""
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = plain(f"'{value}'" if isinstance(value, str) else str(value))
    except ValueError:  # an integer of thousands of digits has no decimal text
        return "a very long number"
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 3] + "..."


def dotted(key: Key) -> str:
    """``("parties", "north", "linkages", 0)`` as ``parties.north.linkages.0``."""
    text = ".".join(plain(str(part)) for part in key)
    return text if len(text) <= 3 * SHOWN_LENGTH else text[: 3 * SHOWN_LENGTH - 3] + "..."


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``name`` was probably meant to be."""
    found = difflib.get_close_matches(name[:SHOWN_LENGTH], list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def hint(name: str, names: Iterable[str]) -> str:
    """``"; did you mean north?"``, or the names to choose from, or nothing if there are none."""
    names = list(names)
    match = nearest(name, names)
    if match:
        return f"; did you mean {match}?"
    if not names:
        return ""
    more = ", ..." if len(names) > SHOWN_NAMES else ""
    return f"; expected one of {', '.join(names[:SHOWN_NAMES])}{more}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong. ``line`` is 0 where no line is known, ``path`` empty for the file as a whole."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{plain(self.file)}:{self.line}" if self.line else plain(self.file)
        return ": ".join(part for part in (place, self.path, plain(self.message)) if part)


class GoBetweenError(Exception):
    """Whatever we raise on purpose: a message for people, and the exit code of a command that it ends."""

    exit_code: int = 1


class GoBetweenWarning(UserWarning):
    """What we warn of on purpose: a line for people, about a run that goes on."""


class ScenarioError(GoBetweenError, ValueError):
    """Wrong input. ``problems`` holds all that was found, by file and line; the text shows the first twenty."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = sorted(set(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        left = len(self.problems) - len(lines)
        return "\n".join([*lines, f"and {left} more"] if left else lines)


@dataclass(frozen=True)
class Lines:
    """Where each key of a scenario was written: key to (file, line)."""

    file: str
    where: dict[Key, Place] = field(default_factory=dict)

    def at(self, key: Key) -> Place:
        """The place of ``key``, or of the nearest mapping or list around it that was written somewhere."""
        for size in range(len(key), 0, -1):
            if key[:size] in self.where:
                return self.where[key[:size]]
        return self.where.get((), (self.file, 0))

    def problem(self, key: Key, message: str) -> Problem:
        """A problem at ``key``."""
        file, line = self.at(key)
        return Problem(file, line, dotted(key), message)

    def moved(self, key: Key, place: Place) -> Lines:
        """The same lines, but all at and below ``key`` was set at ``place``."""
        kept = {known: spot for known, spot in self.where.items() if known[: len(key)] != key}
        return Lines(self.file, {**kept, key: place})


def refuse(file: str, message: str, *, line: int = 0, key: Key = ()) -> ScenarioError:
    """An error with a single problem."""
    return ScenarioError([Problem(file, line, dotted(key), message)])
