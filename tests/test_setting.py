"""Values set by path, and the JSON Schema."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_texts import HERE

from sim.scenario import Scenario, ScenarioError, json_schema, load, parse_set

# ------------------------------------------------------------ values set by path


def test_with_sets_and_pins() -> None:
    scenario = load(HERE / "minimal.yaml")
    other = scenario.with_({"parties.north.grievance": 0.9, "parties.south.trust": {"north": 0.5, "elder": 0.5}})
    assert other.numbers()["parties.north.grievance"] == 0.9
    assert scenario.numbers()["parties.north.grievance"] == 0.3, "the first scenario is as it was"
    assert {"parties.north.grievance", "parties.south.trust", "parties.south.trust.elder"} <= other.pinned
    assert other.is_pinned("parties.south.trust.north")
    assert not other.is_pinned("parties.south.grievance")
    assert other.with_({"weeks": 20}).pinned == other.pinned | {"weeks"}


def test_with_sets_what_the_file_leaves_out() -> None:
    scenario = load(HERE / "minimal.yaml")
    other = scenario.with_({"formats.face_to_face.invited.north.status": "hinted", "behaviour.temperature": 0.2,
                            "parties.south.sponsor_discount.elder": 0.3, "formats.face_to_face.term": 9})  # fmt: skip
    assert other.file.formats["face_to_face"].invited["north"].believed == 1.0
    assert other.file.behaviour.temperature == 0.2
    assert other.numbers()["formats.face_to_face.term"] == 9


def test_with_none_gives_back_the_default() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"behaviour.temperature": 0.2})
    other = scenario.with_({"behaviour.temperature": None, "events.shooting": None})
    assert not other.is_pinned("behaviour.temperature")
    assert other.file.events == {}


def test_with_adds_a_whole_process() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"processes.mine": {"tables": ("ferry_table",)}})
    assert list(scenario.file.processes) == ["direct_talks", "both", "mine"]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("parties.nroth.grievance", 0.2, "parties.nroth: unknown key; did you mean north?"),
        ("parties.north.grievence", 0.2, "parties.north.grievence: unknown key; did you mean grievance?"),
        ("behaviour.temprature", 0.2, "behaviour.temprature: unknown key; did you mean temperature?"),
        ("issues.ferry.options.weekly.units.passenger", 1.0,
         "issues.ferry.options.weekly.units.passenger: unknown key; did you mean passengers?"),
        ("events.shoting.week", 3, "events.shoting: unknown key; did you mean shooting?"),
        ("parties.north.trust.suth", 0.2, "parties.north.trust.suth: unknown other party; did you mean south?"),
        ("parties.north.grievance", 2, "parties.north.grievance: got 2, expected a number of at most 1"),
        ("parties.north.grievance", float("nan"), "parties.north.grievance: got nan, expected a finite number"),
        ("tables.direct.agenda.7", "ferry", "tables.direct.agenda.7: unknown key; expected one of 0, 1"),
        ("formats.go_between.visibility", "secrt",
         "formats.go_between.visibility: got 'secrt', expected one of secret, discreet, public; did you mean secret?"),
    ],
)  # fmt: skip
def test_with_refuses(path: str, value: Any, expected: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(HERE / "minimal.yaml").with_({path: value})
    assert str(caught.value) == f"<set>: {expected}"


def test_parse_set() -> None:
    assert parse_set("parties.north.grievance=0.2") == ("parties.north.grievance", 0.2)
    assert parse_set("tables.direct.agenda=[ferry]") == ("tables.direct.agenda", ["ferry"])
    assert parse_set("formats.x.sponsor = a=b") == ("formats.x.sponsor", "a=b")
    assert parse_set("events.shooting=null") == ("events.shooting", None)
    for text in ("weeks", "=3", "weeks=", "weeks=[1", "weeks=.nan"):
        with pytest.raises(ScenarioError, match=r"^--set"):
            parse_set(text)


def test_json_schema_describes_the_file() -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    assert "parties" in schema["else"]["required"]
    assert "extends" in schema["then"]["properties"]
    assert schema["$defs"]["PartialDisputant"]["else"] == {}
    assert "trust" in schema["$defs"]["Disputant"]["else"]["required"]
    references = str(schema).split("#/$defs/")[1:]
    assert {part.split("'")[0] for part in references} <= set(schema["$defs"])


# ------------------------------------------------------------ nothing but ScenarioError


FUZZ = settings(max_examples=60, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["north", "ferry"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=5,
)


@cache
def _places() -> tuple[Scenario, list[str]]:
    """The scenario that is changed at random, and the paths in it."""
    scenario = load(HERE / "minimal.yaml")
    nodes = {".".join(str(part) for part in key[:size]) for key in scenario.document.lines.where
             for size in (len(key), max(1, len(key) - 1)) if key}  # fmt: skip
    return scenario, sorted(nodes)


@FUZZ
@given(data=st.data())
def test_random_changes_by_path(data: st.DataObject) -> None:
    scenario, nodes = _places()
    path = data.draw(st.sampled_from(nodes) | st.text(max_size=10))
    path += data.draw(st.sampled_from(["", ".0", ".x", ".", ".north"]))
    with contextlib.suppress(ScenarioError):
        scenario.with_({path: data.draw(VALUES)})
