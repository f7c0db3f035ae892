"""Before the first week: what is at stake, what the mediators of a table are like, and what every text means to each side."""

from __future__ import annotations

import math

from sim.model.chance import SPREAD_OF_LOGISTIC, WORLD_OWNER, noise, uniform
from sim.model.codes import Stream
from sim.model.records import Mediator, Package, Packages, Side, Table, World, Worth
from sim.model.valuation import credibility


def value_package(w: World, t: Table, me: Side, package: Package) -> None:
    """What a package means to a side: sums over issues of weight * gain and loss, and linkages on top.

    A share ``self_enforcing`` of the gains is secure and of the losses not given on another's word; political losses
    are weighed by the option's public sensitivity. What moving an issue is worth beyond what the scenario says, and what the
    format adds, comes with the exchange itself.
    """
    seat, worth = t.seats[me.index], package.worth[me.index]
    worth.secure, worth.trusted, worth.loss, worth.entrusted, worth.political = 0.0, 0.0, 0.0, 0.0, 0.0
    for place in range(t.agenda_count):
        issue, option = w.issues[t.agenda[place]], package.options[place]
        position = me.positions[t.agenda[place]]
        gain, loss = position.gains[option] * seat.weight[place], position.losses[option] * seat.weight[place]
        if package.moved[place]:
            worth.secure += seat.weight[place] * (position.stake + t.effect)
        worth.secure += issue.self_enforcing[option] * gain
        worth.trusted += (1.0 - issue.self_enforcing[option]) * gain
        worth.loss += loss
        worth.entrusted += (1.0 - issue.self_enforcing[option]) * loss
        worth.political += issue.sensitivity[option] * loss
    for n in range(me.linkage_count):
        linkage = me.linkages[n]
        if holds(t, package, linkage.issue, linkage.option) and holds(t, package, linkage.other_issue, linkage.other_option):
            worth.secure += max(linkage.value, 0.0)
            worth.loss += max(-linkage.value, 0.0)
    worth.sensitivity = sensitivity_of(w, t, package)
    worth.at_home = cost_at_home(w, t, me, package)


def sensitivity_of(w: World, t: Table, package: Package) -> float:
    """With which a text is read at home: the agenda's, and as far as ``text_counts`` its own most sensitive option's."""
    return (1.0 - w.b.text_counts) * t.sensitivity + w.b.text_counts * most_sensitive(w, t, package)


def cost_at_home(w: World, t: Table, me: Side, package: Package) -> float:
    """Share of what all that is on the agenda would cost at home that a text costs a side.

    1 - text_counts + text_counts * its sensitivity / the agenda's * weight of what it moves: what stays as it is costs nothing,
    so that a text costs as much, in what the side cares about, whatever else was on the agenda.
    """
    if t.sensitivity == 0.0:
        return 1.0
    weight = 0.0
    for place in range(t.agenda_count):
        if package.moved[place]:
            weight += t.seats[me.index].weight[place]
    return 1.0 - w.b.text_counts + w.b.text_counts * weight * most_sensitive(w, t, package) / t.sensitivity


def most_sensitive(w: World, t: Table, package: Package) -> float:
    """Public sensitivity of the most sensitive option to which a text moves an issue."""
    most = 0.0
    for place in range(t.agenda_count):
        if package.moved[place]:
            most = max(most, w.issues[t.agenda[place]].sensitivity[package.options[place]])
    return most


def copy_worth(into: Worth, of: Worth) -> None:
    """What one text is worth, kept as what another is."""
    into.secure, into.trusted, into.loss = of.secure, of.trusted, of.loss
    into.entrusted, into.political = of.entrusted, of.political
    into.sensitivity, into.at_home = of.sensitivity, of.at_home


def holds(t: Table, package: Package, issue: int, option: int) -> bool:
    """Whether a package settles an issue in this way."""
    for place in range(t.agenda_count):
        if t.agenda[place] == issue:
            return package.options[place] == option
    return False


def mediators_interest(w: World, t: Table, package: Package) -> float:
    """What the mediators of a table would like of a package, averaged over them, in [0, 1]."""
    total = 0.0
    for n in range(t.mediator_count):
        total += liked(t, w.mediators[t.mediators[n]], package)
    return total / max(t.mediator_count, 1.0)


