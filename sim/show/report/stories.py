"""Two worlds told week by week: one that ends as most do, and one whose way to an agreement is rare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.show.report.page import Block, Fold, Story, Text, named
from sim.show.story import MOST_WIDTH, story
from sim.show.written import names

if TYPE_CHECKING:
    from sim.study.compare import Result

ENDS = ["stage", "reason"]
"""How a table ended."""


def stories(result: Result, process: str) -> list[Block]:
    """A typical and a surprising world of a process, each with how it was chosen."""
    ends = _by_world(result, process, ENDS)
    ways = _by_world(result, process, [*ENDS, "package"])
    by_world = result.outcomes(process).groupby("world")[["agreed_week", "ratified_week"]].max().notna()
    agreed = by_world["ratified_week"] if by_world["ratified_week"].any() else by_world["agreed_week"]
    counts = ends.value_counts(sort=False)
    common = counts.index[int(counts.to_numpy().argmax())]
    typical = int(ends.index[ends == common][0])
    said = (
        f"World {typical:,} is the first that ends as most do with {named(names(result.scenario, 'processes')[process])}: "
        f"{common[0]}. This is so in {counts.max():,} of {result.count:,} worlds."
    )
    found: list[Block] = [Fold("A typical world", [Text(said, aside=True), _told(result, process, typical)])]
    chosen = ways[agreed] if agreed.any() else ways
    rare = chosen.value_counts(sort=False)
    least = rare.index[int(rare.to_numpy().argmin())]
    surprising = int(chosen.index[chosen == least][0])
    if surprising != typical:
        what = "an agreement enters into force" if by_world["ratified_week"].any() else "a text is agreed"
        what = what if agreed.any() else "the process ends"
        said = (
            f"World {surprising:,} is the first of those in which {what} in the way that came up least often, counting text, end "
            f"and reason ({least[0]}): in {rare.min():,} of {result.count:,} worlds."
        )
        found.append(Fold("A surprising world", [Text(said, aside=True), _told(result, process, surprising)]))
    return found


def _by_world(result: Result, process: str, columns: list[str]) -> pd.Series:
    """How all tables of a process ended in each world: a tuple with the words, by world."""
    rows = result.outcomes(process)
    tables = names(result.scenario, "tables")
    several = rows["table"].nunique() > 1
    stage, reason, *rest = (rows[column].astype(str) for column in columns)
    parts = stage + ", " + reason
    words = rows["table"].astype(str).map(tables) + ": " + parts if several else parts
    keys = parts.str.cat(rest, sep="|") if rest else parts
    by = pd.DataFrame({"world": rows["world"], "words": words, "key": keys}).groupby("world", sort=True)
    joined = by.agg({"words": "; ".join, "key": "; ".join})
    return pd.Series(list(zip(joined["words"], joined["key"], strict=True)), index=joined.index)


def _told(result: Result, process: str, world: int) -> Story:
    text = story(result.scenario, process=process, world=world, seed=result.seed, width=MOST_WIDTH)
    return Story(text.splitlines())
