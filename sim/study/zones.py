"""The zone of possible agreement of each table, at the values the scenario states and in its first week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.model.acceptance import batna, domestic_cost, expected_value, reservation_value
from sim.model.draws import Draws
from sim.model.packages import frontier, kalai, nash, zone
from sim.model.tables import Table
from sim.model.world import World
from sim.scenario.scenario import Scenario


def zone_of_agreement(world: World, table: Table) -> pd.DataFrame:
    """A row per package of a table in the first world: what each side gains over its reservation value.

    Columns: ``package``; ``<side>`` per disputant, in utility of the table, and, the same in every row, the two parts of
    its reservation value, ``alternative_<side>`` and ``home_<side>`` (what passing it at home costs); ``zone``,
    ``frontier``, ``nash`` and ``kalai`` true where the package is in the zone, on the frontier, or that point.
    """
    rows = np.array([0])
    surplus = (expected_value(world, table, rows, table.values.at(rows)) - reservation_value(world, table, rows)[..., None])[0]
    numbers = np.arange(surplus.shape[1])
    columns: dict[str, object] = {"package": [table.agenda.name(k) for k in numbers]}
    columns |= {side: surplus[column] for column, side in enumerate(world.conflict.disputants)}
    for part, values in (("alternative", batna(world, table, rows)), ("home", domestic_cost(world, table, rows))):
        columns |= {f"{part}_{side}": values[0, column] for column, side in enumerate(world.conflict.disputants)}
    columns |= {"zone": zone(surplus), "frontier": frontier(surplus)}
    columns |= {"nash": numbers == nash(surplus), "kalai": numbers == kalai(surplus)}
    return pd.DataFrame(columns)


def zones(scenario: Scenario, processes: list[str] | None = None) -> pd.DataFrame:
    """The zones of all tables of the processes, with columns ``process`` and ``table`` in front."""
    parts = []
    for process in scenario.choose_processes(processes):
        world = World(scenario, process, Draws(1, 0, 1), stated=True)
        for table in world.tables:
            part = zone_of_agreement(world, table)
            part.insert(0, "table", table.name)
            part.insert(0, "process", process)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)
