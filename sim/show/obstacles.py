"""Why tables failed, and because of whom: the commonest reasons of a run, as data for tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.reasons import WORDS, Reason
from sim.scenario.headline import fallbacks, headline
from sim.study.outcomes import GOOD_ENDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import ScenarioFile
    from sim.show.written import Lookup
    from sim.study.compare import Result

NAMED = 0.8
"""Share of what there is, such as a table's failures, for which what is named accounts, at least."""

NEARLY = 0.95
"""Share of a reason from which it is said to be of a side, and not mostly; of two that are named, ``NAMED``."""

SMOOTH = 0.95
"""Share of worlds with an agreement from which nothing counts as an obstacle."""


@dataclass(frozen=True)
class Obstacle:
    """A reason for which a table failed, in a share of worlds: whose it was, and how often it decided alone (NaN: not known)."""

    table: str
    reason: str
    stage: str
    share: float
    whose: dict[str, float]
    alone: float

    @property
    def mostly(self) -> list[str]:
        """Whose it mostly was: the one with two thirds of it, else the two with most."""
        first, *others = self.whose
        return [first] if not others or self.whose[first] >= 2 / 3 * self.share else [first, others[0]]


def failures(result: Result) -> pd.DataFrame:
    """The rows of ``reasons`` that are a failure."""
    return result.reasons[~result.reasons["reason"].astype(str).isin([*GOOD_ENDS, ""])]


def commonest(own: pd.DataFrame) -> list[Obstacle]:
    """Of the failures of one table the commonest reasons, as many as account for four fifths of them."""
    parts = []
    for (reason, stage), rows in own.astype({"reason": str, "stage": str}).groupby(["reason", "stage"], sort=False):
        share = float(rows["share"].sum())
        each = rows.sort_values("share", ascending=False)
        whose = dict(zip(each["whose"].astype(str), each["share"].astype(float), strict=True))
        alone = float("nan") if rows["alone"].isna().any() else float((rows["alone"] * rows["share"]).sum() / share)
        parts.append(Obstacle(str(rows["table"].iloc[0]), str(reason), str(stage), share, whose, alone))
    whole = sum(part.share for part in parts)
    found: list[Obstacle] = []
    for part in sorted(parts, key=lambda part: -part.share):
        if sum(one.share for one in found) >= NAMED * whole - 1e-9:
            break
        found.append(part)
    return found


def main_obstacle(result: Result, process: str) -> Obstacle | None:
    """The commonest reason for which a table of a process that is about its headline issues failed; None where none did.

    Fall-backs are left out, and that a table never opened.
    """
    own = failures(result)
    own = own[(own["process"] == process) & (own["reason"].astype(str) != WORDS[Reason.NOT_OPENED])]
    named = [commonest(own[own["table"] == table]) for table in main_tables(result.scenario.file, process)]
    return max((reasons[0] for reasons in named if reasons), key=lambda reason: reason.share, default=None)


def stops(result: Result, lookup: Lookup, process: str) -> Obstacle | None:
    """What stops a process most often; None where hardly anything does, and where several tables are for what it is for."""
    if lookup(process, "agreed").estimate >= SMOOTH or len(main_tables(result.scenario.file, process)) != 1:
        return None
    return main_obstacle(result, process)


def obstacle_words(obstacle: Obstacle, parties: dict[str, str]) -> str:
    """An obstacle in words: ``stayed away in grievance (mostly both sides)``."""
    own = obstacle.mostly
    enough = NEARLY if len(own) == 1 else NAMED
    some = "" if sum(obstacle.whose[side] for side in own) >= enough * obstacle.share else "mostly "
    return f"{obstacle.reason} ({some}{', '.join(whose_words(side, parties) for side in own)})"


def main_tables(file: ScenarioFile, process: str) -> list[str]:
    """The tables of a process that have one of its headline issues on the agenda, fall-backs left out."""
    issues, aside = set(headline(file, process)), fallbacks(file, process)
    return [name for name in file.processes[process].tables if name not in aside and issues & set(file.tables[name].agenda)]


def whose_words(whose: str, parties: dict[str, str]) -> str:
    """A side, both or nobody in words."""
    return {"nobody": "nobody's", "both": "both sides"}.get(whose, parties.get(whose, whose))
