"""The week of the world."""

from __future__ import annotations

from sim.model.bargaining import hold_talks
from sim.model.chance import left_after
from sim.model.delivery import find_delivered_elsewhere
from sim.model.events import draw_waiting_times, feel, happen, happened_before, move_front, moves_issue
from sim.model.implementation import implement
from sim.model.learning import learn
from sim.model.ratification import ratify
from sim.model.readiness import choose_focal_text, who_comes
from sim.model.reasons import NOBODY, Stage, State
from sim.model.records import Packages, Table, World
from sim.model.stocks import tend_stocks
from sim.model.transitions import close, in_force_already
from sim.model.worth import draw_effect, draw_stakes, read_agenda, read_mediators, value_packages
from sim.model.zone import best_for_all, find_possible


def live_a_week(w: World, packages: list[Packages]) -> None:
    """One week, in the order of ``WEEK``: within a step all tables finish before the next step begins."""
    the_world_moves(w)
    all_come(w)
    all_talk(w, packages)
    all_ratify(w)
    all_implement(w)
    all_learn(w)
    count_the_week(w)


def the_world_moves(w: World) -> None:
    """Feelings fade, the front shifts, events happen."""
    for n in range(w.side_count):
        feel(w, w.sides[n])
    move_front(w)
    happen(w)


def all_come(w: World) -> None:
    """Mediators count the tables they serve; each side comes, stays or walks out, table by table."""
    count_tables(w)
    for n in range(w.table_count):
        who_comes(w, w.tables[n])


def all_talk(w: World, packages: list[Packages]) -> None:
    """Talks: a round at each table that sits."""
    for n in range(w.table_count):
        hold_talks(w, w.tables[n], packages[n])


def all_ratify(w: World) -> None:
    """Ratification: texts agreed before this week pass or fall at home."""
    for n in range(w.table_count):
        ratify(w, w.tables[n])


def all_implement(w: World) -> None:
    """Agreements in force are delivered, violated, repaired, renewed or ended; what stands in two is carried out once."""
    tend_stocks(w)
    for n in range(w.table_count):
        find_delivered_elsewhere(w, w.tables[n])
    for n in range(w.table_count):
        implement(w, w.tables[n])


def all_learn(w: World) -> None:
    """Learning: trust in the other sides and in mediators."""
    for n in range(w.table_count):
        learn(w, w.tables[n])


def count_tables(w: World) -> None:
    """Each mediator counts the tables that need it this week: those with talks, a signed text or an agreement."""
    for m in range(w.mediator_count):
        w.mediators[m].load = 0
    for n in range(w.table_count):
        t = w.tables[n]
        for place in range(t.mediator_count):
            w.mediators[t.mediators[place]].load += 1 if t.state != State.APART else 0


def count_the_week(w: World) -> None:
    """How far the process is; what stands after half a year, a year, and at the end."""
    w.headline_state = headline_state(w)
    if w.headline_state >= State.IN_FORCE:
        w.headline_in_force += 1
    w.week += 1
    for n in range(w.table_count):
        outcome, stands = w.tables[n].outcome, 1 if stands_now(w.tables[n]) else 0
        if w.week == 26:
            outcome.stands_26 = stands
        if w.week == 52:
            outcome.stands_52 = stands
        if w.week == w.weeks:
            outcome.stands_end = stands
            close(w.tables[n])


def stands_now(t: Table) -> bool:
    """An agreement is in force or suspended, or one was carried out."""
    return t.state >= State.IN_FORCE or t.outcome.stage == Stage.CARRIED_OUT


def headline_state(w: World) -> int:
    """The state of the furthest table, counting texts that move a headline issue and talks that could.

    In force is further than suspended.
    """
    furthest = 0  # apart
    for n in range(w.table_count):
        t = w.tables[n]
        if is_about_headline(w, t) and rank(t.state) > rank(furthest):
            furthest = t.state
    return furthest


def rank(state: int) -> int:
    """How far a state is: apart, talking, signed, suspended, in force."""
    if state == State.SUSPENDED:
        return State.IN_FORCE
    if state == State.IN_FORCE:
        return State.SUSPENDED
    return state


def is_about_headline(w: World, t: Table) -> bool:
    """The text of a table moves a headline issue; or, where it has none, some text of it could."""
    if t.state < State.SIGNED:
        return t.about_headline == 1
    for place in range(t.agenda_count):
        if w.headline[t.agenda[place]] and moves_issue(t, t.agenda[place]):
            return True
    return False


def prepare(w: World, packages: list[Packages]) -> None:
    """Before the first week: texts are valued, what happened before takes effect, and it is settled what is expected."""
    w.prepared = 1
    w.fading.grievance = left_after(1.0, w.b.grievance_half_life)
    w.fading.optimism = left_after(1.0, w.b.optimism_half_life)
    w.fading.commitment = left_after(1.0, w.b.commitment_half_life)
    w.fading.side_deal = left_after(1.0, w.b.side_belief_half_life)
    for n in range(w.side_count):
        me = w.sides[n]
        me.grievance, me.optimism, me.commitment = me.grievance_base, me.optimism_base, 0.0
        for other in range(w.side_count):
            me.trust[other] = me.trust_at_start[other]
    draw_stakes(w)
    for n in range(w.table_count):
        t = w.tables[n]
        t.agreement.culprit, t.session.refused = NOBODY, NOBODY
        read_agenda(w, t)
        read_mediators(w, t)
        draw_effect(w, t)
        value_packages(w, t, packages[n])
    happened_before(w)
    draw_waiting_times(w)
    for n in range(w.table_count):
        choose_focal_text(w, w.tables[n], packages[n])
        w.tables[n].zone = best_for_all(w, w.tables[n], packages[n])
        find_possible(w, w.tables[n], packages[n])
    for n in range(w.table_count):
        if w.tables[n].begins_with >= 0:
            in_force_already(w, w.tables[n], packages[n])


WEEK = (the_world_moves, all_come, all_talk, all_ratify, all_implement, all_learn, count_the_week)
"""The steps of a week, in their order; to be printed, or timed one by one in a world lived by agents."""
