"""What happens to the parties from outside: the front, dated and random events, feelings that fade."""

from __future__ import annotations

from sim.model.chance import SPREAD_OF_LOGISTIC, WORLD_OWNER, clip, draw, left_after, noise, uniform, waiting_time
from sim.model.codes import Kind, Stream
from sim.model.reasons import NOBODY, Reason, State
from sim.model.records import Event, Side, Table, World
from sim.model.transitions import note
from sim.model.valuation import least_delivered


def feel(w: World, me: Side) -> None:
    """A week passes: grievance, optimism and commitment go back towards their base with their half-lives."""
    me.grievance = me.grievance_base + (me.grievance - me.grievance_base) * w.fading.grievance
    me.optimism = me.optimism_base + (me.optimism - me.optimism_base) * w.fading.optimism
    me.commitment *= w.fading.commitment


def move_front(w: World) -> None:
    """The front takes a step of a random walk, volatility * standard noise, and stays within -1 and 1."""
    step = noise(uniform(w, WORLD_OWNER, Stream.FRONT, 0)) / SPREAD_OF_LOGISTIC
    w.front = clip(-1.0, w.front + w.front_volatility * step, 1.0)


def happen(w: World) -> None:
    """Events of this week take effect, unless an agreement holds them back."""
    for n in range(w.event_count):
        event = w.events[n]
        if not is_due(w, event):
            continue
        if event.suppressed_by >= 0 and held_back(w, event):
            note(w, -1, Kind.HELD_BACK, NOBODY, Reason.NONE, n)
        else:
            note(w, -1, Kind.EVENT, NOBODY, Reason.NONE, n)
            take_effect(w, event, 0)


def is_due(w: World, event: Event) -> bool:
    """In its week; or at random, when the time drawn for it has passed, and then another is drawn."""
    if event.rate < 0.0:
        return event.week == w.week
    event.due -= 1.0
    if event.due > 0.0:
        return False
    event.due = waiting_time(event.rate, uniform(w, event.owner, Stream.HAPPENS, 1))
    return True


def draw_waiting_times(w: World) -> None:
    """Settle when random events and occasions are next; waiting has no memory, so that another branch may draw it anew."""
    w.waits_of = w.branch
    for n in range(w.event_count):
        event = w.events[n]
        if event.rate >= 0.0:
            event.due = waiting_time(event.rate, uniform(w, event.owner, Stream.HAPPENS, 0))
    for n in range(w.table_count):
        t = w.tables[n]
        t.due = waiting_time(w.b.occasion_rate, draw(w, t, Stream.OCCASION, 0))


def held_back(w: World, event: Event) -> bool:
    """An agreement in force that moves the issue keeps an event from happening, by the share delivered."""
    kept = 0.0
    for n in range(w.table_count):
        t = w.tables[n]
        if t.state == State.IN_FORCE and moves_issue(t, event.suppressed_by):
            kept = max(kept, least_delivered(t))
    return uniform(w, event.owner, Stream.HELD_BACK, 0) < kept


def moves_issue(t: Table, issue: int) -> bool:
    """Whether the text of a table takes an issue away from the status quo."""
    for place in range(t.agenda_count):
        if t.agenda[place] == issue:
            return t.agreement.moved[place] == 1
    return False


def happened_before(w: World) -> None:
    """Events dated before the first week have faded since: what is left of them is applied at once.

    The first week begins with a week's fading, so one week less is counted here.
    """
    for n in range(w.event_count):
        if w.events[n].rate < 0.0 and w.events[n].week < 0:
            take_effect(w, w.events[n], -w.events[n].week - 1)


def take_effect(w: World, event: Event, weeks_ago: int) -> None:
    """Add what an event does, less what faded in the weeks since."""
    for n in range(w.side_count):
        upset(w, w.sides[n], event, weeks_ago)
        w.front = clip(-1.0, w.front + w.sides[n].favour * event.front[n], 1.0)
    for n in range(w.table_count):
        t = w.tables[n]
        t.pull_bonus += event.shared[n] * event.pull
        for side in range(t.signers):
            t.seats[side].lock_in += event.shared[n] * event.lock_in[side]
        if event.accuses >= 0 and event.shared[n] > 0.0 and t.state >= State.IN_FORCE:
            t.seats[event.accuses].accused = 1


def upset(w: World, me: Side, event: Event, weeks_ago: int) -> None:
    """What an event does to a side: feelings (faded), war cost, and its discount of sponsors it minds already."""
    n = me.index
    injury = event.grievance[n] * left_after(weeks_ago, w.b.grievance_half_life)
    hope = event.optimism[n] * left_after(weeks_ago, w.b.optimism_half_life)
    word = event.commitment[n] * left_after(weeks_ago, w.b.commitment_half_life)
    me.grievance = clip(0.0, me.grievance + injury, 1.0)
    me.optimism = clip(0.0, me.optimism + hope, 1.0)
    me.commitment = clip(0.0, me.commitment + word, 1.0)
    me.war_cost = clip(0.0, me.war_cost + event.war_cost[n], 1.0)
    for sponsor in range(len(me.discount)):
        if me.discount[sponsor] > 0.0:
            me.discount[sponsor] += event.stain[sponsor]
