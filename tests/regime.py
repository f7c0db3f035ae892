"""Small declared scenarios and what comes of them: tests/regimes/two-sides.yaml, changed by path, run as stated.

``regimes/regimes.yaml`` names the changes. Nothing is drawn unless asked for, and every run sees the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from sim.model.draws import Draws
from sim.model.reasons import Reason
from sim.model.tables import Table
from sim.model.world import World
from sim.scenario import Scenario

WORLDS = 800
SEED = 11

Changes = Mapping[str, Any]
Measures = dict[str, NDArray[np.float64]]


@lru_cache(maxsize=2)
def _read(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "regimes" / name).read_text(encoding="utf-8")
    document: dict[str, Any] = YAML(typ="safe").load(text)
    return document


def regimes() -> list[str]:
    """The regimes that can be run by name."""
    return list(_read("regimes.yaml"))


def differences(regime: str) -> dict[str, Any]:
    """What a regime changes, by path; what it builds on comes first."""
    own = dict(_read("regimes.yaml")[regime])
    changes: dict[str, Any] = {}
    for below in own.pop("from", []):
        changes |= differences(below)
    return changes | own


def parents(regime: str) -> list[str]:
    """The regimes that one builds on."""
    return list(_read("regimes.yaml")[regime].get("from", []))


def scenario(*changes: Changes) -> Scenario:
    """The base scenario with values put at paths, in order; None takes a key away."""
    data = deepcopy(_read("two-sides.yaml"))
    for change in changes:
        for path, value in change.items():
            *above, last = path.split(".")
            node: Any = data
            for part in above:
                node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
            if value is None:
                node.pop(last, None)
            else:
                node[int(last) if isinstance(node, list) else last] = deepcopy(value)
    return Scenario.from_dict(data)


class Luck(Draws):
    """The same draws as ever, kept, for they are the same in every run."""

    def uniform(self, owner: str, stream: str, *shape: int) -> NDArray[np.float32]:
        return _uniform(self.worlds, owner, stream, shape)


@lru_cache(maxsize=256)
def _uniform(worlds: int, owner: str, stream: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return Draws(SEED, 0, worlds).uniform(owner, stream, *shape)


def run(regime: str, changes: Changes, *, drawn: bool = False) -> Measures:
    """What came of all worlds, per measure ``(R,)``: of the first table under its own name, of others as table.name."""
    world = World(scenario(differences(regime), changes), "talks", Luck(SEED, 0, WORLDS), stated=not drawn).run()
    found: Measures = {"weeks": world.in_force.astype(float)}
    if len(world.tables) > 1:
        found["lag"] = np.abs(world.tables[0].outcome.came - world.tables[1].outcome.came).astype(float)
    for table in world.tables:
        prefix = "" if table is world.tables[0] else f"{table.name}."
        found |= {prefix + name: values for name, values in measure(world, table).items()}
    return found


def measure(world: World, table: Table) -> Measures:
    """The outcomes of one table, ``(R,)`` each; a week that never came counts as the last, NaN where nothing was."""
    outcome = table.outcome
    found: Measures = {}
    for first in ("came", "declared", "agreed", "ratified", "ended"):
        week = getattr(outcome, first)
        found[first] = (week >= 0).astype(float)
        found[f"{first}_week"] = np.where(week >= 0, week, world.weeks).astype(float)
    for count in (
        "sessions", "texts", "fell", "agreements", "suspensions", "repairs", "renewals", "shorter", "refused",
        "violations", "contested", "in_force",
    ):  # fmt: skip
        found[count] = getattr(outcome, count).astype(float)
    found["delivery"] = outcome.delivery
    found["surplus_north"], found["surplus_south"] = outcome.surplus.T
    found["text_north"], found["text_south"] = outcome.agreed_surplus.T
    found["text_joint"] = outcome.agreed_surplus.sum(axis=1)
    found |= {f"units_{unit}": amount for unit, amount in outcome.units.items()}
    found |= {f"reason_{reason.name.lower()}": (outcome.reason == reason).astype(float) for reason in Reason}
    for column, issue in enumerate(table.agenda.issues):
        moved = table.agenda.moved[np.maximum(outcome.package, 0), column]
        found[f"moved_{issue}"] = np.where(outcome.package >= 0, moved, 0.0)
    return found
