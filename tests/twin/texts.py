"""Packages, and what each is worth to the sides and to the mediators."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from sim.scenario.scenario import Scenario
from sim.scenario.schema import Format
from sim.scenario.schema import Table as TableSpec
from twin.chances import Numbers


@dataclass
class Worth:
    """What a package means to one side, counted from the status quo."""

    secure: float = 0.0  # gains that arrive with the exchange itself
    trusted: float = 0.0  # gains that hang on the other side's word
    loss: float = 0.0  # what the side gives up
    entrusted: float = 0.0  # the part of it that is given on the other side's word
    political: float = 0.0  # the same, weighed by public sensitivity


@dataclass
class Package:
    """One option per issue."""

    options: dict[str, str]  # per issue
    moved: set[str]  # issues it takes away from the status quo
    lasts: int  # weeks after which all of it is carried out; 0: it goes on
    worth: list[Worth]  # per side
    guess: list[float]  # per side, by an outsider
    interest: float  # to the mediators of the table
    units: list[tuple[str, float, int]]  # unit, amount per week of full delivery, weeks it comes for (0: goes on)


def signable(scenario: Scenario, spec: TableSpec, form: Format) -> list[dict[str, str]]:
    """The packages that settlement rule and conditional offers allow, as option per issue."""
    issues = scenario.file.issues
    found = []
    for choice in product(*(issues[i].options for i in spec.agenda)):
        options = dict(zip(spec.agenda, choice, strict=True))
        moved = moves(scenario, options)
        if not moved:
            continue
        if form.settlement == "all_or_nothing":
            headline = [i for i in spec.agenda if issues[i].headline]
            must_move = headline or spec.agenda
            if not all(i in moved for i in must_move):
                continue
        offers = [offer for side in scenario.disputants for offer in scenario.file.parties[side].conditional_offers]
        if all(_condition_is_met(offer, options) for offer in offers):
            found.append(options)
    return found


def moves(scenario: Scenario, options: dict[str, str]) -> set[str]:
    """Issues on which a package leaves the status quo."""
    return {i for i, o in options.items() if not scenario.file.issues[i].options[o].status_quo}


def _condition_is_met(conditional, options: dict[str, str]) -> bool:
    """This only if that: the first may not be in a package without the second."""
    ((issue, option),) = conditional.offer.items()
    ((other_issue, other_option),) = conditional.only_if.items()
    return options.get(issue) != option or options.get(other_issue) == other_option


def duration(scenario: Scenario, options: dict[str, str]) -> int:
    """Weeks after which all that a package moves is carried out; 0 if anything in it goes on."""
    lasts = [scenario.file.issues[i].options[options[i]].lasts for i in moves(scenario, options)]
    return 0 if None in lasts else max(lasts)


def salience(scenario: Scenario, number: Numbers, side: str, issue: str) -> float:
    """Weight of an issue; none where the side takes no position on it."""
    return number(f"parties.{side}.positions.{issue}.salience") if issue in scenario.file.parties[side].positions else 0.0


def weights(scenario: Scenario, number: Numbers, side: str, agenda: list[str]) -> dict[str, float]:
    """Salience of the issues on an agenda, adding up to one."""
    total = sum(salience(scenario, number, side, i) for i in agenda)
    return {i: salience(scenario, number, side, i) / total if total else 0.0 for i in agenda}


def share_of_all(scenario: Scenario, number: Numbers, side: str, agenda: list[str]) -> float:
    """How much of all that a side cares about is on an agenda."""
    everything = sum(salience(scenario, number, side, i) for i in scenario.file.parties[side].positions)
    return sum(salience(scenario, number, side, i) for i in agenda) / everything if everything else 0.0


def worth_to(scenario: Scenario, number: Numbers, side: str, options: dict[str, str]) -> Worth:
    """What a package is worth to a side: additive over issues, and linkages on top."""
    party = scenario.file.parties[side]
    weight = weights(scenario, number, side, list(options))
    worth = Worth()
    for issue, option in options.items():
        position = party.positions.get(issue)
        base = f"parties.{side}.positions.{issue}"
        gain = number(f"{base}.gains.{option}") * weight[issue] if position and option in position.gains else 0.0
        loss = number(f"{base}.losses.{option}") * weight[issue] if position and option in position.losses else 0.0
        secured = number(f"issues.{issue}.self_enforcing")
        worth.secure += secured * gain
        worth.trusted += (1 - secured) * gain
        worth.loss += loss
        worth.entrusted += (1 - secured) * loss
        worth.political += number(f"issues.{issue}.sensitivity") * loss
    for n, linkage in enumerate(party.linkages):
        if all(options.get(i) == o for i, o in linkage.options.items()):
            value = number(f"parties.{side}.linkages.{n}.value")
            if value > 0:
                worth.secure += value
            else:
                worth.loss += -value
    return worth


def outsiders_guess(scenario: Scenario, side: str, options: dict[str, str]) -> float:
    """What an outsider takes a package to be worth to a side: half the stated gains less the losses, issues weighed alike."""
    total = 0.0
    for issue, option in options.items():
        position = scenario.file.parties[side].positions.get(issue)
        if position is not None:
            total += 0.5 * position.gains.get(option, 0.0) - position.losses.get(option, 0.0)
    return total / len(options)


def mediators_interest(scenario: Scenario, number: Numbers, form: Format, options: dict[str, str]) -> float:
    """What the mediators of a table would like of a package: each by its own weights, all alike."""
    liked = []
    for name in form.mediators:
        interests = {i: interest for i, interest in scenario.file.parties[name].interests.items() if i in options}
        total = sum(number(f"parties.{name}.interests.{i}.salience") for i in interests)
        sum_liked = 0.0
        for issue, interest in interests.items():
            if options[issue] in interest.values:
                base = f"parties.{name}.interests.{issue}"
                sum_liked += number(f"{base}.salience") * number(f"{base}.values.{options[issue]}")
        liked.append(sum_liked / total if total else 0.0)
    return sum(liked) / len(liked) if liked else 0.0


def units(scenario: Scenario, number: Numbers, options: dict[str, str]) -> list[tuple[str, float, int]]:
    """Natural units that a package brings: unit, amount per week of full delivery, weeks it comes for (0: goes on)."""
    found = []
    for issue, option in options.items():
        spec = scenario.file.issues[issue].options[option]
        for unit in spec.units:
            found.append((unit, number(f"issues.{issue}.options.{option}.units.{unit}"), spec.lasts or 0))
    return found


def packages_of(scenario: Scenario, number: Numbers, spec: TableSpec, form: Format) -> list[Package]:
    """All packages of a table with their worth in one world."""
    sides = scenario.disputants
    return [
        Package(
            options=options,
            moved=moves(scenario, options),
            lasts=duration(scenario, options),
            worth=[worth_to(scenario, number, side, options) for side in sides],
            guess=[outsiders_guess(scenario, side, options) for side in sides],
            interest=mediators_interest(scenario, number, form, options),
            units=units(scenario, number, options),
        )
        for options in signable(scenario, spec, form)
    ]
