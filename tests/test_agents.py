"""Worlds lived by Mesa agents: the same as in a compiled batch, stepped by hand, watched, and led another way."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest
from quarrel import EAST, THROUGH, WEST, model, numbers
from quarrel import scenario as quarrel

from sim.model import records
from sim.model.agents import DECISIONS, Disputant, Mediator, World
from sim.model.batch import begin, live
from sim.model.codes import Kind
from sim.model.draws import Draws
from sim.model.layout import lived
from sim.model.reasons import Reason, State
from sim.scenario import Scenario, load

SCENARIOS = Path(__file__).parent.parent / "scenarios"
MAIN = sorted(SCENARIOS.glob("*.yaml"))
EPISODES = sorted((SCENARIOS / "history").glob("*.yaml"))
SEED = 31


def assert_same(scenario: Scenario, process: str, worlds: int, *, every: int) -> None:
    """Every number of the state, and every incident through its checksum, to the bit."""
    batch = begin(scenario, process, Draws(SEED, 0, worlds))
    mid = scenario.file.weeks // 3
    batch.live(mid)
    agents = {r: World(scenario, process, seed=SEED, number=r) for r in range(0, worlds, every)}
    for until in (mid, scenario.file.weeks):
        batch.live(until)
        for r, agent in agents.items():
            while agent.week < until:
                agent.step()
            there = dict(numbers(records.World, lived(records.World, batch.records[r])))
            for name, mine in numbers(records.World, agent.record):
                assert there[name] == mine or (math.isnan(there[name]) and math.isnan(mine)), f"{process}, world {r}: {name}"


@pytest.mark.parametrize("path", MAIN, ids=lambda path: path.stem)
def test_agents_and_a_compiled_batch_live_the_same_worlds(path: Path) -> None:
    scenario = load(path)
    for process in scenario.file.processes:
        assert_same(scenario, process, 40, every=20)


@pytest.mark.verification
@pytest.mark.parametrize("path", [*MAIN, *EPISODES], ids=lambda path: path.stem)
def test_agents_and_a_compiled_batch_live_the_same_worlds_of_every_scenario(path: Path) -> None:
    scenario = load(path)
    for process in scenario.file.processes:
        assert_same(scenario, process, 400, every=20)


def test_a_batch_lived_to_the_end_at_once_keeps_what_came_of_the_same_worlds() -> None:
    scenario = load(SCENARIOS / "kursk-2024.yaml")
    whole = live(scenario, "august_2024", Draws(SEED, 0, 300))
    steps = begin(scenario, "august_2024", Draws(SEED, 0, 300)).live(10).live(scenario.file.weeks)
    for name in whole.records.dtype.names:
        mine, others = whole.records[name], steps.records[name]
        if name == "tables":
            for n in range(len(whole.tables)):
                assert mine[:, n]["outcome"].tobytes() == others[:, n]["outcome"].tobytes()
                np.testing.assert_array_equal(mine[:, n]["seats"]["surplus"], others[:, n]["seats"]["surplus"])
        elif name == "issues":
            room = mine.shape[1]
            np.testing.assert_array_equal(mine["stock"]["longest"], others[:, :room]["stock"]["longest"])
        elif name != "sides":
            np.testing.assert_array_equal(mine, others)
    np.testing.assert_array_equal(whole.states, steps.states)


def test_a_batch_goes_on_from_any_week_as_it_would_have_and_with_other_draws_on_another_branch() -> None:
    scenario = load(SCENARIOS / "black-sea-2022.yaml")
    half = begin(scenario, "black_sea", Draws(SEED, 0, 200)).live(30)
    saved = half.records.copy()
    end = half.live(scenario.file.weeks).records.copy()
    half.records[:] = saved
    np.testing.assert_array_equal(half.live(scenario.file.weeks).records["trace"], end["trace"])
    half.records[:] = saved
    half.records["branch"] = 1
    other = half.live(scenario.file.weeks).records
    assert (other["trace"] != end["trace"]).mean() > 0.9
    half.records[:] = saved
    half.records["branch"] = 2
    random = saved["events"]["rate"] > 0
    waits = half.live(31).records["events"]["due"]  # nor is it known what happens next
    assert random.any()
    assert not (waits == saved["events"]["due"] - 1)[random].any()
    assert (other["tables"][:, 0]["sensitivity"] == end["tables"][:, 0]["sensitivity"]).all()


def test_a_world_is_a_mesa_model_that_can_be_stepped_and_watched() -> None:
    world = World(quarrel(), "talks", seed=3)
    assert isinstance(world, mesa.Model)
    assert {type(agent) for agent in world.agents} == {Disputant}
    watch = mesa.DataCollector(
        model_reporters={"front": lambda m: m.record.front, "state": lambda m: m.tables[0].state},
        agent_reporters={"trust": lambda a: a.trust[1 - a.index], "optimism": "optimism"},
    )
    for _ in range(5):
        world.step()
        watch.collect(world)
    assert world.week == 5
    assert len(watch.get_model_vars_dataframe()) == 5
    assert len(watch.get_agent_vars_dataframe()) == 10
    assert watch.get_model_vars_dataframe()["state"].isin([int(s) for s in State]).all()


def test_the_page_of_mesa_in_the_documentation_is_given_a_model_that_it_can_make_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mesa's page and solara are played by stand-ins: they are no dependency, and heavy."""
    shown: list[object] = []
    page = {"SolaraViz": lambda model, **how: (model, how)}
    stand_ins = {
        "solara": {"component": lambda f: f, "Markdown": shown.append, "FigureMatplotlib": shown.append},
        "mesa.visualization": page, "mesa.visualization.utils": {"update_counter": SimpleNamespace(get=lambda: 0)},
    }  # fmt: skip
    for name, members in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    home = Path(__file__).parent.parent
    monkeypatch.chdir(home)
    code = re.findall(r"```python\n(.*?)```", (home / "sim" / "docs" / "mesa.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    space: dict[str, Any] = {"__name__": "page"}
    exec(code, space)
    model, how = space["Page"]
    chosen = {name: one["value"] if isinstance(one, dict) else one for name, one in how["model_params"].items()}
    assert {one["type"] for one in how["model_params"].values()} == {"Select", "InputText", "SliderInt"}
    again = type(model)(**chosen)
    assert model.process == again.process == chosen["process"]
    for _ in range(30):
        again.step()
    for component in how["components"]:
        component(again)
    assert "**week 30**" in str(shown[0])
    assert len(shown) == 2


def test_every_decision_is_a_method_of_an_agent_and_a_rule_of_the_same_name() -> None:
    world = World(quarrel(THROUGH), "talks")
    for name in DECISIONS:
        assert name in world.rules
        assert callable(getattr(Disputant, name, None) or getattr(Mediator, name, None)), name


class Stubborn(Disputant):
    """Comes to nothing and says so."""

    def comes_to(self, table: records.Table) -> bool:
        return self.name != "east"


class Meek(Disputant):
    """Takes what it is given."""

    def accepts(self, table: records.Table, package: records.Package, author: int) -> bool:
        return True


def test_an_agent_of_ones_own_leads_its_world_another_way() -> None:
    luck = {"occasion": 0.0, "come": 0.0, "round": 0.0}
    usual = model(luck=luck).run()
    assert usual.tables[0].outcome.came == 0
    stubborn = model(luck=luck, disputant=Stubborn).run()
    assert stubborn.tables[0].outcome.came == -1
    assert stubborn.tables[0].outcome.whose == EAST
    meek = model(luck=luck, disputant=Meek).run()
    assert meek.tables[0].outcome.agreed <= usual.tables[0].outcome.agreed
    assert [i.reason for i in meek.incidents if i.kind == Kind.ANSWER][:1] == [Reason.NONE]


def test_a_mediator_of_ones_own_drafts_and_presses() -> None:
    class Blunt(Mediator):
        def drafts(self, table: records.Table, packages: records.Packages) -> int:
            return len(packages) - 1

        def presses(self, table: records.Table, package: records.Package) -> None:
            table.seats[WEST].leverage = 0.7

        def pulls(self, side: records.Side) -> float:
            return 1.0

    changes = {"tables.table.agenda": ["bridge", "mill"], "behaviour.threshold": 0.0}
    world = model(THROUGH, changes, luck={"occasion": 0.0, "come": 0.0, "round": 0.0}, mediator=Blunt).run()
    assert {i.detail for i in world.incidents if i.kind == Kind.DRAFT} == {len(world.packages[0]) - 1}
    assert world.rules["pull"](world.record, world.tables[0], world.record.sides[EAST]) > 0.3


def test_a_rule_is_replaced_by_name_and_an_unknown_one_refused() -> None:
    luck = {"occasion": 0.0, "come": 0.4}
    world = model(luck=luck)
    calm = World(quarrel(), "talks", stated=True, rules={"readiness": lambda w, t, me: -100.0}).run()
    assert calm.tables[0].outcome.came == -1
    assert world.run().tables[0].outcome.came == 0
    with pytest.raises(KeyError, match="readyness"):
        World(quarrel(), "talks", rules={"readyness": lambda w, t, me: 0.0})