def liked(t: Table, mediator: Mediator, package: Package) -> float:
    """What a mediator would like of a package: its values, weighed by salience on this agenda."""
    weight, total = 0.0, 0.0
    for place in range(t.agenda_count):
        interest = mediator.interests[t.agenda[place]]
        weight += interest.salience
        total += interest.salience * interest.values[package.options[place]]
    return total / max(weight, 1e-12)


def draw_stakes(w: World) -> None:
    """Before the first week: what moving each issue is worth to each side beyond what the scenario says, in units of gains.

    stakes_sd * (sqrt(stakes_common) * z of the world + sqrt(1 - stakes_common) * z of issue and side), z standard noise: the
    stakes are not known to who writes the scenario, but to the sides; the same at every table and in every process.
    """
    if w.b.stakes_sd == 0.0:
        return
    together = math.sqrt(w.b.stakes_common)
    apart = math.sqrt(1.0 - w.b.stakes_common)
    common = noise(uniform(w, WORLD_OWNER, Stream.STAKE, 0)) / SPREAD_OF_LOGISTIC
    for issue in range(w.issue_count):
        for n in range(w.side_count):
            own = noise(uniform(w, w.issues[issue].owner, Stream.STAKE, 1 + n)) / SPREAD_OF_LOGISTIC
            w.sides[n].positions[issue].stake = w.b.stakes_sd * (together * common + apart * own)


def draw_effect(w: World, t: Table) -> None:
    """Before the first week: what a table's format adds to moving an issue: format_sd * sum over levers of z / sqrt n.

    Each value of a lever has a draw of its own, so that formats that are alike in all levers have the same effect
    whatever their names, and those that share some levers a similar one.
    """
    if w.b.format_sd == 0.0:
        return
    total = 0.0
    for n in range(t.lever_count):
        total += noise(uniform(w, t.levers[n], Stream.LEVER, 0)) / SPREAD_OF_LOGISTIC
    t.effect = w.b.format_sd * total / math.sqrt(t.lever_count)


def read_agenda(w: World, t: Table) -> None:
    """Before the first week: how much of what each side cares about is on the table, and how sensitive it is.

    Weights are saliences on the agenda, adding up to one; a table is read at home by its most sensitive issue.
    """
    t.sensitivity = 0.0
    for place in range(t.agenda_count):
        of_options = w.issues[t.agenda[place]].sensitivity
        for option in range(len(of_options)):
            t.sensitivity = max(t.sensitivity, of_options[option])
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        everything, on_table = 0.0, 0.0
        for issue in range(len(me.positions)):
            everything += me.positions[issue].salience
        for place in range(t.agenda_count):
            on_table += me.positions[t.agenda[place]].salience
        seat.share = on_table / max(everything, 1e-12)
        seat.front_weight, seat.relief_weight = 0.0, 0.0
        for place in range(t.agenda_count):
            issue = t.agenda[place]
            seat.weight[place] = me.positions[issue].salience / max(on_table, 1e-12)
            seat.front_weight += seat.weight[place] * w.issues[issue].front
            seat.relief_weight += seat.weight[place] * w.issues[issue].relief


def read_mediators(w: World, t: Table) -> None:
    """Before the first week: the mediators of a table act as one, with means of honesty and bias and the sum of leverage."""
    t.honesty, t.leverage = 0.0, 0.0
    for n in range(t.mediator_count):
        t.honesty += w.mediators[t.mediators[n]].honesty
        t.leverage += w.mediators[t.mediators[n]].leverage
    t.honesty, t.leverage = t.honesty / max(t.mediator_count, 1.0), min(t.leverage, 1.0)
    for side in range(t.signers):
        bias = 0.0
        for n in range(t.mediator_count):
            bias += w.mediators[t.mediators[n]].bias[side]
        t.seats[side].bias = bias / max(t.mediator_count, 1.0)
        t.seats[side].credibility = credibility(t.honesty, t.seats[side].bias)


def value_packages(w: World, t: Table, packages: Packages) -> None:
    """Before the first week: what every package of a table means to the sides and to the mediators."""
    for k in range(t.package_count):
        for n in range(t.signers):
            value_package(w, t, w.sides[n], packages[k])
        packages[k].interest = mediators_interest(w, t, packages[k])
