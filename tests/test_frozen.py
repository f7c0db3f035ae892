"""A scenario cannot be changed at any depth: its figures are those of its hash."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import sim
from sim.scenario import load
from sim.scenario.scenario import Scenario, hash_of

HERE = Path(__file__).parent
MINIMAL = HERE / "minimal.yaml"

CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda d: d.__setitem__("x", 0.99), "delete": lambda d: d.__delitem__(next(iter(d), "x")), "clear": lambda d: d.clear(),
    "pop": lambda d: d.pop("x", None), "popitem": lambda d: d.popitem(), "setdefault": lambda d: d.setdefault("x", 1),
    "update": lambda d: d.update(x=1), "or": lambda d: d.__ior__({"x": 1}),
}  # fmt: skip
LIST_CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda items: items.__setitem__(0, 1), "delete": lambda items: items.__delitem__(0), "append": lambda items: items.append(1),
    "clear": lambda items: items.clear(), "extend": lambda items: items.extend([1]), "insert": lambda items: items.insert(0, 1),
    "pop": lambda items: items.pop(), "remove": lambda items: items.remove(1), "reverse": lambda items: items.reverse(),
    "sort": lambda items: items.sort(), "add": lambda items: items.__iadd__([1]), "times": lambda items: items.__imul__(2),
}  # fmt: skip


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    return load(MINIMAL)


def containers(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every mapping and list below, and every model, with where it stands."""
    if isinstance(thing, BaseModel):
        yield path, thing
        for name in type(thing).model_fields:
            yield from containers(getattr(thing, name), f"{path}.{name}")
    elif isinstance(thing, dict):
        yield path, thing
        for name, below in thing.items():
            yield from containers(below, f"{path}.{name}")
    elif isinstance(thing, list):
        yield path, thing
        for number, below in enumerate(thing):
            yield from containers(below, f"{path}.{number}")


def test_the_case_from_the_report(minimal: Scenario) -> None:
    with pytest.raises(TypeError, match="with_"):
        minimal.file.parties["north"].trust["south"] = 0.99  # type: ignore[union-attr]


def test_nothing_below_a_scenario_can_be_changed(minimal: Scenario) -> None:
    """Every mapping and list of file, claims and document, by every method that would change it."""
    before = minimal.hash
    parts = {"file": minimal.file, "claims": minimal.claims, "data": minimal.document.data, "where": minimal.document.lines.where}
    count = 0
    for path, found in [pair for name, part in parts.items() for pair in containers(part, name)]:
        if isinstance(found, BaseModel):
            name = next(iter(type(found).model_fields))
            with pytest.raises(ValueError, match="frozen"):
                setattr(found, name, getattr(found, name))
            continue
        for how, change in (CHANGES if isinstance(found, dict) else LIST_CHANGES).items():
            with pytest.raises(TypeError):
                pytest.fail(f"{path}: {how} went through: {change(found)}")
        count += 1
    assert count > 100
    assert hash_of(minimal.file, minimal.claims, minimal.pinned) == before == load(MINIMAL).hash


def test_what_is_made_from_it_is_frozen_as_well(minimal: Scenario, tmp_path: Path) -> None:
    sim.compare(minimal, worlds=3).save(tmp_path / "run", charts=False)
    from sim.study import stored

    made = [minimal.with_({"weeks": 12}), Scenario.from_dict(minimal.document.data, folder=HERE), stored.read(tmp_path / "run").scenario]
    made += [pickle.loads(pickle.dumps(minimal)), copy.deepcopy(minimal)]
    for one in made:
        for part in (one.file, one.claims, one.document.data):
            assert all("Frozen" in type(found).__name__ for _, found in containers(part) if not isinstance(found, BaseModel))


def test_workers_json_and_copies_go_on_as_before(minimal: Scenario) -> None:
    there = pickle.loads(pickle.dumps(minimal))
    assert there.hash == minimal.hash == hash_of(there.file, there.claims, there.pinned)
    plain = minimal.file.model_dump()
    assert type(plain["parties"]) is dict
    assert type(plain["tables"][next(iter(plain["tables"]))]["agenda"]) is list
    plain["parties"]["north"]["trust"]["south"] = 0.99
    assert json.loads(minimal.file.model_dump_json())["parties"]["north"]["trust"]["south"] != 0.99
    changed = minimal.with_({"parties.north.trust.south": 0.99})
    assert changed.hash != minimal.hash
    assert minimal.with_({"parties.north.trust": minimal.file.parties["north"].trust}).file == minimal.file  # type: ignore[union-attr]
    assert dict(minimal.file.parties) | {} == minimal.file.parties
    assert sorted(minimal.file.tables[next(iter(minimal.file.tables))].agenda)
