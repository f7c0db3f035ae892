"""What a text is worth to a side, what it can have without one, and what an agreement still brings it.

A side's expected value of package x, counted from the status quo:

    E[x] = secure(x) + keep * trusted(x) - loss(x) + (1 - keep) * (1 - irrevocable) * entrusted(x)
           + side deals + leverage - concession_cost * audience * seen * political(x)

``keep`` is its belief that the other side will keep the text: the commitment problem of Fearon (1995) and
Powell (2006). A side that is let down stops giving as well (reciprocity: Axelrod 1984; Keohane 1986), as its
delivery does in force; what it gave on the other's word is then lost only as far as it cannot be taken back.
With a mirrored instrument each side promises to the mediators, and doubt remains only where
both the other side and the guarantee fail: 1 - (1 - trust)(1 - guarantee * monitoring * trust in mediators).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.arrays import Array, Rows, at, is_nothing, pair, zeros
from sim.model.packages import Worth
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World


def belief_in_keeping(trust: Array, guarantee: Array, reassurance: Array, signed: Array) -> Array:
    """Belief that the other side keeps a text, in [0, 1]; any broadcastable shapes.

    ``guarantee`` is what oversight by trusted mediators adds in a mirrored instrument, ``reassurance`` what
    mediators' word takes away of the doubt that is left (Kydd 2003, 2006), ``signed`` below one for texts
    that nobody signed.
    """
    kept = 1 - (1 - trust) * (1 - guarantee)
    return np.asarray((kept + (1 - kept) * reassurance) * signed)


def seen(world: World, table: Table, rows: Rows) -> Array:
    """How far each side is seen at the table, ``(n, 2)``: visibility or a leak, less a denial that stands."""
    b = world.behaviour.at(rows)
    session = table.session
    visibility = np.where(session.known[rows, None], 1.0, at(table.levers.visibility, rows))
    if not table.levers.denied.any():
        return np.broadcast_to(visibility, (len(rows), 2))
    exposed = at(session.exposed, rows)
    denied = table.levers.denied * ~exposed
    broken = table.levers.denied * exposed
    return np.asarray(visibility * (1 - b.denial_cover * denied) + b.denial_penalty * broken)


def keeping(world: World, table: Table, rows: Rows) -> Array:
    """Each side's belief that the other would keep a text of this table, ``(n, 2)``."""
    b, levers = world.behaviour.at(rows), table.levers
    trusted = table.trust_in_mediators(world, rows)
    guarantee = b.guarantee * at(levers.monitoring, rows) * trusted if levers.mirrored else np.zeros_like(trusted)
    reassurance = b.assurance * trusted * at(table.credibility, rows)
    return belief_in_keeping(at(world.sides.trust, rows), guarantee, reassurance, at(levers.signed, rows))


def alternative(world: World, table: Table, rows: Rows) -> Array:
    """Worth of what each side can do alone on the agenda this week, ``(n, 2)``."""
    total = zeros(len(rows), 2)
    for from_week, side, worth in table.alternatives:
        if world.week >= from_week:
            total[:, side] += worth[rows]
    return total


def batna(world: World, table: Table, rows: Rows) -> Array:
    """Best alternative to an agreement, ``(n, 2)`` from the status quo: the front as read, the war's cost, going alone."""
    b, sides = world.behaviour.at(rows), world.sides
    front = world.front[rows]
    expected = np.clip(pair(front, -front) + at(sides.front_optimism, rows), -1, 1)
    gained = b.front_value * at(table.values.front_weight, rows) * expected
    suffered = b.relief_value * at(table.values.relief_weight, rows) * np.minimum(at(sides.war_cost, rows), 1)
    return np.asarray(gained - suffered + alternative(world, table, rows))


