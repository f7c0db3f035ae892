"""Two worlds told week by week: one that ends as most do, and one whose way to an agreement is rare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.show.report.page import Block, Fold, Story, Text, named
from sim.show.story import MOST_WIDTH, story
from sim.show.written import names
from sim.study.picked import surprising, typical

if TYPE_CHECKING:
    from sim.study.compare import Result


def stories(result: Result, process: str) -> list[Block]:
    """A typical and a surprising world of a process, each with how it was chosen."""
    common, rare = typical(result, process), surprising(result, process)
    said = (
        f"World {common.world:,} is the first that ends as most do with {named(names(result.scenario, 'processes')[process])}: "
        f"{common.ended}. This is so in {common.alike:,} of {result.count:,} worlds."
    )
    found: list[Block] = [Fold("A typical world", [Text(said, aside=True), _told(result, process, common.world)])]
    if rare.world != common.world:
        said = (
            f"World {rare.world:,} is the first of those in which {rare.among} in the way that came up least often, counting "
            f"text, end and reason ({rare.ended}): in {rare.alike:,} of {result.count:,} worlds."
        )
        found.append(Fold("A surprising world", [Text(said, aside=True), _told(result, process, rare.world)]))
    return found


def _told(result: Result, process: str, world: int) -> Story:
    text = story(result.scenario, process=process, world=world, seed=result.seed, width=MOST_WIDTH)
    return Story(text.splitlines())
