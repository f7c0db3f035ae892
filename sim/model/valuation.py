"""What a text is worth to a side, what it can have without one, and what an agreement still brings it.

A side's expected value of a text, counted from the status quo:

    E = secure + keep * trusted - loss + (1 - keep) * (1 - irrevocable) * entrusted + side deals
        - concession_cost * audience * seen * political

``keep`` is its belief that the others keep the text: the commitment problem of Fearon (1995) and Powell (2006). A side
that is let down stops giving as well (reciprocity: Axelrod 1984; Keohane 1986), as its delivery does in force; what it
gave on the others' word is then lost only as far as it cannot be taken back.
"""

from __future__ import annotations

from sim.model.chance import clip, left_after
from sim.model.records import Side, Table, World, Worth


def seen(w: World, t: Table, me: Side) -> float:
    """How far the public sees a side at the table: visibility or a leak, less a denial that stands; more if one was exposed."""
    seat = t.seats[me.index]
    visible = 1.0 if t.session.known else t.visibility
    if not seat.denies:
        return visible
    if seat.exposed:
        return visible + w.b.denial_penalty
    return visible * (1.0 - w.b.denial_cover)


def trust_in_mediators(w: World, t: Table, me: Side) -> float:
    """A side's trust in the mediators of the table, averaged over them; zero without any."""
    if t.mediator_count == 0:
        return 0.0
    total = 0.0
    for n in range(t.mediator_count):
        total += me.trust_in[t.mediators[n]]
    return total / t.mediator_count


def trust_in_others(t: Table, me: Side) -> float:
    """A side's trust that every other signer keeps its word: the product of its trust in each."""
    total = 1.0
    for other in range(t.signers):
        if other != me.index:
            total *= me.trust[other]
    return total


def service(w: World, t: Table) -> float:
    """Share of full pace that the busiest of its mediators leaves the table: min(1, capacity / load); one without any."""
    least = 1.0
    for n in range(t.mediator_count):
        mediator = w.mediators[t.mediators[n]]
        least = min(least, mediator.capacity / max(mediator.load, 1.0))
    return least


def belief_in_keeping(w: World, t: Table, me: Side) -> float:
    """Belief that the others keep a text of this table, in [0, 1].

    keep = 1 - (1 - trust) * (1 - guarantee), then keep + (1 - keep) * reassurance, then times how it is signed.
    With a mirrored instrument each side promises to mediators who oversee it, and doubt remains only where both the
    others and the guarantee fail; mediators' word takes away some of what is left (Kydd 2003, 2006).
    """
    trusted = trust_in_mediators(w, t, me)
    guarantee = w.b.guarantee * t.monitoring * trusted if t.mirrored else 0.0
    reassurance = w.b.assurance * trusted * t.seats[me.index].credibility
    kept = 1.0 - (1.0 - trust_in_others(t, me)) * (1.0 - guarantee)
    return (kept + (1.0 - kept) * reassurance) * t.signed_belief


def credibility(honesty: float, bias: float) -> float:
    """Weight of a mediator's word with a side, in [0, 1]: honesty * (0.5 + bias - bias * bias), the bracket in [0, 1].

    Kydd (2003): a mediator with a stake on the hearer's side is believed when it counsels restraint. The bracket is
    0.5 without bias and with total bias towards the hearer, 0.75 half way, and falls to nothing as the mediator leans
    to the other side.
    """
    return honesty * clip(0.0, 0.5 + bias - bias * bias, 1.0)


def expected_side_deals(w: World, t: Table, me: Side) -> float:
    """What a side expects of its side deals at signing: benefit * credibility * trust in who controls it * credit."""
    hangs, total = w.b.side_deal_trust, 0.0
    for n in range(t.side_deal_count):
        deal = t.side_deals[n]
        if deal.to == me.index:
            trust = me.trust_in[deal.controlled_by] if deal.controlled_by >= 0 else 1.0
            total += deal.credible * (1.0 - hangs + hangs * trust)
    return total * t.seats[me.index].credit


def form_beliefs(w: World, t: Table, me: Side) -> None:
    """What turns the worth of a text into its expected value this week."""
    seat = t.seats[me.index]
    seat.keep = belief_in_keeping(w, t, me)
    seat.taken_back = (1.0 - seat.keep) * (1.0 - w.b.irrevocable)
    seat.audience = w.b.concession_cost * me.audience_cost * seen(w, t, me)
    seat.side_deals_expected = expected_side_deals(w, t, me)
    if w.b.text_counts > 0.0 or w.b.ambiguity > 0.0:  # else every text costs the same at home
        seat.at_home = domestic_cost(w, t, me)


def value_of(w: World, t: Table, me: Side, worth: Worth) -> float:
    """Expected value of a text under the beliefs formed this week, as the side reads it; leverage and errors of judgement apart.

    Of a text that with its cost at home is worse than nothing, a side reads away the share ``ambiguity``: gains, losses and
    cost are that much smaller (constructive ambiguity: Fischhendler 2008). What the alternative would cost is spared all the
    same, which is why texts are signed that are not kept (Werner, Yuen 2005).
    """
    value = value_as_written(t, me, worth)
    if w.b.ambiguity == 0.0:
        return value
    return value + w.b.ambiguity * max(t.seats[me.index].at_home - value, 0.0)


def value_as_written(t: Table, me: Side, worth: Worth) -> float:
    """Expected value of a text that a side takes as it stands."""
    seat = t.seats[me.index]
    gains = worth.secure + seat.keep * worth.trusted
    costs = worth.loss + seat.audience * worth.political
    return gains - costs + seat.taken_back * worth.entrusted + seat.side_deals_expected + spared(t, me, worth)