def domestic_cost(world: World, table: Table, rows: Rows) -> Array:
    """What a text must bring beyond the alternative to pass at home, ``(n, 2)`` in utility (two-level games: Putnam 1988).

    Grows with public sensitivity, with being seen, with signing together, with a narrow win-set and with talks
    below the level that has a mandate; trusted mediators who drafted or guarantee the text give cover.
    """
    b, levers, sides = world.behaviour.at(rows), table.levers, world.sides
    answers = table.trust_in_mediators(world, rows) if levers.single_text or levers.mirrored else 0.0
    uncovered = 1 - b.cover * answers
    return np.asarray(
        at(table.sensitivity, rows)
        * (
            uncovered * b.ratification_cost * at(sides.audience_cost, rows) * seen(world, table, rows)
            + b.signing_cost * at(levers.distance, rows) * at(levers.contact_signing, rows) * at(sides.recognition, rows)
            + uncovered * b.win_set_cost * (1 - at(sides.win_set, rows))
            + b.mandate_gap * (1 - levers.mandate)
        )
    )


def reservation_value(world: World, table: Table, rows: Rows) -> Array:
    """The least a text must be worth to a side, ``(n, 2)``: its alternative and what passing it at home costs.

    Negotiators know their capital; what they cannot foresee is the noise of :func:`ratification.ratify`.
    """
    return batna(world, table, rows) + domestic_cost(world, table, rows)


@dataclass(frozen=True)
class Beliefs:
    """What turns the worth of a package into its expected value, ``(n, 2)`` each."""

    keep: Array  # belief that the other side keeps the text
    taken_back: Array  # share of what is given on the other's word that a side expects to take back
    audience: Array  # cost at home of a unit of political loss
    outside: Array  # expected of side deals

    def value(self, worth: Worth) -> Array:
        """Expected value of packages, one per world, parts ``(n, 2)``, or all of them, ``(n, 2, K)``."""
        keep, taken_back, audience, outside = self.keep, self.taken_back, self.audience, self.outside
        if worth.secure.ndim == 3:
            keep, taken_back, audience, outside = (x[..., None] for x in (keep, taken_back, audience, outside))
        total = worth.secure
        if not is_nothing(worth.trusted):
            total = total + keep * worth.trusted
        if not is_nothing(worth.loss):
            total = total - worth.loss - audience * worth.political
        if not is_nothing(worth.entrusted):
            total = total + taken_back * worth.entrusted
        return np.asarray(total + outside)


def beliefs(world: World, table: Table, rows: Rows) -> Beliefs:
    """What the sides believe this week, in the worlds ``rows``."""
    b = world.behaviour.at(rows)
    keep = keeping(world, table, rows)
    cost = b.concession_cost * at(world.sides.audience_cost, rows) * seen(world, table, rows)
    return Beliefs(keep, (1 - keep) * (1 - b.irrevocable), cost, table.side_deals.expected(world, rows))


def expected_value(world: World, table: Table, rows: Rows, worth: Worth) -> Array:
    """Expected value of packages to both sides, leverage and errors of judgement apart.

    ``worth`` may hold one package per world, parts ``(n, 2)``, or all of them, ``(n, 2, K)``; so does the result.
    """
    return beliefs(world, table, rows).value(worth)


@dataclass(frozen=True)
class GainLeft:
    """What an agreement in force brings each side this week beyond having none; all ``(n, 2)``."""

    delivery: Array  # what the other side delivers, less what this side gives
    withheld: Array  # gains lost because the other side delivers less than it promised
    side_deal: Array
    leverage: Array
    batna: Array
    alternative: Array  # part of the batna

    @property
    def total(self) -> Array:
        """Delivery, side deals and leverage, less the best alternative."""
        return self.delivery + self.side_deal + self.leverage - self.batna


def gain_left(world: World, table: Table, rows: Rows) -> GainLeft:
    """What the agreement in force still brings each side: seen delivery takes the place of belief."""
    agreement = table.agreement
    delivered, gains = at(agreement.delivered, rows), at(agreement.gains, rows)
    got = delivered[:, ::-1] * gains
    leverage = at(agreement.leverage, rows)
    if leverage.any():
        leverage = leverage * np.exp2(-agreement.age[rows, None] / at(world.behaviour.leverage_half_life, rows))
    return GainLeft(
        delivery=got - delivered * at(agreement.loss, rows),
        withheld=gains - got,
        side_deal=at(agreement.side_deal, rows),
        leverage=leverage,
        batna=batna(world, table, rows),
        alternative=alternative(world, table, rows),
    )
