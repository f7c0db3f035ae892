"""Engine and twin side by side: every event, the state after every week, and the record at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws, Parameters
from sim.model.reasons import State
from sim.model.world import World as Engine
from sim.scenario.scenario import Scenario
from twin.tables import Record
from twin.world import Happening, World

NAN = math.nan
TOLERANCE = 1e-9
NEVER = 10**6

FEELINGS = ("optimism", "grievance", "commitment", "trust", "war_cost")
TALKS = ("since", "rounds", "first", "error", "readiness", "candour", "shift", "proposed", "refused", "devalued")
SIGNED = ("package", "signed", "leverage")
IN_FORCE = ("age", "left", "term", "frailty", "delivered", "side_deal", "side_deal_promised", "promised", "batna", "alternative")

Reading = dict[str, NDArray[np.float64]]
"""What is read off the engine: ``(R,)`` by name; NaN where a thing does not exist."""


@dataclass
class Comparison:
    """What a comparison of one process found."""

    process: str
    worlds: int
    events: int = 0
    numbers: int = 0
    largest: float = 0.0  # absolute, or relative for numbers above one
    difference: str = ""  # the first one beyond tolerance, in words


def compare(scenario: Scenario, process: str, draws: Draws) -> Comparison:
    """Run both and compare; stops at the first world that differs."""
    found = Comparison(process, draws.worlds)
    events, weeks, record = run_engine(scenario, process, draws)
    names = list(weeks[0])
    engine = np.array([[reading[name] for name in names] for reading in weeks])  # (weeks, numbers, R)
    end = np.array(list(record.values()))  # (numbers, R)
    parameters = Parameters(scenario, draws)
    for r in range(draws.worlds):
        twin = World(scenario, process, draws, parameters, r)
        lived = []
        for _ in weeks:
            twin.live_a_week()
            lived.append(_in_order(read_twin(twin), names))
        at_the_end = np.array([_in_order(record_of_twin(twin), list(record))])
        differences = [
            _compare_events(found, events[r], twin.log),
            _compare_numbers(found, names, engine[:, :, r], np.array(lived)),
            _compare_numbers(found, list(record), end[:, r][None], at_the_end, first_week=len(weeks)),
        ]
        week, what = min(differences, key=lambda difference: difference[0])
        if what:
            found.difference = f"{process}, world {r}, week {week}: {what}"
            return found
    return found


Difference = tuple[int, str]
"""Week and words; no words where there is none."""


def _in_order(reading: dict[str, float], names: list[str]) -> list[float]:
    """The twin's numbers under the engine's names; NaN for what it does not have."""
    if strange := reading.keys() - set(names):
        raise AssertionError(f"only the twin has {sorted(strange)}")
    return [reading.get(name, NAN) for name in names]


def _compare_events(found: Comparison, engine: list[Happening], twin: list[Happening]) -> Difference:
    found.events += len(engine)
    for mine, other in zip_longest(engine, twin):
        if mine != other:
            week = min(event[0] for event in (mine, other) if event is not None)
            return week, f"the engine says {mine or 'nothing'}, the twin {other or 'nothing'}"
    return NEVER, ""


def _compare_numbers(
    found: Comparison, names: list[str], engine: NDArray[np.float64], twin: NDArray[np.float64], *, first_week: int = 0
) -> Difference:
    """Both ``(weeks, numbers)``; NaN only goes with NaN."""
    there = ~(np.isnan(engine) & np.isnan(twin))
    gap = np.where(there, np.abs(engine - twin) / np.maximum(1.0, np.abs(twin)), 0.0)
    gap[np.isnan(gap)] = np.inf
    found.numbers += int(there.sum())
    found.largest = max(found.largest, float(gap.max()))
    for week, n in np.argwhere(gap > TOLERANCE):
        mine, other = float(engine[week, n]), float(twin[week, n])
        return first_week + int(week), f"{names[n]} is {mine!r} in the engine and {other!r} in the twin"
    return NEVER, ""


# ---------------------------------------------------------------- the engine


def run_engine(scenario: Scenario, process: str, draws: Draws) -> tuple[list[list[Happening]], list[Reading], Reading]:
    """Events per world, a reading per week, and the record at the end."""
    events: list[list[Happening]] = [[] for _ in range(draws.worlds)]

    def listen(week: int, table: str, what: str, rows: NDArray[np.intp], details: dict[str, NDArray[np.integer]]) -> None:
        for n, r in enumerate(rows):
            events[r].append((week, table, what, tuple((k, int(v[n])) for k, v in sorted(details.items()))))

    engine = Engine(scenario, process, draws)
    engine.narrator = listen  # hears more than a listener
    weeks = []
    while engine.week < engine.weeks:
        engine.step()
        weeks.append(read_engine(engine))
    engine.run()  # no weeks are left: closes the record
    return events, weeks, record_of_engine(engine)


def _put(reading: Reading, name: str, values: NDArray, where: NDArray[np.bool_] | None = None) -> None:
    """Copy ``(R,)``, or each side's column of ``(R, 2)``, where it means something."""
    columns = {name: values} if values.ndim == 1 else {f"{name}[{s}]": values[:, s] for s in (0, 1)}
    for label, column in columns.items():
        reading[label] = column.astype(float) if where is None else np.where(where, column, NAN)


