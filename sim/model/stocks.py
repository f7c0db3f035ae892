"""What sides hold of one another and exchange, such as prisoners: stocks, and a channel that freezes and thaws.

An exchange is limited by the side that runs out first, each giving its share; stocks grow with the fighting. While an
agreement on it is in force the channel may freeze for weeks, and what froze it need not end the agreement.
"""

from __future__ import annotations

from sim.model.chance import uniform
from sim.model.codes import Kind, Stream
from sim.model.events import moves_issue
from sim.model.reasons import NOBODY, Reason, State
from sim.model.records import Issue, Stock, Table, World
from sim.model.transitions import note
from sim.model.valuation import service, trust_in_mediators


def tend_stocks(w: World) -> None:
    """A week of every stock: it grows, and the channel freezes, stays frozen or thaws."""
    for n in range(w.issue_count):
        stock = w.issues[n].stock
        if stock.exchanged:
            for side in range(w.side_count):
                stock.held[side] += stock.grows[side]
            freeze_or_thaw(w, w.issues[n], n)


def freeze_or_thaw(w: World, issue: Issue, number: int) -> None:
    """A channel that is in use freezes or thaws with its chance; nothing is frozen where no agreement needs it."""
    stock = issue.stock
    if not in_use(w, number):
        stock.frozen = 0
    elif stock.frozen:
        if uniform(w, issue.owner, Stream.THAW, 0) < chance_to_thaw(w, stock, number):
            note(w, -1, Kind.THAW, NOBODY, Reason.NONE, number)
            stock.frozen = 0
        else:
            stock.frozen += 1
    elif uniform(w, issue.owner, Stream.FREEZE, 0) < chance_to_freeze(w, stock):
        note(w, -1, Kind.FREEZE, NOBODY, Reason.NONE, number)
        stock.frozen = 1
    stock.longest = max(stock.longest, stock.frozen)


def in_use(w: World, issue: int) -> bool:
    """Whether an agreement in force, or suspended, moves the issue."""
    for n in range(w.table_count):
        if w.tables[n].state >= State.IN_FORCE and moves_issue(w.tables[n], issue):
            return True
    return False


def chance_to_freeze(w: World, stock: Stock) -> float:
    """Chance a week: freezes * (1 + affront * grievance of the most aggrieved side) * (1 + unlike * unlikeness of the stocks).

    At most one.
    """
    angriest = 0.0
    for n in range(w.side_count):
        angriest = max(angriest, w.sides[n].grievance)
    return min(1.0, stock.freezes * (1.0 + stock.affront * angriest) * (1.0 + stock.unlike * unlikeness(w, stock)))


def unlikeness(w: World, stock: Stock) -> float:
    """How unlike stocks are, [0, 1]: 1 - least / most exchanges that a side could give; nothing where all are empty."""
    least, most = stock.held[0] / stock.gives[0], stock.held[0] / stock.gives[0]
    for n in range(1, w.side_count):
        least = min(least, stock.held[n] / stock.gives[n])
        most = max(most, stock.held[n] / stock.gives[n])
    return 1.0 - least / most if most > 0.0 else 0.0


def chance_to_thaw(w: World, stock: Stock, issue: int) -> float:
    """Chance a week: thaws * (1 + helped * trust in mediators * their service), at most one.

    Of the table, and the side, that trusts them most.
    """
    help_ = 0.0
    for n in range(w.table_count):
        t = w.tables[n]
        if t.state >= State.IN_FORCE and moves_issue(t, issue):
            for side in range(t.signers):
                help_ = max(help_, trust_in_mediators(w, t, w.sides[side]) * service(w, t))
    return min(1.0, stock.thaws * (1.0 + stock.helped * help_))


def find_flows(w: World, t: Table) -> None:
    """The share of each undertaking that the stocks of its issue allow this week: all, as much as there is, or none if frozen."""
    for place in range(t.agenda_count):
        stock, amount = w.issues[t.agenda[place]].stock, stocked_amount(t, place)
        t.agreement.flows[place] = 1.0
        if stock.exchanged and stock.frozen:
            t.agreement.flows[place] = 0.0
        elif stock.exchanged and amount > 0.0:
            for n in range(w.side_count):
                t.agreement.flows[place] = min(t.agreement.flows[place], stock.held[n] / (amount * stock.gives[n]))


def stocked_amount(t: Table, place: int) -> float:
    """How many are exchanged in a week of full delivery, by the text of a table."""
    for n in range(t.unit_count):
        unit = t.units[n]
        if unit.stocked and unit.place == place and t.agreement.options[place] == unit.option:
            return unit.amount
    return 0.0


def take_from_stocks(w: World, stock: Stock, exchanged: float) -> None:
    """What was exchanged leaves the stocks, each side giving its share."""
    for n in range(w.side_count):
        stock.held[n] = max(0.0, stock.held[n] - exchanged * stock.gives[n])
