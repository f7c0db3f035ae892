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

from sim.model.batch import Batch, TableBatch, live
from sim.model.draws import Draws
from sim.model.reasons import Reason
from sim.scenario import Scenario

WORLDS = 3200
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


def run(regime: str, changes: Changes, *, drawn: bool = False) -> Measures:
    """What came of all worlds, per measure ``(R,)``: of the first table under its own name, of others as table.name."""
    return run_of(scenario(differences(regime), changes), drawn=drawn)


def run_of(asked: Scenario, *, drawn: bool = False, worlds: int = WORLDS) -> Measures:
    """The same of a scenario."""
    batch = live(asked, "talks", Draws(SEED, 0, worlds), stated=not drawn)
    found: Measures = {"weeks": batch.records["headline_in_force"].astype(float)}
    if len(batch.tables) > 1:
        found["lag"] = np.abs(batch.tables[0].outcome["came"] - batch.tables[1].outcome["came"]).astype(float)
    for n, table in enumerate(batch.tables):
        prefix = f"{table.name}." if n else ""
        found |= {prefix + name: values for name, values in measure(batch, table).items()}
    return found


def measure(batch: Batch, table: TableBatch) -> Measures:
    """The outcomes of one table, ``(R,)`` each; a week that never came counts as the last, NaN where nothing was."""
    outcome = table.outcome
    found: Measures = {}
    for first in ("came", "declared", "agreed", "ratified", "ended"):
        week = outcome[first]
        found[first] = (week >= 0).astype(float)
        found[f"{first}_week"] = np.where(week >= 0, week, batch.scenario.file.weeks).astype(float)
    for count in (
        "sessions", "texts", "fell", "agreements", "suspensions", "repairs", "renewals", "shorter", "refused",
        "violations", "contested", "in_force",
    ):  # fmt: skip
        found[count] = outcome[count].astype(float)
    found["delivery"] = outcome["delivery"]
    for n, side in enumerate(("north", "south")):
        found[f"surplus_{side}"], found[f"text_{side}"] = table.of_side(n, "surplus"), table.of_side(n, "agreed_surplus")
    found["text_joint"] = found["text_north"] + found["text_south"]
    found |= {f"units_{unit}": amount for unit, amount in table.units.items()}
    found |= {f"reason_{reason.name.lower()}": (outcome["reason"] == reason).astype(float) for reason in Reason}
    for column, issue in enumerate(table.agenda.issues):
        moved = table.agenda.moved[np.maximum(outcome["package"], 0), column]
        found[f"moved_{issue}"] = np.where(outcome["package"] >= 0, moved, 0.0)
    return found