def read_engine(engine: Engine) -> Reading:
    """The state of all worlds after a week."""
    reading: Reading = {}
    _put(reading, "front", engine.front)
    for feeling in FEELINGS:
        _put(reading, feeling, getattr(engine.sides, feeling))
    for name, trust in engine.sides.trust_in.items():
        _put(reading, f"trust in {name}", trust)
    for name in engine.mediators:
        _put(reading, f"tables of {name}", engine.mediators[name].load)
    for sponsor, discount in engine.sides.discount.items():
        _put(reading, f"discount of {sponsor}", discount)
    for table in engine.tables:
        t = table.name
        talking, text, in_force = table.state == State.TALKING, table.state >= State.SIGNED, table.state >= State.IN_FORCE
        for label in ("state", "failed", "pull_bonus", "lock_in", "accused"):
            _put(reading, f"{t} {label}", getattr(table, label))
        _put(reading, f"{t} credit", table.side_deals.credit)
        for label in ("known", "exposed"):
            _put(reading, f"{t} {label}", getattr(table.session, label))
        for label in TALKS:
            _put(reading, f"{t} {label}", getattr(table.session, label), talking)
        for label in SIGNED:
            _put(reading, f"{t} {label}", getattr(table.agreement, label), text)
        for label in IN_FORCE:
            _put(reading, f"{t} {label}", getattr(table.agreement, label), in_force)
        _put(reading, f"{t} culprit", table.agreement.culprit, table.state == State.SUSPENDED)
    return reading


def record_of_engine(engine: Engine) -> Reading:
    """What came of all worlds."""
    reading: Reading = {}
    _put(reading, "weeks in force", engine.in_force)
    for table in engine.tables:
        for label, values in vars(table.outcome).items():
            if label == "units":
                for unit, amount in values.items():
                    _put(reading, f"{table.name} {unit}", amount)
            elif label == "standing":
                for week, stands in values.items():
                    _put(reading, f"{table.name} stands after {week}", stands)
            else:
                _put(reading, f"{table.name} {label}", values)
    return reading


# ---------------------------------------------------------------- the twin


def _say(reading: dict[str, float], name: str, value: float | list[float]) -> None:
    if isinstance(value, list):
        reading.update({f"{name}[{s}]": float(v) for s, v in enumerate(value)})
    else:
        reading[name] = float(value)


def read_twin(w: World) -> dict[str, float]:
    """The state of one world after a week, under the names of :func:`read_engine`; what does not exist is left out."""
    reading: dict[str, float] = {"front": w.front}
    for feeling in FEELINGS:
        _say(reading, feeling, [getattr(side, feeling) for side in w.sides])
    for name in w.sides[0].trust_in:
        _say(reading, f"trust in {name}", [side.trust_in[name] for side in w.sides])
    for name, mediator in w.mediators.items():
        _say(reading, f"tables of {name}", mediator.busy_at)
    for sponsor in w.sides[0].discount:
        _say(reading, f"discount of {sponsor}", [side.discount[sponsor] for side in w.sides])
    for table in w.tables:
        t, session, agreement = table.name, table.session, table.agreement
        for label in ("state", "failed", "pull_bonus", "lock_in", "accused", "credit"):
            _say(reading, f"{t} {label}", getattr(table, label))
        _say(reading, f"{t} known", session is not None and session.known)
        _say(reading, f"{t} exposed", [False, False] if session is None else session.exposed)
        if table.state == State.TALKING:
            for label in TALKS:
                _say(reading, f"{t} {label}", getattr(session, label))
        if table.state >= State.SIGNED:
            for label in SIGNED:
                _say(reading, f"{t} {label}", getattr(agreement, label))
        if table.state >= State.IN_FORCE:
            for label in IN_FORCE:
                _say(reading, f"{t} {label}", getattr(agreement, label))
        if table.state == State.SUSPENDED:
            _say(reading, f"{t} culprit", agreement.culprit)
    return reading


def record_of_twin(w: World) -> dict[str, float]:
    """What came of one world, under the names of :func:`record_of_engine`."""
    reading: dict[str, float] = {"weeks in force": w.in_force}
    for n, table in enumerate(w.tables):
        for field in fields(Record):
            if field.name != "units":
                _say(reading, f"{table.name} {field.name}", getattr(table.record, field.name))
        for unit, amount in table.record.units.items():
            _say(reading, f"{table.name} {unit}", amount)
        for week, stands in w.standing.items():
            _say(reading, f"{table.name} stands after {week}", stands[n])
    return reading
