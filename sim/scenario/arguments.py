"""Arguments of public calls: whole numbers of any kind are taken as such, anything else is refused by its name."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from sim.scenario.problems import refuse, shown

MOST_WORLDS = 100_000_000
MOST_SEED = 2**63 - 1
MOST_JOBS = 256


def whole(name: str, given: Any, *, least: int = 0, most: int | None = None, why: str = "") -> int:
    """A whole number: an int, one of NumPy's, or whatever else Python counts with; no truth value. ``why`` ends the error.

    Raises ScenarioError.
    """
    try:
        if isinstance(given, bool):
            raise TypeError
        number = operator.index(given)
    except TypeError:
        raise refuse(name, f"got {shown(given)}, expected a whole number of at least {least:,}{why}") from None
    if number < least:
        raise refuse(name, f"got {shown(number)}, expected a whole number of at least {least:,}{why}")
    if most is not None and number > most:
        raise refuse(name, f"got {shown(number)}, expected a whole number of at most {most:,}{why}")
    return number


def worlds_of(given: Any, *, least: int = 1, name: str = "worlds") -> int:
    """How many worlds. Raises ScenarioError."""
    return whole(name, given, least=least, most=MOST_WORLDS)


def seed_of(given: Any) -> int:
    """A seed. Raises ScenarioError."""
    return whole("seed", given, most=MOST_SEED)


def jobs_of(given: Any) -> int:
    """How many workers; -1: one per core. Raises ScenarioError."""
    number = whole("jobs", given, least=-1, most=MOST_JOBS)
    if number == 0:
        raise refuse("jobs", f"got 0, expected 1 to {MOST_JOBS}, or -1 for one per core")
    return number


def names_of(name: str, given: Any) -> list[str]:
    """A list of names; a single text would be taken for its letters. Raises ScenarioError."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        wanted = f"[{given!r}]" if isinstance(given, str) else "['direct_talks']"
        raise refuse(name, f"got {shown(given)}, expected a list of names, such as {wanted}")
    names = list(given)
    for one in names:
        if not isinstance(one, str):
            raise refuse(name, f"got {shown(one)} among them, expected names")
    return names
