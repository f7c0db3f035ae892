"""Which worlds of a comparison are worth reading: a typical one, and one whose way to an agreement is rare."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from sim.scenario.scenario import Scenario
from sim.study.compare import Result

ENDS = ("stage", "reason")
"""How a table ended."""


AMONG = {"ratified_week": "an agreement enters into force", "agreed_week": "a text is agreed", "": "the process ends"}
"""Where a surprising world is sought, as far as there are any."""


@dataclass(frozen=True)
class Picked:
    """A world, how its tables ended in words, how many of the worlds are like it, and among which it was sought."""

    world: int
    ended: str
    alike: int
    among: str = "every world"


def typical(result: Result, process: str) -> Picked:
    """The first world in which every table of a process ends as it does most often."""
    ends = _ends(result, process, ENDS)
    return _first(ends, ends["key"].value_counts(sort=False).idxmax())


def surprising(result: Result, process: str) -> Picked:
    """The first of the worlds with an agreement in force that came to it in the rarest way, by text, end and reason.

    Where there is no such world, of those in which a text was agreed, and else of all.
    """
    ends = _ends(result, process, (*ENDS, "package"))
    weeks = result.outcomes(process).groupby("world")[["ratified_week", "agreed_week"]].max().notna()
    week = next((week for week in AMONG if week in weeks and weeks[week].any()), "")
    chosen = ends[weeks[week]] if week else ends
    return replace(_first(chosen, chosen["key"].value_counts(sort=False).idxmin()), among=AMONG[week])


def _first(ends: pd.DataFrame, key: str) -> Picked:
    own = ends[ends["key"] == key]
    return Picked(int(own.index[0]), str(own["words"].iloc[0]), len(own))


def _ends(result: Result, process: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Per world how all tables of a process ended: ``words`` for a person, ``key`` for what counts as alike."""
    rows = result.outcomes(process).sort_values(["world", "table"], kind="stable")
    stage, reason, *rest = (rows[column].astype(str) for column in columns)
    said = stage + ", " + reason
    labels = _tables(result.scenario)
    several = len(result.scenario.file.processes[process].tables) > 1
    words = rows["table"].astype(str).map(labels) + ": " + said if several else said
    keys = said.str.cat(rest, sep="|") if rest else said
    by = pd.DataFrame({"world": rows["world"], "words": words, "key": keys}).groupby("world", sort=True)
    return by.agg("; ".join)


def _tables(scenario: Scenario) -> dict[str, str]:
    return {name: table.label or name for name, table in scenario.file.tables.items()}
