"""What happens to the parties from outside: dated and random events, and the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.arrays import Array, Rows, at, put
from sim.model.draws import logit
from sim.model.reasons import State
from sim.scenario.schema import Event

if TYPE_CHECKING:
    from sim.model.world import World


def move_front(world: World) -> None:
    """The front takes a step of a random walk and stays within -1 and 1, ``(R,)``; positive favours the first side."""
    step = logit(world.luck("front", world.week)) * (np.sqrt(3) / np.pi)
    world.front += world.front_volatility * step
    np.clip(world.front, -1, 1, out=world.front)


def happen(world: World) -> None:
    """Events of this week take effect where they happen."""
    for number, (name, event) in enumerate(world.conflict.file.events.items()):
        if event.rate is not None:
            happens = world.luck(f"event {name}", world.week) < world.parameters(f"events.{name}.rate")
        elif event.week == world.week:
            happens = np.ones(world.worlds, bool)
        else:
            continue
        if event.suppressed_by is not None:
            held_back = _held_back(world, name, event.suppressed_by)
            spared = np.flatnonzero(happens & held_back)
            world.aside(None, "held back", spared, event=np.full(len(spared), number))
            happens &= ~held_back
        rows = np.flatnonzero(happens)
        world.aside(None, "event", rows, event=np.full(len(rows), number))
        if len(rows):
            apply(world, name, event, rows, 0)


def happened_before(world: World) -> None:
    """Events dated before the first week have faded since: what is left of them is applied at once.

    The first week begins with a week's fading, so one week less is counted here.
    """
    for name, event in world.conflict.file.events.items():
        if event.week is not None and event.week < 0:
            apply(world, name, event, np.arange(world.worlds), -event.week - 1)


def _held_back(world: World, name: str, issue: str) -> NDArray[np.bool_]:
    """Worlds in which an agreement that moves the issue keeps the event from happening, by the share delivered."""
    kept = np.zeros(world.worlds)
    for table in world.tables:
        if issue not in table.agenda.issues:
            continue
        column = table.agenda.issues.index(issue)
        rows = table.where(State.IN_FORCE)
        moved = table.agenda.moved[table.agreement.package[rows], column]
        delivered = at(table.agreement.delivered, rows).min(axis=1) * moved
        kept[rows] = np.maximum(kept[rows], delivered)
    return np.asarray(world.luck(f"event {name} held back", world.week) < kept)


def apply(world: World, name: str, event: Event, rows: Rows, weeks_ago: int) -> None:
    """Add what an event does, less what faded in the weeks since."""
    sides, b, columns = world.sides, world.behaviour.at(rows), world.conflict.disputants

    def size(key: str) -> Array:
        return world.parameters(f"events.{name}.{key}", 0.0)[rows]

    for effect in ("grievance", "optimism", "commitment"):
        for side in getattr(event, effect):
            feeling = getattr(sides, effect)[:, columns.index(side)]
            left = size(f"{effect}.{side}") * np.exp2(-weeks_ago / getattr(b, f"{effect}_half_life")[:, 0])
            feeling[rows] = np.clip(feeling[rows] + left, 0, 1)
    for side in event.front:
        sign = 1 if side == columns[0] else -1
        world.front[rows] = np.clip(world.front[rows] + sign * size(f"front.{side}"), -1, 1)
    for side in event.war_cost:
        cost = sides.war_cost[:, columns.index(side)]
        cost[rows] = np.clip(cost[rows] + size(f"war_cost.{side}"), 0, 1)
    for sponsor in event.stain:
        discount = sides.discount[sponsor]
        held = at(discount, rows)
        put(discount, rows, held + size(f"stain.{sponsor}")[:, None] * (held > 0))
    for table in world.tables:
        shared = len(set(event.issues) & set(table.agenda.issues)) / len(table.agenda.issues)
        if not shared:
            continue
        table.pull_bonus[rows] += shared * size("pull")
        for side in event.lock_in:
            table.lock_in[rows, columns.index(side)] += shared * size(f"lock_in.{side}")
        if event.accuses is not None:
            table.accused[rows, columns.index(event.accuses)] |= table.state[rows] >= State.IN_FORCE
