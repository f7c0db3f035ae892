"""What a comparison rests on: numbers that are assumed, and claims with who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.evidence import Support, cited, coverage, ground_of, uncertain
from sim.show.inventory import MEANING
from sim.show.report.page import Block, Fold, Text
from sim.show.tables import Figures, Table, Words
from sim.show.wording import number_words, path_words
from sim.show.written import percent

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

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
    if counts["magnitude"]:
        blocks.append(Fold("Numbers that have their size from a claim", [_sizes(scenario)]))
    if scenario.claims:
        told = f"{len(cited(scenario))} claims are cited, of {len(scenario.claims)} in the evidence files"
        blocks.append(Text(f"{told}: below, in the details."))
    return blocks


def _sizes(scenario: Scenario) -> Table:
    table = Table("", [Words("number"), Figures("value"), Words("claims"), Words("how it follows")])
    for one in coverage(scenario).leaves:
        if one.support == "magnitude" and (found := ground_of(scenario, one.path)) is not None:
            what = path_words(one.path, scenario.file)
            table.row(what, number_words(one.value), ", ".join(found[1].claims or ()), found[1].why)
    return table


CLAIMS = "The claims that are cited"
ONLY = "cited by a contradiction only"


def claims_cited(scenario: Scenario) -> list[Block]:
    """The claims that are cited, and those that one of them contradicts: who says what and when, in our own words."""
    own = cited(scenario)
    named = {other for name in own for other in scenario.claims[name].contradicts}
    table = Table("", [Words("claim"), Words("who says it"), Words("when"), Words("what is said, in our own words")])
    for name in (name for name in scenario.claims if name in own or name in named):
        claim = scenario.claims[name]
        only = [(ONLY,)] if name not in own else []
        against = [(f"contradicts {', '.join(claim.contradicts)}",)] if claim.contradicts else []
        where = [(f"read in: {'; '.join(claim.sources)}",)] if claim.sources else []
        table.row(name, claim.who, str(claim.when), [(claim.says,), *only, *against, *where])
    read = ["; ".join(one.values()) for one in scenario.sources]
    said: list[Block] = [Text(f"{'. '.join(read)}.", lead="Read in:")] if read else []
    note = "Each is what its author says, not what is true; where claims contradict each other, both are kept."
    return [*said, Text(note), table]