def share_meant(w: World, t: Table, me: Side) -> float:
    """Share of a text that a side means to deliver as it enters into force: all, or what it has not read away."""
    if w.b.ambiguity == 0.0:
        return 1.0
    form_beliefs(w, t, me)
    in_part = value_as_written(t, me, t.seats[me.index].worth) < t.seats[me.index].at_home
    return 1.0 - w.b.ambiguity if in_part else 1.0


def spared(t: Table, me: Side, worth: Worth) -> float:
    """What a text spares a side at home, compared with one that moves all that is on the agenda, in utility."""
    return t.seats[me.index].at_home * (1.0 - worth.at_home)


def expected_value(w: World, t: Table, me: Side, worth: Worth) -> float:
    """Expected value of a text to a side this week, leverage and errors of judgement apart."""
    form_beliefs(w, t, me)
    return value_of(w, t, me, worth)


def alternative(w: World, t: Table, me: Side) -> float:
    """Worth of what a side can do alone on the agenda this week: sum of weight * alternative, where it is to be had."""
    total = 0.0
    for place in range(t.agenda_count):
        total += t.seats[me.index].weight[place] * going_alone(w, me, t.agenda[place])
    return total


def going_alone(w: World, me: Side, issue: int) -> float:
    """What a side can have on an issue this week without the others, in units of gains."""
    position = me.positions[issue]
    return position.alternative if w.week >= position.alternative_from else 0.0


def batna(w: World, t: Table, me: Side) -> float:
    """Best alternative to an agreement: the front as read, less what the war costs, plus going alone.

    front_value * front weight * (front + front optimism, within -1 and 1) - relief_value * relief weight * war cost
    + alternative (bargaining theory of war: Powell 2006; hurting stalemate: Zartman 2000).
    """
    seat = t.seats[me.index]
    hoped = clip(-1.0, me.favour * w.front + me.front_optimism, 1.0)
    gained = w.b.front_value * seat.front_weight * hoped
    suffered = w.b.relief_value * seat.relief_weight * min(me.war_cost, 1.0)
    return gained - suffered + alternative(w, t, me)


def domestic_cost(w: World, t: Table, me: Side) -> float:
    """What a text must bring beyond the alternative to pass at home, in utility (two-level games: Putnam 1988).

    sensitivity * (uncovered * ratification_cost * audience * seen + signing_cost * distance * contact * recognition
    + uncovered * win_set_cost * (1 - win-set) + mandate_gap * (1 - mandate)),
    where uncovered is 1 - cover * trust in the mediators who drafted or guarantee the text.
    """
    b = w.b
    answers = trust_in_mediators(w, t, me) if t.single_text or t.mirrored else 0.0
    uncovered = 1.0 - b.cover * answers
    in_public = uncovered * b.ratification_cost * me.audience_cost * seen(w, t, me)
    together = b.signing_cost * t.distance * t.contact_signing * me.recognition
    narrow = uncovered * b.win_set_cost * (1.0 - me.win_set)
    return t.sensitivity * (in_public + together + narrow + b.mandate_gap * (1.0 - t.mandate))


def reservation_value(w: World, t: Table, me: Side) -> float:
    """The least a text must be worth to a side: its alternative and what passing it at home costs.

    Negotiators know their capital; what they cannot foresee is the noise of ``ratify``.
    """
    return batna(w, t, me) + domestic_cost(w, t, me)


def sponsor_discount(t: Table, me: Side) -> float:
    """How far a side holds the table's sponsor against it, in [0, 1]; zero without a sponsor."""
    return clip(0.0, me.discount[t.sponsor], 1.0) if t.sponsor >= 0 else 0.0


# ---------------------------------------------------------------- an agreement in force


def least_delivered(t: Table) -> float:
    """The smallest share that a signer delivers."""
    least = t.seats[0].delivered
    for n in range(1, t.signers):
        least = min(least, t.seats[n].delivered)
    return least


def delivered_by_others(t: Table, me: Side) -> float:
    """The smallest share that another signer delivers."""
    least = 1.0
    for n in range(t.signers):
        if n != me.index:
            least = min(least, t.seats[n].delivered)
    return least


def withheld(t: Table, me: Side) -> float:
    """Gains lost to a side because others deliver less than they promised."""
    worth = t.seats[me.index].worth
    gains = worth.secure + worth.trusted
    return gains - delivered_by_others(t, me) * gains


def delivery_gain(t: Table, me: Side) -> float:
    """What others deliver to a side, less what it gives: their share * gains - its own share * loss."""
    seat = t.seats[me.index]
    return delivered_by_others(t, me) * (seat.worth.secure + seat.worth.trusted) - seat.delivered * seat.worth.loss


def leverage_left(w: World, t: Table, me: Side) -> float:
    """What is left of the leverage that mediators added at signing; it fades (Beardsley 2011)."""
    leverage = t.seats[me.index].leverage
    return leverage * left_after(t.agreement.age, w.b.leverage_half_life) if leverage != 0.0 else 0.0


def gain_left(w: World, t: Table, me: Side) -> float:
    """What an agreement in force brings a side this week beyond having none.

    delivery + side deals as believed + leverage that is left - best alternative: what is delivered has taken the place
    of belief.
    """
    return delivery_gain(t, me) + t.seats[me.index].side_deal + leverage_left(w, t, me) - batna(w, t, me)


def wish_to_go_on(w: World, t: Table, me: Side) -> float:
    """How much a side would rather go on than not, in utility: gain left less grievance."""
    return gain_left(w, t, me) - w.b.renewal_grievance * t.agreement.sensitivity * me.grievance
