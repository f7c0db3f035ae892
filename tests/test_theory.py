"""What theory says of the rules: Nash's text, the empty zone, sides that change places, units, choice, expected value."""

from __future__ import annotations

import math
from copy import deepcopy
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from quarrel import EAST, THROUGH, WEST, packages, scenario, table_of, uniform_of

import sim
from sim.model import bargaining, implementation, readiness, records
from sim.model.agents import World
from sim.model.batch import live, packages_of, program_of
from sim.model.chance import WORLD_OWNER, logistic, noise, uniform
from sim.model.codes import Kind, Stream
from sim.model.draws import BLOCK, Draws, Parameters
from sim.model.layout import lived
from sim.model.reasons import ALL, FIRST, NOBODY, SECOND, State
from sim.model.rules import linked
from sim.scenario import Scenario
from sim.scenario.behaviour import Behaviour
from sim.scenario.frozen import thawed
from sim.scenario.reading import Document

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SIDES = ("east", "west")
WORLDS = 24


@cache
def shipped(path: str) -> Scenario:
    return sim.load(SCENARIOS / f"{path}.yaml")


def run(made: Scenario, process: str, **of_world: Any) -> list[World]:
    """Worlds of a process, lived to the end."""
    return [World(made, process, seed=7, number=number, **of_world).run() for number in range(WORLDS)]


@cache
def as_stated(path: str, process: str) -> list[World]:
    """A shipped process, run with all numbers as stated."""
    return run(shipped(path), process, stated=True)


RUNS = [("two-neighbours", "conference_first"), ("two-neighbours", "step_by_step"), ("kursk-2024", "black_sea_model")]
"""Shipped processes with all that a scenario can have: events, side deals, conditions, declarations, several tables."""


# ---------------------------------------------------------------- scenarios by chance


