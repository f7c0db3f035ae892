"""What holds in every scenario: generated conflicts, formats random in all levers, a few tables, events."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from quarrel import numbers

from sim.model import records
from sim.model.agents import World
from sim.model.batch import Batch, begin
from sim.model.codes import Kind
from sim.model.draws import Draws
from sim.model.layout import lived
from sim.model.reasons import ALLOWED, State
from sim.model.records import Table
from sim.model.valuation import batna, belief_in_keeping, reservation_value, service
from sim.scenario import Scenario

SIDES = ("east", "west")
MEDIATORS = ("host", "courier")
CONTACT = ("face_to_face", "proximity", "remote", "separate")
ALMOST = 1e-9

generated = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
"""Examples are not shrunk: a run takes long, and the first one that fails is seen at once."""

# ---------------------------------------------------------------- generated scenarios

shares = st.integers(0, 20).map(lambda n: n / 20)
signed = st.integers(-20, 20).map(lambda n: n / 20)
flags = st.booleans()


@st.composite
def issues(draw: st.DrawFn) -> dict[str, Any]:
    """One to three issues of two to four options."""
    found = {}
    for n in range(draw(st.integers(1, 3))):
        options: dict[str, Any] = {"nothing": {"status_quo": True}}
        for k in range(draw(st.integers(1, 3))):
            options[f"option_{k}"] = {"units": {"loads": 10.0 * (k + 1)}}
            if draw(st.integers(0, 5)) == 0:
                options[f"option_{k}"]["lasts"] = draw(st.integers(1, 6))
        traits = {name: draw(shares) for name in ("sensitivity", "self_enforcing", "front", "relief")}
        found[f"issue_{n}"] = {"group": "technical", "options": options, "headline": draw(flags), **traits}
    return found


@st.composite
def disputants(draw: st.DrawFn, matters: dict[str, Any], side: str) -> dict[str, Any]:
    """A side that has something to gain and to lose on every issue."""
    other = next(s for s in SIDES if s != side)
    party: dict[str, Any] = {"role": "disputant", "concession": draw(st.sampled_from([0.3, 1.0, 3.0]))}
    for trait in ("optimism", "war_cost", "recognition", "audience_cost", "win_set", "grievance", "candour"):
        party[trait] = draw(shares)
    party["front_optimism"] = draw(signed)
    party["trust"] = {name: draw(shares) for name in (other, *MEDIATORS)}
    party["sponsor_discount"] = {other: draw(shares)}
    party["positions"] = {
        issue: {
            "salience": draw(st.sampled_from([0.5, 1.0, 2.0])),
            "gains": {option: draw(shares) for option in list(matter["options"])[1:]},
            "losses": {option: draw(shares) * 0.6 for option in list(matter["options"])[1:]},
        }
        for issue, matter in matters.items()
    }
    if draw(flags):
        party["alternatives"] = {"issue_0": {"value": draw(shares) * 0.5, "from_week": draw(st.integers(0, 12))}}
    if len(matters) > 1 and draw(flags):
        pair = {"issue_0": "option_0", "issue_1": "option_0"}
        party["linkages"] = [{"options": pair, "value": draw(signed)}]
    if len(matters) > 1 and draw(st.integers(0, 3)) == 0:
        party["conditional_offers"] = [{"offer": {"issue_0": "option_0"}, "only_if": {"issue_1": "option_0"}}]
    return party


@st.composite
def formats(draw: st.DrawFn) -> dict[str, Any]:
    """A format, random in all levers."""
    third = draw(st.lists(st.sampled_from(MEDIATORS), unique=True, max_size=2))
    instruments = ["joint", "announced", "declaration", *(["mirrored"] if third else [])]
    instrument = draw(st.sampled_from(instruments))
    form: dict[str, Any] = {
        "mediators": third,
        "instrument": instrument,
        "drafting": draw(st.sampled_from(["in_turn", *(["single_text"] if third else [])])),
        "level": draw(st.sampled_from(["leaders", "ministers", "technical"])),
        "contact": {phase: draw(st.sampled_from(CONTACT)) for phase in ("talks", "signing", "implementation")},
        "visibility": draw(st.sampled_from(["secret", "discreet", "public"])),
        "settlement": draw(st.sampled_from(["issue_by_issue", "all_or_nothing"])),
        "denied_by": draw(st.lists(st.sampled_from(SIDES), unique=True, max_size=2)),
        "first_offer": draw(st.sampled_from(["lot", *SIDES])),
        "hosts_if": draw(st.sampled_from(["both", "one"])) if instrument == "declaration" else "both",
        "monitoring": draw(shares),
        "silence": draw(st.sampled_from(["lapse", "extension"])),
    }
    optional = {"sponsor": SIDES, "convened_by": SIDES, "term": (1, 5, 10)}
    form |= {lever: draw(st.sampled_from(values)) for lever, values in optional.items() if draw(flags)}
    if draw(flags):
        status = draw(st.sampled_from(["formal", "formal", "hinted", "not"]))
        form["invited"] = {draw(st.sampled_from(SIDES)): {"status": status, "believed": draw(shares)}}
    if draw(flags):
        to = draw(st.sampled_from(SIDES))
        deal = {trait: draw(shares) for trait in ("benefit", "credibility", "delivery")}
        form["side_deals"] = [{"to": to, "controlled_by": MEDIATORS[0], "seen_by": {to: draw(shares)}, **deal}]
    return form


@st.composite
def events(draw: st.DrawFn, matters: dict[str, Any]) -> dict[str, Any]:
    """Something that happens, dated or at random."""
    event: dict[str, Any] = {"week": draw(st.integers(-8, 5))} if draw(flags) else {"rate": draw(shares)}
    effects = ["grievance", "optimism", "commitment", "front", "war_cost", "lock_in"]
    for effect in draw(st.lists(st.sampled_from(effects), unique=True, max_size=3)):
        event[effect] = {draw(st.sampled_from(SIDES)): draw(signed)}
    event["pull"] = draw(signed)
    event["issues"] = ["issue_0"]
    for key, names in (("accuses", SIDES), ("suppressed_by", tuple(matters))):
        if draw(flags):
            event[key] = draw(st.sampled_from(names))
    return event


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A whole scenario of one process, as plain values; eager enough for most tables to get somewhere."""
    matters = draw(issues())
    parties: dict[str, Any] = {side: draw(disputants(matters, side)) for side in SIDES}
    for name in MEDIATORS:
        traits = {trait: draw(shares) for trait in ("honesty", "leverage", "pull")}
        interest = {"issue_0": {"salience": 1.0, "values": {"option_0": draw(shares)}}}
        bias = {draw(st.sampled_from(SIDES)): draw(signed)}
        capacity = draw(st.sampled_from([0.5, 1.0, 4.0]))
        parties[name] = {"role": "mediator", "interests": interest, "bias": bias, "capacity": capacity, **traits}
    tables: dict[str, Any] = {}
    forms: dict[str, Any] = {}
    for n in range(draw(st.integers(1, 3))):
        forms[f"format_{n}"] = draw(formats())
        size = draw(st.integers(1, len(matters)))
        tables[f"table_{n}"] = {"agenda": list(matters)[-size:], "format": f"format_{n}"}
        if n and draw(flags):
            tables[f"table_{n}"]["opens"] = {"after": "table_0", "when": draw(st.sampled_from(["failed", "agreed", "in_force"]))}
    return {
        "title": "Generated", "start": "2030-01-07", "weeks": draw(st.integers(6, 20)),
        "front_volatility": draw(shares) * 0.2, "front_start": draw(signed),
        "issues": matters, "parties": parties, "formats": forms, "tables": tables,
        "processes": {"talks": {"tables": list(tables)}},
        "events": {f"event_{n}": draw(events(matters)) for n in range(draw(st.integers(0, 2)))},
        "behaviour": {"occasion_rate": 0.7, "threshold": draw(st.sampled_from([-2.0, 0.0])), "violation_rate": 0.1},
        "provenance": {"parties.east.grievance": {"range": [0.0, 1.0], "why": "generated"}},
    }  # fmt: skip


