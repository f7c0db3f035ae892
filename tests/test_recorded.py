"""Recorded worlds: random numbers in, what happened out, from before the engine was written anew.

``data/recorded-worlds.json.gz`` has 99 worlds of all shipped scenarios and episodes as the former engine, which kept all
worlds in arrays, lived them: the world before its first week, the random numbers that it used, its incidents, and what
came of it. It is an independent witness. Random numbers are kept to nine places.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.model import layout, records
from sim.model.codes import Kind, Stream
from sim.model.reasons import NOBODY, Reason, Stage
from sim.model.rules import linked
from sim.model.valuation import expected_value, reservation_value

FILE = Path(__file__).parent / "data" / "recorded-worlds.json.gz"
CLOSE = 1e-6
NEUTRAL = {
    "stakes_sd": 0.0, "format_sd": 0.0, "show": 0.0, "refusal": 0.0, "text_counts": 0.0, "ambiguity": 0.0, "asked_again": 0.0,
}  # fmt: skip
"""What the worlds were lived without, at the value at which it does nothing."""


@cache
def recorded() -> list[dict[str, Any]]:
    found = json.loads(gzip.decompress(FILE.read_bytes()))
    for issue in (issue for one in found for issue in one["start"]["issues"]):
        for trait in ("sensitivity", "self_enforcing"):  # of an issue then, of each of its options now
            issue[trait] = [issue[trait]] * 12
    return found


def noun_of(noun: type, found: dict[str, Any]) -> Any:
    """An object from its numbers; what the record does not know is nothing."""
    if noun is records.Behaviour:
        errors = found["judgement"]  # in units of which the author's discount was then
        authors = {f"author_{who}": errors * found[f"devaluation_{who}"] for who in ("adversary", "mediator")}
        return SimpleNamespace(**{**NEUTRAL, **authors, **found})
    made = noun()
    for name, of, size in layout.fields_of(noun):
        value = found.get(name)
        if size:
            setattr(made, name, [x if of in layout.PLAIN else noun_of(of, x) for x in value or []])
        elif of in layout.PLAIN:
            setattr(made, name, of(0) if value is None else value)
        else:
            setattr(made, name, noun_of(of, value or {}))
    return made


def live(one: dict[str, Any]) -> tuple[Any, list[tuple[int, int, str, int, str, int]]]:
    """The world, lived by the rules of today on its recorded numbers, and its incidents."""
    world = noun_of(records.World, one["start"])
    packages = [[noun_of(records.Package, package) for package in table] for table in one["packages"]]
    for table in world.tables:
        table.possible, table.convener = [0] * len(table.agenda), NOBODY
        table.agreement.flows = [1.0] * len(table.agenda)
    told: list[tuple[int, int, str, int, str, int]] = []

    def uniform(w: Any, owner: int, stream: int, place: int) -> float:
        if stream in {Stream.HAPPENS, Stream.OCCASION}:  # recorded is a number a week, drawn now is the time until the next
            rate = next((event.rate for event in w.events if event.owner == owner), w.b.occasion_rate)
            said = one["draws"].get(f"{owner} {Stream(stream).name} 0", {})  # nothing where meetings are fixed
            first = w.week + place
            weeks = next((n for n in range(first, w.weeks) if said.get(str(n), 1.0) < rate), w.weeks) - first
            return float(1.0 - (1.0 - rate) ** (weeks + 0.5))
        said = one["draws"].get(f"{owner} {Stream(stream).name} {place}", {})
        if stream == Stream.COME:  # asked since also of sides that did not believe the invitation, for what is on record
            return float(said.get(str(w.week), 0.5))
        return float(said[str(w.week)])

    def note(w: Any, table: int, kind: int, whose: int, reason: int, detail: int) -> None:
        told.append((w.week, table, Kind(kind).name, int(whose), Reason(reason).name, int(detail)))

    def everywhere(w: Any, t: Any) -> None:
        """The former engine delivered at every table what stood in two texts."""
        t.agreement.elsewhere = [0] * len(t.agenda)

    def motivation(w: Any, t: Any, me: Any) -> float:
        """The former engine took a bad text for a cost of attending, up to 0.3."""
        surplus = expected_value(w, t, me, t.seats[me.index].focal) - reservation_value(w, t, me)
        return float(w.b.motivation * max(-0.3, min(surplus, 0.5)))

    rules = linked({"uniform": uniform, "note": note, "find_delivered_elsewhere": everywhere, "motivation": motivation})
    rules["prepare"](world, packages)
    while world.week < world.weeks:
        rules["live_a_week"](world, packages)
    return world, told


def told_alike(incident: Any) -> list[Any]:
    """An incident without what has been told in another way since: why sides stay away, and why there was no zone."""
    week, table, kind, whose, reason, detail = incident
    if kind in {"AWAY", "STAY_AWAY"}:
        return [week, table, kind]
    return [week, table, kind, whose, "NO_ZONE" if reason.startswith("NO_ZONE") else reason, detail]


@pytest.mark.parametrize("number", range(99))
def test_a_recorded_world_is_lived_as_it_was(number: int) -> None:
    one = recorded()[number]
    world, told = live(one)
    assert [told_alike(incident) for incident in told] == [told_alike(incident) for incident in one["incidents"]]
    for table, came in zip(world.tables, one["came"], strict=True):
        outcome = came["outcome"]
        if outcome["stage"] == Stage.APART or outcome["reason"] == Reason.NO_ZONE:
            outcome = {name: value for name, value in outcome.items() if name not in {"reason", "whose", "cited"}}
        for name, value in outcome.items():
            assert getattr(table.outcome, name) == pytest.approx(value, abs=CLOSE, nan_ok=True), name
        for name in ("surplus", "agreed_surplus", "fell"):
            assert [getattr(seat, name) for seat in table.seats] == pytest.approx(came[name], abs=CLOSE, nan_ok=True)
        assert [unit.delivered for unit in table.units] == pytest.approx(came["units"], rel=CLOSE)
    assert world.front == pytest.approx(one["end"]["front"], abs=CLOSE)
    for feeling in ("grievance", "optimism"):
        assert [getattr(side, feeling) for side in world.sides] == pytest.approx(one["end"][feeling], abs=CLOSE)
    for side, trust in zip(world.sides, one["end"]["trust"], strict=True):
        assert side.trust == pytest.approx(trust, abs=CLOSE)


def test_every_kind_of_incident_is_recorded() -> None:
    kinds = Counter(incident[2] for one in recorded() for incident in one["incidents"])
    assert set(kinds) == {kind.name for kind in Kind} - {"FREEZE", "THAW"}  # of stocks, which came later
    assert FILE.stat().st_size < 2_000_000
