"""What a text is worth to a side, what it can have without one, and what an agreement still brings it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.chances import between, left_after
from twin.tables import Agreement, Table, contact_cost
from twin.texts import Worth

if TYPE_CHECKING:
    from twin.people import Side
    from twin.world import World


def seen(w: World, table: Table, side: Side) -> float:
    """How far the public sees a side at the table. A denial covers while it stands, and costs once it does not."""
    session = table.session
    visible = 1.0 if session is not None and session.known else table.visibility
    if table.denied[side.index]:
        if session is not None and session.exposed[side.index]:
            return visible + w.b.denial_penalty
        return visible * (1 - w.b.denial_cover)
    return visible


def belief_in_keeping(w: World, table: Table, side: Side) -> float:
    """A side's belief that the other would keep a text of this table."""
    doubt = 1 - side.trust
    trusted = table.trust_in_mediators(side)
    if table.mirrored:  # promises are made to mediators who oversee them
        doubt *= 1 - w.b.guarantee * table.monitoring * trusted
    if table.mediators:  # their word takes away some of the doubt that is left
        honesty = sum(m.honesty for m in table.mediators) / len(table.mediators)
        bias = sum(m.bias[side.index] for m in table.mediators) / len(table.mediators)
        credible = honesty * between(0, 0.5 + bias - bias * bias, 1)
        doubt *= 1 - w.b.assurance * trusted * credible
    return (1 - doubt) * table.signed


def expected_side_deals(w: World, table: Table, side: Side) -> float:
    """What a side expects of its side deals when it signs."""
    total = 0.0
    for n, deal in enumerate(table.form.side_deals):
        if deal.to != side.name:
            continue
        base = f"formats.{table.spec.format}.side_deals.{n}"
        trust = side.trust_in.get(deal.controlled_by, 1.0)  # of whom nobody says how far to trust it: wholly
        belief = (1 - w.b.side_deal_trust) + w.b.side_deal_trust * trust
        total += w.number(f"{base}.benefit") * w.number(f"{base}.credibility") * belief
    return total * table.credit[side.index]


def delivered_side_deals(w: World, table: Table, side: Side, *, as_seen: bool) -> float:
    """What a side gets of its side deals, in fact or as far as it sees."""
    total = 0.0
    for n, deal in enumerate(table.form.side_deals):
        if deal.to == side.name:
            base = f"formats.{table.spec.format}.side_deals.{n}"
            share = w.number(f"{base}.seen_by.{side.name}", 1.0) if as_seen else 1.0
            total += w.number(f"{base}.benefit") * w.number(f"{base}.delivery") * share
    return total


def alternative(w: World, table: Table, side: Side) -> float:
    """Worth of what a side can do alone on the agenda this week."""
    return sum(worth for from_week, worth in table.alternatives[side.index] if w.week >= from_week)


def batna(w: World, table: Table, side: Side) -> float:
    """Best alternative to an agreement: the front as the side reads it, less what the war costs, plus what it can do alone."""
    favourable = w.front if side.index == 0 else -w.front
    hoped = between(-1, favourable + side.front_optimism, 1)
    gained = w.b.front_value * table.front_weight[side.index] * hoped
    suffered = w.b.relief_value * table.relief_weight[side.index] * min(side.war_cost, 1)
    return gained - suffered + alternative(w, table, side)


def cost_at_home(w: World, table: Table, side: Side) -> float:
    """What passing a text at home costs: being seen, signing together, a narrow win-set, a missing mandate."""
    b = w.b
    cover = b.cover * table.trust_in_mediators(side) if table.single_text or table.mirrored else 0.0
    in_public = (1 - cover) * b.ratification_cost * side.audience_cost * seen(w, table, side)
    together = b.signing_cost * table.distance * contact_cost(b, table.form.contact.signing) * side.recognition
    narrow = (1 - cover) * b.win_set_cost * (1 - side.win_set)
    no_mandate = b.mandate_gap * (1 - table.mandate)
    return table.sensitivity * (in_public + together + narrow + no_mandate)


def reservation_value(w: World, table: Table, side: Side) -> float:
    """The least a text must be worth to a side."""
    return batna(w, table, side) + cost_at_home(w, table, side)


def expected_values(w: World, table: Table, side: Side, worths: list[Worth]) -> list[float]:
    """Expected value of texts to a side, leverage and errors of judgement apart."""
    keep = belief_in_keeping(w, table, side)
    audience = w.b.concession_cost * side.audience_cost * seen(w, table, side)
    outside = expected_side_deals(w, table, side)
    taken_back = (1 - keep) * (1 - w.b.irrevocable)  # what a side that is let down stops giving
    return [
        x.secure + keep * x.trusted - x.loss + taken_back * x.entrusted - audience * x.political + outside for x in worths
    ]


def expected_value(w: World, table: Table, side: Side, package: int) -> float:
    """The same for one package."""
    return expected_values(w, table, side, [table.packages[package].worth[side.index]])[0]


def surplus_of_all(w: World, table: Table) -> list[list[float]]:
    """Surplus over the reservation value, per side and package."""
    found = []
    for side in w.sides:
        least = reservation_value(w, table, side)
        values = expected_values(w, table, side, [p.worth[side.index] for p in table.packages])
        found.append([v - least for v in values])
    return found


@dataclass
class GainLeft:
    """What an agreement in force brings a side this week beyond having none."""

    delivery: float
    withheld: float
    side_deal: float
    leverage: float
    batna: float
    alternative: float  # part of the batna

    @property
    def total(self) -> float:
        """All but what the other terms already hold."""
        return self.delivery + self.side_deal + self.leverage - self.batna


def gain_left(w: World, table: Table, side: Side) -> GainLeft:
    """What is delivered has taken the place of belief; leverage has faded since the agreement entered into force."""
    agreement: Agreement = table.agreement
    me, other = side.index, 1 - side.index
    worth = table.packages[agreement.package].worth[me]
    gains = worth.secure + worth.trusted
    got = agreement.delivered[other] * gains
    given = agreement.delivered[me] * worth.loss
    return GainLeft(
        delivery=got - given,
        withheld=gains - got,
        side_deal=agreement.side_deal[me],
        leverage=agreement.leverage[me] * left_after(agreement.age, w.b.leverage_half_life),
        batna=batna(w, table, side),
        alternative=alternative(w, table, side),
    )
