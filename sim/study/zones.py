"""The zone of possible agreement of each table, at the values the scenario states and in its first week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.model.batch import begin, packages_of
from sim.model.draws import one_world
from sim.model.layout import lived
from sim.model.packages import frontier, kalai, nash, zone
from sim.model.program import TableOf
from sim.model.records import Packages, Table, World
from sim.model.rules import linked
from sim.model.valuation import batna, domestic_cost, expected_value, reservation_value
from sim.scenario.scenario import Scenario


def zone_of_agreement(w: World, t: Table, packages: Packages, of: TableOf, sides: list[str]) -> pd.DataFrame:
    """A row per package of a table of a world: what each side gains over its reservation value.

    Columns: ``package``; ``<side>`` per disputant, in utility of the table, and, the same in every row, the two parts of
    its reservation value, ``alternative_<side>`` and ``home_<side>`` (what passing it at home costs); ``zone``,
    ``frontier``, ``nash`` and ``kalai`` true where the package is in the zone, on the frontier, or that point.
    """
    columns: dict[str, object] = {"package": [of.agenda.name(k) for k in range(len(packages))]}
    gains = [[expected_value(w, t, me, k.worth[me.index]) - reservation_value(w, t, me) for k in packages] for me in w.sides]
    surplus = np.array(gains)
    columns |= dict(zip(sides, surplus, strict=True))
    for part, value in (("alternative", batna), ("home", domestic_cost)):
        columns |= {f"{part}_{side}": value(w, t, me) for side, me in zip(sides, w.sides, strict=True)}
    numbers = np.arange(len(packages))
    columns |= {"zone": zone(surplus), "frontier": frontier(surplus)}
    columns |= {"nash": numbers == nash(surplus), "kalai": numbers == kalai(surplus)}
    return pd.DataFrame(columns)


def zones(scenario: Scenario, processes: list[str] | None = None) -> pd.DataFrame:
    """The zones of all tables of the processes, with columns ``process`` and ``table`` in front."""
    parts = []
    for process in scenario.choose_processes(processes):
        batch = begin(scenario, process, one_world(0, 0), stated=True)
        world, packages = lived(World, batch.records[0]), packages_of(batch.program)
        linked({"draw_stakes": lambda w: None, "draw_effect": lambda w, t: None})["prepare"](world, packages)
        for place, table in enumerate(batch.program.tables):
            part = zone_of_agreement(world, world.tables[place], packages[place], table, list(scenario.disputants))
            part.insert(0, "table", table.name)
            part.insert(0, "process", process)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)