def by_chance(random: np.random.Generator, form: str, issues: int, *, trusting: bool) -> dict[str, Any]:
    """A table of some issues with values drawn at random; where the sides are trusting, nothing else matters to them."""

    def number(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    names = [f"issue_{n}" for n in range(issues)]
    options = {name: [f"way_{n}" for n in range(1, random.integers(2, 5))] for name in names}
    change: dict[str, Any] = {"issues": {}, "tables.table": {"agenda": names, "format": form}}
    for name in names:
        change["issues"][name] = {
            "group": "technical", "options": {"as_is": {"status_quo": True}} | {way: {} for way in options[name]},
            "sensitivity": 0.0 if trusting else number(0, 0.6), "self_enforcing": number(0, 1),
            "front": 0.0 if trusting else number(0, 1), "relief": 0.0 if trusting else number(0, 1),
        }  # fmt: skip
    for side, other in (SIDES, SIDES[::-1]):
        base = f"parties.{side}"
        change[f"{base}.positions"] = {
            name: {
                "salience": number(0.3, 3),
                "gains": {way: number(0, 1) for way in options[name]},
                "losses": {way: number(0, 0.7 if trusting else 0.3) for way in options[name]},
            }
            for name in names
        }
        change[f"{base}.alternatives"] = {names[0]: {"value": number(0, 0.3)}} if random.uniform() < 0.5 else {}
        change[f"{base}.trust"] = {other: 1.0 if trusting else number(0.2, 0.9), "abbot": number(0, 1)}
        if not trusting:
            for key in ("audience_cost", "win_set", "recognition", "war_cost"):
                change[f"{base}.{key}"] = number(0, 1)
            change[f"{base}.front_optimism"] = number(-0.2, 0.4)
    return change


# ---------------------------------------------------------------- Nash's text


CANDID = {
    "parties.east.candour": 1.0, "parties.west.candour": 1.0, "behaviour.judgement": 0.0, "behaviour.estimate_step": 0.0,
    "behaviour.occasion_rate": 1.0, "behaviour.threshold": -50.0, "behaviour.texts": 3.0, "weeks": 5,
}  # fmt: skip
"""Nothing is hidden or misjudged, a no says nothing new, and both sides come."""


def surpluses(values: dict[str, Any]) -> list[tuple[float, float]]:
    """What each package brings each side beyond its alternative, by hand: the sides trust each other and fear nothing."""
    file = Scenario.from_dict(values).file
    agenda = file.tables["table"].agenda
    found = []
    for package in product(*(file.issues[issue].options for issue in agenda)):
        if set(package) == {"as_is"}:
            continue
        pair = []
        for side in SIDES:
            party: Any = file.parties[side]
            total = sum(party.positions[issue].salience for issue in agenda)
            value = 0.0
            for issue, way in zip(agenda, package, strict=True):
                position = party.positions[issue]
                value += position.salience / total * (position.gains.get(way, 0.0) - position.losses.get(way, 0.0))
            for issue, alternative in party.alternatives.items():
                value -= party.positions[issue].salience / total * alternative.value
            pair.append(value)
        found.append((pair[0], pair[1]))
    return found


def texts_of(made: Scenario) -> set[int]:
    """Packages the mediators put forward in a run of one world."""
    world = World(made, "talks", stated=True, rules={"uniform": uniform_of(made, {"round": 0.0})}).run()
    return {incident.detail for incident in world.incidents if incident.kind == Kind.DRAFT}


def nash_by_hand(found: list[tuple[float, float]]) -> int:
    """The largest product of surpluses among texts that bring both something, or else the least bad for the worse-off."""
    inside = [k for k, pair in enumerate(found) if min(pair) > 0]
    if inside:
        return max(inside, key=lambda k: found[k][0] * found[k][1])
    return max(range(len(found)), key=lambda k: min(found[k]))


def test_candid_mediators_without_interest_draft_the_nash_text() -> None:
    random = np.random.default_rng(1950)
    zones = 0
    for n in range(60):
        change = {**by_chance(random, "between", 2 + n % 3, trusting=True), **CANDID}
        made = scenario(change)
        found = surpluses(made.document.data)
        zones += any(min(pair) > 0 for pair in found)
        assert texts_of(made) == {nash_by_hand(found)}
    assert 40 < zones < 60  # both with and without a zone


@pytest.mark.parametrize("side", SIDES)
def test_the_nash_text_does_not_depend_on_a_sides_units(side: str) -> None:
    random = np.random.default_rng(1951)
    for n in range(10):
        change = {**by_chance(random, "between", 2 + n % 3, trusting=True), **CANDID}
        halved = deepcopy(change)
        for position in halved[f"parties.{side}.positions"].values():
            for part in ("gains", "losses"):
                position[part] = {way: value / 2 for way, value in position[part].items()}
        for alternative in halved[f"parties.{side}.alternatives"].values():
            alternative["value"] /= 2
        made = scenario(change)
        if any(min(pair) > 0 for pair in surpluses(made.document.data)):
            assert texts_of(scenario(halved)) == texts_of(made)


def test_what_mediators_want_and_do_not_know_bends_the_text() -> None:
    # The other side of the coin: without any of the three conditions some texts are not Nash's.
    random = np.random.default_rng(1952)
    bent = {"interest": 0, "bias": 0, "candour": 0}
    for _ in range(20):
        change = {**by_chance(random, "between", 2, trusting=True), **CANDID}
        interests = {"issue_0": {"salience": 1.0, "values": {"way_1": 1.0}}}
        conditions: dict[str, dict[str, Any]] = {
            "interest": {"parties.abbot.interests": interests, "behaviour.mediator_interest": 5.0},
            "bias": {"parties.abbot.bias": {"east": 0.9, "west": -0.9}},
            "candour": {"parties.east.candour": 0.0, "parties.west.candour": 0.0},
        }
        for what, condition in conditions.items():
            bent[what] += texts_of(scenario(change, condition)) != texts_of(scenario(change))
    assert min(bent.values()) > 2


# ---------------------------------------------------------------- the empty zone


def same_every_time(w: Any, owner: int, stream: int, place: int) -> float:
    """Uniform numbers with which each side errs in its judgement of a text in the same way in every session."""
    week = w.week
    w.week = 0 if stream == Stream.JUDGE else week
    found = uniform(w, owner, stream, place)
    w.week = week
    return found


STILL = {
    "weeks": 40, "front_volatility": 0.0, "behaviour.leak_rate": 0.0, "behaviour.occasion_rate": 1.0, "behaviour.threshold": -5.0,
    "provenance": {"parties.east": {"why": "drawn", "range": 0.6}, "parties.west": {"why": "drawn", "range": 0.6}},
}  # fmt: skip
"""Nothing changes before the first agreement."""

BANK = {"to": "west", "benefit": 0.1, "controlled_by": "abbot", "credibility": 0.8, "delivery": 0.5}


@pytest.mark.parametrize("judgement", [0.0, 0.07])
@pytest.mark.parametrize("form", ["direct", "between"])
def test_without_a_zone_in_what_the_sides_perceive_there_is_no_agreement(form: str, judgement: float) -> None:
    random = np.random.default_rng(1981)
    empty = agreed_inside = 0
    for n in range(8):
        change = {**by_chance(random, form, 1 + n % 3, trusting=False), **STILL, "behaviour.judgement": judgement}
        made = scenario(change, {f"formats.{form}.side_deals": [BANK]})
        rules, draws = linked({"uniform": same_every_time}), Draws(7, 0, 140)
        program = program_of(made, "talks")
        texts = packages_of(program)
        states = np.zeros((made.file.weeks, len(State)), np.int64)
        for drawn in program.worlds(Parameters(made, draws), draws, sizes=program.exact):
            w, fresh = lived(records.World, drawn), lived(records.World, drawn)
            rules["prepare"](w, texts)
            table = w.tables[0]
            rules["sit_down"](w, table)
            surplus = []
            for side in w.sides:
                least, error = rules["reservation_value"](w, table, side), table.seats[side.index].error
                surplus.append([rules["expected_value"](w, table, side, k.worth[side.index]) + error - least for k in texts[0]])
            east, west = np.array(surplus)
            added = table.leverage if form == "between" else 0.0  # for one side or the other
            zone = (((east + added >= 0) & (west >= 0)) | ((east >= 0) & (west + added >= 0))).any()
            rules["live_worlds"]([fresh], texts, states, made.file.weeks)
            agreed = fresh.tables[0].outcome.agreed >= 0
            assert zone or not agreed
            empty += not zone
            agreed_inside += agreed
    assert empty > 150  # and the other way round talks often succeed
    assert agreed_inside > 200


# ---------------------------------------------------------------- the sides change places


PER_SIDE = {
    "come", "believe", "judge", "expose", "ratify", "veto", "violate", "detect", "contest", "suspend", "claim", "leave", "renew",
    "show",
}  # fmt: skip


def mirrored(w: Any, owner: int, stream: int, place: int) -> float:
    """The same luck with the sides' numbers changed over; the lot of the first offer and the front turn round."""
    if stream == Stream.STAKE and place > 0:  # of an issue, to each side
        return uniform(w, owner, stream, 3 - place)
    assert place == 0 or Stream(stream).name.lower() in PER_SIDE or stream in {Stream.HAPPENS, Stream.OCCASION}
    if stream == Stream.FIRST or (owner, stream) == (WORLD_OWNER, Stream.FRONT):
        return 1 - uniform(w, owner, stream, place)
    return uniform(w, owner, stream, 1 - place if Stream(stream).name.lower() in PER_SIDE else place)


def other_way_round(made: Scenario) -> Scenario:
    """The same scenario with its disputants in the other order."""
    data = thawed(made.document.data)
    first, second = made.disputants
    others = {name: party for name, party in data["parties"].items() if name not in (first, second)}
    data["parties"] = {second: data["parties"][second], first: data["parties"][first], **others}
    return Scenario.from_document(Document(data, made.document.lines), made.path)


def record(world: World, place: int) -> dict[str, Any]:
    """All that a table leaves on record, by name; what is a side's as a pair."""
    table = world.tables[place]
    found = {f"outcome {name}": value for name, value in vars(table.outcome).items()}
    for name in ("surplus", "agreed_surplus", "fell"):
        found[name] = tuple(getattr(seat, name) for seat in table.seats)
    return found | {f"unit {n}": unit.delivered for n, unit in enumerate(table.units)}


@pytest.mark.parametrize(("path", "process"), [*RUNS, ("kursk-2024", "second_summit")])
def test_sides_that_change_places_change_results(path: str, process: str) -> None:
    made = shipped(path)
    here = run(made.with_({"front_start": 0.15}), process)
    there = run(other_way_round(made).with_({"front_start": -0.15}), process, rules={"uniform": mirrored})
    turned = {NOBODY: NOBODY, FIRST: SECOND, SECOND: FIRST, ALL: ALL}
    for one, other in zip(here, there, strict=True):
        assert one.conflict.disputants == other.conflict.disputants[::-1]
        assert_allclose(one.record.front, -other.record.front, atol=1e-12)
        trust = [w.record.sides[n].trust[1 - n] for w, n in ((one, 0), (one, 1), (other, 1), (other, 0))]
        assert_allclose(trust[:2], trust[2:], rtol=1e-9)
        for place, table in enumerate(one.program.tables):
            left, right = record(one, place), record(other, place)
            right["outcome whose"] = turned[right["outcome whose"]]
            for name, value in left.items():
                there_too = right[name][::-1] if isinstance(value, tuple) else right[name]
                assert_allclose(value, there_too, rtol=1e-9, atol=1e-12, err_msg=f"{table.name}: {name}")


# ---------------------------------------------------------------- units


HALF = 0.5  # a power of two, so that no rounding differs

VALUES = ("gains", "losses", "linkages", "alternatives")
"""Parts of a disputant that are utility."""


def in_utility(path: str, made: Scenario) -> bool:
    """Whether a number is counted in utility: values, side deals, leverage, and what behaviour says is."""
    parts = path.split(".")
    if parts[0] == "behaviour":
        return unit(parts[1]).startswith("utility")
    if parts[0] == "parties" and parts[1] in made.disputants:
        return any(part in VALUES for part in parts) and parts[-1] != "from_week"
    return parts[-1] == "leverage" or parts[-1] == "benefit"


def unit(name: str) -> str:
    extra: Any = Behaviour.model_fields[name].json_schema_extra
    return str(extra["unit"])


def same_record(one: list[World], other: list[World], scale: float) -> None:
    """Both leave the same on record in every world, their surpluses in the ratio ``scale``."""
    for here, there in zip(one, other, strict=True):
        for place, table in enumerate(here.program.tables):
            left, right = record(here, place), record(there, place)
            for name, value in left.items():
                factor = scale if "surplus" in name else 1.0
                np.testing.assert_array_equal(np.multiply(value, factor), right[name], err_msg=f"{table.name}: {name}")


@pytest.mark.parametrize(("path", "process"), RUNS)
def test_the_unit_of_utility_changes_nothing(path: str, process: str) -> None:
    # Values, costs, thresholds and temperatures halve, what is counted per utility doubles. The engine's own
    # constants in utility are measured anew too.
    made = shipped(path)
    before = as_stated(path, process)
    changes = {number: value * HALF for number, value in made.numbers().items() if in_utility(number, made)}
    for name in Behaviour.model_fields:
        if unit(name).endswith("per utility"):
            changes[f"behaviour.{name}"] = made.numbers()[f"behaviour.{name}"] / HALF
    assert {f"behaviour.{name}" for name in ("motivation", "judgement", "renewal_temperature")} <= set(changes)
    ours = {
        "TOLERANCE": bargaining.TOLERANCE, "MOST_SURPLUS": readiness.MOST_SURPLUS, "WORTHWHILE": readiness.WORTHWHILE,
        "NOTICED": implementation.NOTICED, "NAMED": implementation.NAMED,
    }  # fmt: skip
    after = []
    for number in range(WORLDS):
        world = World(made.with_(changes), process, seed=7, number=number, stated=True)
        world.rules.update({name: value * HALF for name, value in ours.items()})
        after.append(world.run())
    same_record(before, after, HALF)
    in_force = [[world.record.headline_in_force for world in worlds] for worlds in (before, after)]
    assert in_force[0] == in_force[1]
    assert any(in_force[0])


@pytest.mark.parametrize("which", [0, 1, 2])
def test_only_ratios_of_a_partys_saliences_matter(which: int) -> None:
    made = shipped("kursk-2024")
    party = [*made.disputants, made.mediators[0]][which]
    own = f"parties.{party}."
    saliences = {path: size * HALF for path, size in made.numbers().items() if path.startswith(own) and path.endswith("salience")}
    assert saliences
    other = run(made.with_(saliences), "black_sea_model", stated=True)
    same_record(as_stated("kursk-2024", "black_sea_model"), other, 1.0)


# ---------------------------------------------------------------- the logistic choice


def test_the_logistic_choice_at_its_ends_and_between() -> None:
    assert [logistic(x) for x in (-1e6, -800.0, 800.0, 1e6)] == [0, 0, 1, 1]
    between = [-2.0, -0.1, 0.0, 1.0]
    assert_allclose([logistic(x) for x in between], [1 / (1 + math.exp(-x)) for x in between], rtol=1e-12)
    assert_allclose([noise(logistic(x)) for x in (-5.0, 0.3, 4.0)], [-5.0, 0.3, 4.0], rtol=1e-12)
    assert_allclose(logistic(3.0) + logistic(-3.0), 1.0)


BLOCKS = 5


def close(found: float, chance: float) -> None:
    """A frequency within four standard errors of a chance."""
    assert abs(found - chance) < 4 * math.sqrt(chance * (1 - chance) / (BLOCKS * BLOCK)), (found, chance)


def test_how_often_sides_come() -> None:
    # East: motivation 1 x surplus 0.2 + optimism 0.5 + 0.5 x (trust 0.5 - 0.2) - threshold 0.7 = 0.15; west 0.2 less.
    change = {
        "weeks": 1, "parties.west.optimism": 0.3, "behaviour.motivation": 1.0, "behaviour.confidence": 0.5,
        "behaviour.threshold": 0.7, "behaviour.temperature": 0.1, "behaviour.occasion_rate": 1.0,
    }  # fmt: skip
    east, west = 1 / (1 + math.exp(-1.5)), 1 / (1 + math.exp(0.5))
    made = scenario(change)
    outcome = live(made, "talks", Draws(3, 0, BLOCKS * BLOCK), stated=True).tables[0].outcome
    away = np.where(outcome["came"] >= 0, NOBODY, outcome["whose"])
    close((outcome["came"] >= 0).mean(), east * west)
    close((away == EAST).mean(), (1 - east) * west)
    close((away == WEST).mean(), east * (1 - west))
    close((away == ALL).mean(), (1 - east) * (1 - west))


def test_how_often_sides_renew() -> None:
    # East 0.6 - alternative 0.5 - grievance 0.5 x 0.1 = 0.05, west 0.6 - 0.5 = 0.1; where silence means lapse, less 0.1.
    going_alone = {"bridge": {"value": 0.5}}
    change = {
        "weeks": 1, "formats.direct.term": 1, "formats.direct.silence": "lapse", "parties.east.alternatives": going_alone,
        "parties.west.alternatives": going_alone, "parties.east.grievance": 0.1, "behaviour.renewal_grievance": 0.5,
        "behaviour.renewal_effort": 0.1, "behaviour.renewal_temperature": 0.05, "behaviour.violation_rate": 0.0,
        "behaviour.erosion": 0.0, "behaviour.exit_rate": 0.0, "behaviour.false_claims": 0.0,
    }  # fmt: skip
    east, west = 1 / (1 + math.exp(1)), 0.5
    running = {"tables.table.in_force": {"text": {"bridge": "open"}}}
    outcome = live(scenario(change, running), "talks", Draws(3, 0, BLOCKS * BLOCK), stated=True).tables[0].outcome
    by = np.where(outcome["renewals"] == 1, NOBODY, outcome["whose"])
    close((outcome["renewals"] == 1).mean(), east * west)
    close((by == WEST).mean(), east * (1 - west))
    close((by == EAST).mean(), 1 - east)  # where both refuse it is east's, which has less to stay for


# ---------------------------------------------------------------- expected value


WORTH = {
    "issues.bridge.self_enforcing": 0.25, "parties.east.audience_cost": 0.4, "parties.west.trust.east": 0.9,
    "behaviour.concession_cost": 0.5, "behaviour.guarantee": 0.5, "behaviour.assurance": 0.25, "behaviour.unsigned": 0.8,
    "behaviour.declared": 0.4, "behaviour.side_deal_trust": 0.6,
}  # fmt: skip
"""The bridge: a gain of 0.8, of which 0.2 is secure and 0.6 hangs on the other side, for a loss of 0.2.

East trusts west to 0.5 and pays 0.5 x 0.4 x 0.2 = 0.04 for what it concedes in public; west trusts east to 0.9.
"""


def worth(*changes: Any) -> list[float]:
    w, table = table_of(WORTH, *changes)
    return [w.do("expected_value", table, me, packages(w, table)[0].worth[me.index]) for me in w.sides]


def test_expected_value_of_a_text_signed_together() -> None:
    # 0.2 + 0.5 x 0.6 - 0.2 - 0.04, and 0.2 + 0.9 x 0.6 - 0.2.
    assert_allclose(worth(), [0.26, 0.54])


def test_expected_value_where_what_is_given_can_be_taken_back() -> None:
    # A quarter of the exchange enforces itself, 0.15 of the loss is given on the other's word. Let down, which east
    # expects with 0.5 and west with 0.1, each takes back all but 0.4 of it.
    back = {"behaviour.irrevocable": 0.4}
    assert_allclose(worth(back), [0.26 + 0.5 * 0.6 * 0.15, 0.54 + 0.1 * 0.6 * 0.15])
    # Nobody is worse off for it, and where the other is trusted wholly, or nothing is given on its word, it makes no difference.
    trusted = {"parties.east.trust": {"west": 1.0, "abbot": 0.6}}
    assert_allclose(worth(trusted, back)[0], worth(trusted)[0])
    secured = {"issues.bridge.self_enforcing": 1.0}
    assert_allclose(worth(secured, back), worth(secured))


def test_expected_value_of_a_text_signed_with_the_mediators() -> None:
    # The abbot is trusted to 0.6. Overseen to 0.8, he guarantees 0.5 x 0.8 x 0.6 = 0.24 of doubt away:
    # east 1 - 0.5 x 0.76 = 0.62, west 1 - 0.1 x 0.76 = 0.924. His word, honest to 0.8 and without bias, weighs
    # 0.8 x 0.5 = 0.4 and takes 0.25 x 0.6 x 0.4 = 0.06 of the rest: east 0.62 + 0.38 x 0.06 = 0.6428,
    # west 0.924 + 0.076 x 0.06 = 0.92856.
    through = {**THROUGH, "formats.between.monitoring": 0.8}
    assert_allclose(worth(through), [0.6 * 0.6428 - 0.04, 0.6 * 0.92856])
    # Without oversight nothing is guaranteed: 0.5 + 0.5 x 0.06 = 0.53 and 0.9 + 0.1 x 0.06 = 0.906.
    assert_allclose(worth(THROUGH), [0.6 * 0.53 - 0.04, 0.6 * 0.906])
    # Signed together in front of him, oversight guarantees nothing either.
    assert_allclose(worth(through, {"formats.between.instrument": "joint"}), [0.6 * 0.53 - 0.04, 0.6 * 0.906])
    # Leaning to east by 0.5, his word weighs 0.8 x 0.75 with it, 0.09 of the doubt; leaning from west by 0.5 nothing with it.
    leaning = {"parties.abbot.bias": {"east": 0.5, "west": -0.5}}
    assert_allclose(worth(THROUGH, leaning), [0.6 * 0.545 - 0.04, 0.6 * 0.9])


@pytest.mark.parametrize(("instrument", "share"), [("announced", 0.8), ("declaration", 0.4)])
def test_expected_value_of_a_text_that_nobody_signed(instrument: str, share: float) -> None:
    # Belief is 0.8 or 0.4 of what it would be; what arrives with the exchange itself is not touched.
    assert_allclose(worth({"formats.direct.instrument": instrument}), [0.6 * 0.5 * share - 0.04, 0.6 * 0.9 * share])


def test_expected_value_of_a_side_deal() -> None:
    # 0.3 promised, believed to 0.5, of which 0.6 hangs on trust in who controls it: east trusts the abbot to 0.6,
    # 0.15 x (0.4 + 0.6 x 0.6) = 0.114; delivery does not matter at signing. West, which it does not concern, has nothing.
    deal = {"to": "east", "benefit": 0.3, "controlled_by": "abbot", "credibility": 0.5, "delivery": 0.0}
    assert_allclose(worth({"formats.direct.side_deals": [deal]}), [0.26 + 0.114, 0.54])
    assert_allclose(worth({"formats.direct.side_deals": [deal, {**deal, "to": "west"}]}), [0.26 + 0.114, 0.54 + 0.114])


def test_expected_value_of_a_denied_text() -> None:
    # A denial that stands halves what a concession costs in public.
    assert_allclose(worth({"formats.direct.denied_by": ["east"], "behaviour.denial_cover": 0.5}), [0.28, 0.54])