# ---------------------------------------------------------------- watching a run


def started(data: dict[str, Any], process: str = "talks", number: int = 0) -> World:
    return World(Scenario.from_dict(data), process, seed=3, number=number)


def batch(data: dict[str, Any], process: str = "talks", worlds: int = 48) -> Batch:
    made = Scenario.from_dict(data)
    return begin(made, process, Draws(3, 0, worlds)).live(made.file.weeks)


LEADS_TO = {
    Kind.SIT_DOWN: State.TALKING, Kind.FAIL: State.APART, Kind.AGREE: State.SIGNED, Kind.FALL: State.APART,
    Kind.FORCE: State.IN_FORCE, Kind.SUSPEND: State.SUSPENDED, Kind.REPAIR: State.IN_FORCE, Kind.RENEW: State.IN_FORCE,
    Kind.END: State.APART,
}  # fmt: skip
"""The state of a table after each step that is told."""


class Watch:
    """Hears of every step of a world and keeps the state of each table by what it hears."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = [table.state for table in world.tables]
        self.stood = [False for _ in world.tables]
        """Tables at which an agreement was in force or suspended at some time this week."""
        self.counts: dict[str, int] = {}
        usual = world.rules["note"]

        def note(w: Any, table: int, kind: int, whose: int, reason: int, detail: int) -> None:
            usual(w, table, kind, whose, reason, detail)
            assert world.incidents[-1].week == world.week
            self.hear(table, Kind(kind))

        world.rules["note"] = note

    def hear(self, place: int, kind: Kind) -> None:
        self.counts[kind.name] = self.counts.get(kind.name, 0) + 1
        if place < 0:
            return
        table = self.world.tables[place]
        if kind not in LEADS_TO:
            assert table.state == self.state[place]
            return
        after = LEADS_TO[kind]
        assert after in ALLOWED[State(self.state[place])], f"{kind.name} from {State(self.state[place]).name} to {after.name}"
        assert table.state == after
        self.state[place] = after
        self.stood[place] |= after >= State.IN_FORCE
        if kind == Kind.AGREE:
            nobody_signs_below_its_alternative(self.world, table)

    def step(self) -> None:
        """One week, in which every state is one that was heard of and nothing is delivered where nothing is in force."""
        self.stood = [table.state >= State.IN_FORCE for table in self.world.tables]
        before = [(t.outcome.in_force, [unit.delivered for unit in t.units]) for t in self.world.tables]
        self.world.step()
        for place, table in enumerate(self.world.tables):
            assert table.state == self.state[place], "a state changed and nobody was told"
            weeks, units = before[place]
            assert table.outcome.in_force - weeks in ({0, 1} if self.stood[place] else {0})
            for unit, amount in zip(table.units, units, strict=True):
                assert unit.delivered >= amount
                assert self.stood[place] or unit.delivered == amount


def nobody_signs_below_its_alternative(world: World, table: Table) -> None:
    """As each side judges the text, error and leverage counted: at least its reservation value, which is at least its BATNA."""
    for side in world.record.sides:
        seat = table.seats[side.index]
        value = world.rules["expected_value"](world.record, table, side, seat.worth) + seat.leverage
        reservation = reservation_value(world.record, table, side)
        assert reservation >= batna(world.record, table, side) - ALMOST
        assert value + seat.error >= reservation - ALMOST


def within_bounds(world: World) -> None:
    """Shares and probabilities lie in [0, 1]."""
    w = world.record
    shared: dict[str, float] = {}
    for side in w.sides:
        shared |= {f"{side.index} {name}": getattr(side, name) for name in ("optimism", "grievance", "commitment", "war_cost")}
        shared |= {f"{side.index} trust in {n}": trust for n, trust in enumerate(side.trust)}
        shared |= {f"{side.index} trust in mediator {n}": trust for n, trust in enumerate(side.trust_in)}
    for table in world.tables:
        shared[f"{table.index} service"] = service(w, table)
        for side in w.sides:
            seat = table.seats[side.index]
            shared |= {f"{table.index} {side.index} {n}": getattr(seat, n) for n in ("delivered", "told", "believed", "credit")}
            shared[f"{table.index} {side.index} belief in keeping"] = belief_in_keeping(w, table, side)
    for name, value in shared.items():
        assert 0 <= value <= 1, f"{name} is {value}"
    assert abs(w.front) <= 1


MISSING = {"delivery": "agreements", "agreed_surplus": "texts"}
"""Outcomes that are not a number where there was nothing to measure, and what has to be there for them to be one."""


def no_nan(world: World) -> None:
    for table in world.tables:
        outcome = table.outcome
        assert not (math.isnan(outcome.delivery) and outcome.agreements)
        for seat in table.seats:
            assert not (math.isnan(seat.agreed_surplus) and outcome.texts)
    for name, value in numbers(records.World, world.record):
        if name.endswith(("threshold", "due")):  # no text may be good enough, an event may never happen
            assert not math.isnan(value), name
        elif not name.endswith(tuple(MISSING)):
            assert math.isfinite(value), name


# ---------------------------------------------------------------- properties


def test_the_rules_of_a_run_hold_in_every_week_and_runs_get_everywhere() -> None:
    heard: dict[str, int] = {}

    @settings(generated, max_examples=55)
    @given(scenarios())
    def the_rules_hold(data: dict[str, Any]) -> None:
        for number in range(4):
            world = started(data, number=number)
            watch = Watch(world)
            while world.week < world.record.weeks:
                watch.step()
                within_bounds(world)
            no_nan(world)
            both_came(world)
            for what, count in watch.counts.items():
                heard[what] = heard.get(what, 0) + count

    the_rules_hold()
    assert {*(kind.name for kind in LEADS_TO), "DECLARE"} <= heard.keys(), "the properties would hold for want of anything happening"


def both_came(world: World) -> None:
    """No agreement without both sides at the table, nor in force without one; a side that is not asked never signs."""
    for table in world.tables:
        outcome = table.outcome
        if outcome.agreed >= 0:
            assert 0 <= outcome.came <= outcome.agreed
        if outcome.ratified >= 0:
            assert outcome.ratified > outcome.agreed
        else:
            assert outcome.ended < 0
            assert not outcome.in_force
            assert not any(unit.delivered for unit in table.units)
        if not all(seat.invited for seat in table.seats):
            assert outcome.came < 0


@generated
@given(scenarios())
def test_a_world_lived_by_agents_is_that_of_a_batch(data: dict[str, Any]) -> None:
    many = batch(data)
    for number in (0, 47):
        there = dict(numbers(records.World, lived(records.World, many.records[number])))
        for name, mine in numbers(records.World, started(data, number=number).run().record):
            assert there[name] == mine or (math.isnan(there[name]) and math.isnan(mine)), name


@generated
@given(scenarios(), st.integers(1, 40))
def test_the_first_worlds_of_a_run_are_those_of_a_shorter_run(data: dict[str, Any], worlds: int) -> None:
    few, many = batch(data, worlds=worlds), batch(data)
    assert few.records.tobytes() == many.records[:worlds].tobytes()


@generated
@given(scenarios(), scenarios())
def test_another_process_changes_no_other_number(data: dict[str, Any], other: dict[str, Any]) -> None:
    richer = deepcopy(data)
    richer["formats"] |= {f"other_{name}": form for name, form in other["formats"].items()}
    richer["tables"]["aside"] = {"agenda": [next(iter(data["issues"]))], "format": "other_format_0"}
    first = next(iter(data["tables"]))
    richer["processes"] = {"before": {"tables": ["aside"]}, **data["processes"], "after": {"tables": [first, "aside"]}}
    alone, beside = batch(data).records, batch(richer).records
    assert alone.tobytes() == beside.tobytes()
