"""Rules of a user's own in place of ours: checked, tried in Python, compiled, kept on record."""

from __future__ import annotations

import dis
import math
from types import SimpleNamespace
from typing import Any

import pytest
from quarrel import THROUGH, scenario

import sim
from sim.model import own
from sim.model.agents import World
from sim.model.compiling import CannotCompileError
from sim.model.own import OwnRules
from sim.model.readiness import readiness
from sim.model.rules import RULES
from sim.model.week import WEEK, all_learn, live_a_week
from sim.scenario import Scenario, ScenarioError
from sim.scenario.problems import GoBetweenWarning

LIFT = 0.4


def lifted(x: float, by: float = LIFT) -> float:
    return x + by


def readier(w: Any, t: Any, me: Any) -> float:
    """Ours, and more."""
    return lifted(readiness(w, t, me)) + math.sqrt(0.01)


def misspelt(w: Any, t: Any, me: Any) -> float:
    return me.motivaton


def odd(w: Any, t: Any, me: Any) -> float:
    return readiness(w, t, me) + len(vars(SimpleNamespace(a=1)))


@pytest.fixture(scope="module")
def asked() -> Scenario:
    return scenario(THROUGH, {"parties.east.optimism": 0.2, "parties.west.optimism": 0.1})


def came(result: sim.Result) -> float:
    """The week in which the sides came, on average; a week that never came counts as the last."""
    return float(result.worlds["came_week"].to_numpy(dtype=float, na_value=result.scenario.file.weeks).mean())


@pytest.fixture(scope="module")
def run(asked: Scenario) -> sim.Result:
    return sim.compare(asked, rules={"readiness": readier}, worlds=300, processes=["talks"])


def test_a_rule_of_ones_own_moves_what_it_says(asked: Scenario, run: sim.Result) -> None:
    assert came(run) < came(sim.compare(asked, worlds=300, processes=["talks"])) - 0.2


def test_compiled_it_does_what_it_does_in_python(run: sim.Result, asked: Scenario) -> None:
    for number in (0, 7, 299):
        mine = World(asked, "talks", seed=run.seed, number=number, rules={"readiness": readier}).run().tables[0].outcome
        row = run.worlds[run.worlds["world"] == number].iloc[0]
        assert (row["sessions"], row["weeks_in_force"]) == (mine.sessions, mine.in_force)


def learn_and_tire(w: Any) -> None:
    """The last step but one of a week, and one more: who waits loses hope."""
    all_learn(w)
    for n in range(w.side_count):
        w.sides[n].optimism = max(w.sides[n].optimism - 0.2, 0.0)


def test_a_step_of_ones_own_goes_in_place_of_one_that_it_calls(asked: Scenario) -> None:
    slow = asked.with_({"behaviour.threshold": 1.0})
    tired = sim.compare(slow, rules={"all_learn": learn_and_tire}, worlds=300, processes=["talks"])
    assert came(tired) > came(sim.compare(slow, worlds=300, processes=["talks"])) + 0.2


def test_other_workers_give_the_same(run: sim.Result, asked: Scenario) -> None:
    again = sim.compare(asked, rules={"readiness": readier}, worlds=300, processes=["talks"], jobs=2)
    assert again.worlds.equals(run.worlds)
    assert again.manifest["rules"] == run.manifest["rules"]


def test_the_manifest_has_all_that_a_rule_depends_on(run: sim.Result) -> None:
    said = run.manifest["rules"]["readiness"]
    for part in ("return lifted(readiness(w, t, me))", "return x + by", "defaults: (0.4,)", "readiness: the rule readiness", "module math"):
        assert part in said


def closing_over(by: float) -> Any:
    def mine(w: Any, t: Any, me: Any) -> float:
        return by

    return mine


def test_another_value_closed_over_or_of_a_global_is_another_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {OwnRules({"readiness": closing_over(by)}).key for by in (0.1, 0.2)}
    assert len(keys) == 2
    assert OwnRules({"readiness": closing_over(0.1)}).key in keys
    before = OwnRules({"readiness": readier}).key
    monkeypatch.setattr(lifted, "__defaults__", (0.7,))
    assert OwnRules({"readiness": readier}).key != before


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"readines": readier}, "rules: readines: there is no such rule; did you mean readiness?; a step of your own goes in place of one of sim.WEEK, which it calls first"),
        ({"readiness": misspelt}, f"test_own_rules.py:{misspelt.__code__.co_firstlineno + 1}: misspelt: AttributeError: 'Side' object has no attribute 'motivaton'"),
        ({"readiness": lifted}, r"is a function of \(x, by\); expected one of \(w, t, me\)"),
        ({"readiness": 0.3}, "rules: readiness: is no function; expected one of w, t, me"),
    ],
)
def test_what_is_no_rule_is_refused_in_a_line(asked: Scenario, rules: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said.replace("?", r"\?")) as caught:
        sim.compare(asked, rules=rules, processes=["talks"])
    assert "\n" not in str(caught.value)


def test_one_that_cannot_be_compiled_says_why_and_runs_uncompiled(asked: Scenario) -> None:
    pytest.importorskip("numba")
    line = odd.__code__.co_firstlineno + 1
    with pytest.warns(GoBetweenWarning, match=rf"rule readiness, test_own_rules\.py:{line}: Untyped global name 'vars'.*; worlds run uncompiled"):
        found = sim.compare(asked, rules={"readiness": odd}, processes=["talks"])
    assert found.count == 100
    assert came(found) < 30


def large(w: Any, t: Any, me: Any) -> float:
    return 9.0 if 2**62 * (w.week + 8) > 0 else -9.0  # compiled, whole numbers have 64 bits


@pytest.mark.verification
def test_one_that_does_another_thing_compiled_runs_uncompiled(asked: Scenario) -> None:
    with pytest.warns(GoBetweenWarning, match="compiled, it does not do what it does in Python"):
        found = sim.compare(asked, rules={"readiness": large}, processes=["talks"], worlds=3)
    assert came(found) < 20


def test_the_week_is_lived_in_the_order_that_is_public() -> None:
    called = [step.argval for step in dis.get_instructions(live_a_week) if step.opname == "LOAD_GLOBAL"]
    assert called == [step.__name__ for step in WEEK]
    assert sim.WEEK is WEEK
    assert sim.RULES is RULES


def test_what_is_ours_is_known_by_what_it_is() -> None:
    assert own.called_rule(readiness) == "readiness"
    assert own.called_rule(readier) is None
    assert issubclass(CannotCompileError, Exception)
