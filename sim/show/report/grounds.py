"""What a comparison rests on: claims with who made them, numbers that are assumed, and which of these move the difference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.evidence import Support, cited, coverage, uncertain
from sim.scenario.meaning import meaning
from sim.show.assumptions import in_words
from sim.show.inventory import MEANING
from sim.show.report.page import Block, Fold, Text
from sim.show.tables import Figures, Table, Words
from sim.show.wording import range_words
from sim.show.written import names, percent
from sim.study.exploration.given import outcome, quantities, ranges
from sim.study.exploration.indices import effects

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.study.compare import Result

SHOWN = 6
"""Assumptions that are shown, the greatest first."""

BY_CHANCE = 0.05
"""Share of assumptions that a 95% interval tells from zero though they move nothing."""

ON_CLAIMS: tuple[Support, ...] = ("magnitude", "order", "sign", "existence")


def grounds(scenario: Scenario) -> list[Block]:
    """What the numbers rest on, in a sentence and a table, and the claims that are cited."""
    found, drawn = coverage(scenario), uncertain(scenario)
    counts, learned = found.counts, len([one for one in drawn.values() if one.learned is not None])
    on_claims = sum(counts[kind] for kind in ON_CLAIMS)
    said = (
        f"Of {len(found.leaves):,} numbers in this scenario, {on_claims:,} rest on a claim: {counts['magnitude']:,} for their "
        "size, the others for a sign, an order or that there is such a thing. "
        f"{counts['assumption']:,} are assumed, with a range and a reason; {counts['choice']:,} are choices of whoever runs the "
        f"experiment. {len(drawn):,} quantities are drawn anew in every world, {learned} of them as learned from cases whose end "
        "is known."
    )
    table = Table("What the numbers rest on", [Words("support"), Figures("numbers"), Figures("share"), Words("meaning")])
    for kind, count in counts.items():
        table.row(kind, f"{count:,}", f"{percent(count / max(len(found.leaves), 1))}%", MEANING[kind])
    blocks: list[Block] = [Text(said), Fold("By kind of support", [table])]
    claims = Table("", [Words("claim"), Words("who says it"), Words("when"), Words("what is said, in our own words")])
    for name in (name for name in scenario.claims if name in cited):
        claim = scenario.claims[name]
        against = [(f"contradicts {', '.join(claim.contradicts)}",)] if claim.contradicts else []
        where = [(f"to be read: {'; '.join(claim.sources)}",)] if claim.sources else []
        claims.row(name, claim.who, str(claim.when), [(claim.says,), *against, *where])
    if claims.rows:
        note = "Each is what its author says, not what is true; where claims contradict each other, both are kept."
        blocks.append(Fold(f"The {len(claims.rows):,} claims that are cited", [Text(note, aside=True), claims]))
    return blocks


def hinges(result: Result, first: str, other: str) -> list[Block]:
    """Which assumptions move the difference in agreements between two processes most, from the draws of the run."""
    scenario, labels = result.scenario, names(result.scenario, "processes")
    every = tuple(name for name in quantities(scenario) if f"parameter:{name}" in result.drawn)
    y = np.subtract(*(outcome(result.outcomes(process), scenario, "agreed", "") for process in (other, first)))
    asked = f"the difference in agreements, {labels[other]} less {labels[first]}"
    if not every or len(y) < 2 or np.ptp(y) == 0:
        return [Text(f"Nothing moves {asked}, in these worlds.")]
    x = np.column_stack([result.drawn[f"parameter:{name}"] for name in every])
    moved, low, high = effects({"bounds": ranges(scenario, every)}, x, y)["effect"]
    told = [n for n in np.argsort(-np.abs(moved), kind="stable") if low[n] > 0 or high[n] < 0]
    if not told:
        return [Text(f"No single assumption can be told to move {asked}, with so few worlds.")]
    table = Table(
        "", [Words("assumption"), Words("what it is"), Words("its range"), Figures("points of a hundred, low to high end")]
    )
    spans = ranges(scenario, every)
    for n in told[:SHOWN]:
        value, *ends = (percent(part[n], sign=True) for part in (moved, low, high))
        words = range_words(every[n], float(spans[n][0]), float(spans[n][1]), scenario.file)
        table.row(in_words(scenario, every[n]), meaning(scenario, every[n]), words, (value, f"[{', '.join(ends)}]"))
    chance = BY_CHANCE * len(every)
    said = f"{len(told)} of {len(every)} assumptions are seen to move {asked}; chance alone would make it about {chance:.0f}"
    if len(told) <= chance + 2 * math.sqrt(chance * (1 - BY_CHANCE)):
        said += ". That is no more than chance allows, so those below are places to look at, and no finding"
    return [
        Text(f"{said}. The greatest, from the low to the high end of their range:"),
        table,
        Text("[ ] 95% interval of a linear fit over the worlds of this run.", aside=True),
    ]
