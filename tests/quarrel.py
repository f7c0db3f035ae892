"""A small quarrel for tests of single rules: round numbers, no cost at home unless a test adds it, luck that a test decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import transitions
from sim.model.draws import Draws
from sim.model.tables import Table
from sim.model.world import Listener, World
from sim.scenario import Scenario

Changes = Mapping[str, Any]

ONE = np.arange(1)
"""The only world of most tests."""

EAST, WEST = 0, 1


def _side(other: str) -> dict[str, Any]:
    return {
        "role": "disputant",
        "positions": {
            "bridge": {"salience": 1.0, "gains": {"open": 0.8}, "losses": {"open": 0.2}},
            "mill": {"salience": 1.0, "gains": {"shared": 0.4}, "losses": {"shared": 0.2}},
        },
        "optimism": 0.5, "front_optimism": 0.0, "war_cost": 0.0, "recognition": 0.0, "audience_cost": 0.0, "win_set": 1.0,
        "grievance": 0.0, "candour": 0.5, "concession": 1.0, "trust": {other: 0.5, "abbot": 0.6},
    }  # fmt: skip


def _issue(move: str) -> dict[str, Any]:
    return {
        "group": "technical", "options": {"closed": {"status_quo": True}, move: {}},
        "sensitivity": 1.0, "self_enforcing": 0.0, "front": 0.0, "relief": 0.0,
    }  # fmt: skip


def _contact(way: str) -> dict[str, str]:
    return {"talks": way, "signing": way, "implementation": way}


BASE: dict[str, Any] = {
    "title": "A bridge and a mill",
    "start": "2030-01-07",
    "weeks": 30,
    "front_volatility": 0.0,
    "parties": {
        "east": _side("west"),
        "west": _side("east"),
        "abbot": {"role": "mediator", "honesty": 0.8, "leverage": 0.1, "capacity": 1.0, "pull": 0.5},
    },
    "issues": {"bridge": _issue("open"), "mill": _issue("shared")},
    "formats": {
        "direct": {
            "level": "leaders", "contact": _contact("face_to_face"), "visibility": "public", "drafting": "in_turn",
            "settlement": "issue_by_issue", "instrument": "joint", "first_offer": "east",
        },
        "between": {
            "mediators": ["abbot"], "level": "leaders", "contact": _contact("face_to_face"), "visibility": "public",
            "drafting": "single_text", "settlement": "issue_by_issue", "instrument": "mirrored",
        },
    },
    "tables": {"table": {"agenda": ["bridge"], "format": "direct"}},
    "processes": {"talks": {"tables": ["table"]}},
    "behaviour": {"irrevocable": 1.0},  # what is given is given
}  # fmt: skip

THROUGH = {"tables.table.format": "between"}
"""The same table through the abbot."""


def values(*changes: Changes) -> dict[str, Any]:
    """The base scenario with values put at dotted paths, in order; None takes a key away."""
    data = deepcopy(BASE)
    for change in changes:
        for path, value in change.items():
            *above, last = path.split(".")
            node: Any = data
            for part in above:
                node = node.setdefault(part, {})
            if value is None:
                node.pop(last, None)
            else:
                node[last] = deepcopy(value)
    return data


def scenario(*changes: Changes) -> Scenario:
    return Scenario.from_dict(values(*changes))


@dataclass(frozen=True)
class Luck(Draws):
    """Every draw of a stream is what a test says, one number or one per side; 0.5 where it says nothing.

    At 0.5 logistic noise is zero, so the front rests, judgement is right and no agreement is frailer than another.
    """

    streams: Mapping[str, float | tuple[float, float]] = field(default_factory=dict)
    otherwise: float | None = 0.5  # None: as drawn

    def uniform(self, owner: str, stream: str, *shape: int) -> NDArray[np.float32]:
        if stream not in self.streams and self.otherwise is None:
            return super().uniform(owner, stream, *shape)
        said = np.asarray(self.streams.get(stream, self.otherwise), np.float64)
        return np.broadcast_to(said[..., None], (*shape, self.worlds))


def world(*changes: Changes, luck: Mapping[str, Any] | None = None, listener: Listener | None = None) -> World:
    """One world, every number as stated, with the luck of a test; nothing has happened yet."""
    return World(scenario(*changes), "talks", Luck(0, 0, 1, luck or {}), listener=listener, stated=True)


def table_of(*changes: Changes, luck: Mapping[str, Any] | None = None) -> tuple[World, Table]:
    made = world(*changes, luck=luck)
    return made, made.tables[0]


def sit(world: World, table: Table) -> None:
    """Both sides sit down."""
    transitions.sit_down(world, table, np.arange(world.worlds), np.zeros((world.worlds, 2)))


def put_in_force(world: World, table: Table, package: int = 0, leverage: tuple[float, float] = (0.0, 0.0)) -> None:
    """A text is agreed and enters into force at once."""
    rows = np.arange(world.worlds)
    n = world.worlds
    sit(world, table)
    transitions.agree(world, table, rows, (np.full(n, package), np.tile(leverage, (n, 1)), np.zeros((n, 2))))
    transitions.enter_into_force(world, table, rows)


def recorder() -> tuple[list[tuple[int, str, str, dict[str, int]]], Callable[..., None]]:
    """A list of what happens in world 0, and the listener that fills it: week, table, what, details."""
    heard: list[tuple[int, str, str, dict[str, int]]] = []

    def listen(week: int, table: str, what: str, rows: Any, details: Mapping[str, Any]) -> None:
        for place in np.flatnonzero(rows == 0):
            heard.append((week, table, what, {name: int(column[place]) for name, column in details.items()}))

    return heard, listen
