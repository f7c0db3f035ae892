"""The loop over worlds: what is compiled as one program."""

from __future__ import annotations

from sim.model.events import draw_waiting_times
from sim.model.records import Packages, World
from sim.model.week import live_a_week, prepare
from sim.model.worth import value_packages


def live_worlds(worlds: list[World], packages: list[Packages], states: list[list[int]], until: int) -> None:
    """Live every world up to a week; ``states`` counts worlds per week and state of their headline issues.

    A world that has lived some weeks goes on from there: all it needs is in its record.
    """
    for r in range(len(worlds)):
        w = worlds[r]
        if not w.prepared:
            prepare(w, packages)
        else:  # what texts are worth is not in its record
            for n in range(w.table_count):
                value_packages(w, w.tables[n], packages[n])
            if w.waits_of != w.branch:
                draw_waiting_times(w)
        while w.week < until:
            live_a_week(w, packages)
            states[w.week - 1][w.headline_state] += 1
