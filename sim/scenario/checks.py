"""Checks across a scenario: every name leads somewhere, every option has a value, every agenda fits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sim.scenario.problems import Key, hint
from sim.scenario.schema import Disputant, Event, Format, InForce, Interest, Issue, Mediator, Position, ScenarioFile, Table

MAX_PACKAGES = 20_000

Finding = tuple[Key, str]


def check(file: ScenarioFile) -> list[Finding]:
    """All that is wrong between the parts of a scenario that is right part by part: (key, message)."""
    return [
        *_dates(file),
        *_party_count(file),
        *(finding for name, issue in file.issues.items() for finding in _issue(("issues", name), issue)),
        *(finding for name, issue in file.issues.items() for finding in _stock(file, ("issues", name, "stock"), issue)),
        *(finding for name in disputants(file) for finding in _disputant(file, name)),
        *(finding for name in mediators(file) for finding in _mediator(file, name)),
        *(finding for name, form in file.formats.items() for finding in _format(file, ("formats", name), form)),
        *(finding for name, table in file.tables.items() for finding in _table(file, name, table)),
        *_opening_circles(file),
        *_processes(file),
        *(finding for name, event in file.events.items() for finding in _event(file, ("events", name), event)),
        *_observed(file),
    ]


def _dates(file: ScenarioFile) -> Iterator[Finding]:
    """Every week that is told has to have a date."""
    told = [0, file.weeks, *(t.meets or 0 for t in file.tables.values()), *(e.week or 0 for e in file.events.values())]
    first, last = date.min - timedelta(weeks=min(told)), date.max - timedelta(weeks=max(told))
    if not first <= file.start <= last:
        yield ("start",), f"got {file.start}, expected a date from {first} to {last}, so that every week has one"


def _observed(file: ScenarioFile) -> Iterator[Finding]:
    seen = file.observed
    if seen is None:
        return
    names = {issue for process in file.processes.values() for table in process.tables for issue in file.tables[table].agenda}
    yield from _keys(("observed", "issues"), seen.issues, names=sorted(names), noun="issue on the agenda of a table")
    agreed = any(seen.issues.values())
    if agreed == (seen.fate == "none"):
        wanted = "ended, completed or running" if agreed else "none, since no issue was agreed on"
        yield ("observed", "fate"), f"got {seen.fate}, expected {wanted}"
    if seen.days is not None and seen.fate == "none":
        yield ("observed", "days"), "got days in force of an agreement that there was not, expected another fate"
    for place, kind in enumerate(seen.score):
        if kind == "agreed_if_came" and seen.came is False:
            message = "got agreed_if_came where came is false; expected agreed, or came: true: talks that were not led to nothing"
            yield ("observed", "score", place), message
        if kind == "stayed_away" and seen.came is not False:
            yield ("observed", "score", place), "got stayed_away, expected came: false beside it"
    if "in_force" in seen.score and (seen.fate == "none" or (seen.days is None and seen.fate != "completed")):
        yield ("observed", "score"), "in_force cannot be scored, expected an agreement, and its days unless it was completed"
    running = {i for name in file.tables for i in file.tables[name].agenda if file.tables[name].in_force is not None}
    if running & set(seen.issues):
        for place, kind in enumerate(seen.score):
            if kind != "agreed":
                message = f"got {kind} for an agreement that runs as the episode starts, expected agreed: whether it was renewed"
                yield ("observed", "score", place), message


def disputants(file: ScenarioFile) -> list[str]:
    """The sides, in file order."""
    return [name for name, party in file.parties.items() if isinstance(party, Disputant)]


def mediators(file: ScenarioFile) -> list[str]:
    """The third parties, in file order."""
    return [name for name, party in file.parties.items() if isinstance(party, Mediator)]


def _keys(key: Key, used: Iterable[str], *, names: Iterable[str], noun: str) -> Iterator[Finding]:
    """Mapping keys that should be ``names``."""
    names = list(names)
    for name in used:
        if name not in names:
            yield (*key, name), f"unknown {noun}{hint(name, names)}"


def _values(key: Key, used: Iterable[str] | str | None, *, names: Iterable[str], noun: str) -> Iterator[Finding]:
    """A value, or the items of a list, that should be ``names``."""
    names = list(names)
    pairs = [(key, used)] if isinstance(used, str) else [((*key, index), name) for index, name in enumerate(used or ())]
    for place, name in pairs:
        if name not in names:
            yield place, f"unknown {noun} {name}{hint(name, names)}"


def _twice(key: Key, used: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(used):
        if name in used[:index]:
            yield (*key, index), f"{name} is named twice; expected once"


def _party_count(file: ScenarioFile) -> Iterator[Finding]:
    sides = disputants(file)
    if len(sides) != 2:
        yield ("parties",), f"got {len(sides)} disputants, expected exactly two"


def _moves(issue: Issue) -> list[str]:
    """Options other than the status quo."""
    return [name for name, option in issue.options.items() if not option.status_quo]


def _issue(key: Key, issue: Issue) -> Iterator[Finding]:
    still = [name for name, option in issue.options.items() if option.status_quo]
    if len(still) != 1:
        got = ", ".join(still) or "none"
        yield (*key, "options"), f"got {got} with status_quo: true, expected exactly one option"
    for name in still:
        if issue.options[name].weeks or issue.options[name].units:
            yield (*key, "options", name), "is the status quo, from which units are counted; expected no units and no lasts"
    for name, option in issue.options.items():
        if option.lasts is not None and option.days is not None:
            yield (*key, "options", name, "days"), "got both lasts and days; expected one of them"


def _pairs(file: ScenarioFile, key: Key, options: dict[str, str]) -> Iterator[Finding]:
    """``issue: option`` pairs."""
    yield from _keys(key, options, names=file.issues, noun="issue")
    for issue, option in options.items():
        if issue in file.issues:
            yield from _values((*key, issue), option, names=file.issues[issue].options, noun="option")


def _disputant(file: ScenarioFile, name: str) -> Iterator[Finding]:
    party, key = file.parties[name], ("parties", name)
    assert isinstance(party, Disputant)
    others = [other for other in file.parties if other != name]
    yield from _keys((*key, "positions"), party.positions, names=file.issues, noun="issue")
    for issue, position in party.positions.items():
        if issue in file.issues:
            yield from _position((*key, "positions", issue), position, file.issues[issue])
    for index, linkage in enumerate(party.linkages):
        yield from _pairs(file, (*key, "linkages", index, "options"), linkage.options)
    for index, given in enumerate(party.conditional_offers):
        place: Key = (*key, "conditional_offers", index)
        yield from _pairs(file, (*place, "offer"), given.offer)
        yield from _pairs(file, (*place, "only_if"), given.only_if)
        if set(given.offer) & set(given.only_if):
            yield place, "offers and asks for the same issue; expected two issues"
    yield from _keys((*key, "alternatives"), party.alternatives, names=file.issues, noun="issue")
    controllers = [deal.controlled_by for form in file.formats.values() for deal in form.side_deals]
    known = list(dict.fromkeys([*others, *(c for c in controllers if c != name)]))
    yield from _keys((*key, "trust"), party.trust, names=known, noun="other party")
    strange = [name for name in party.trust if name not in known]
    if (missing := [other for other in others if other not in party.trust]) and not strange:  # one of these may be meant
        yield (*key, "trust"), f"no trust given in {', '.join(missing)}; expected every other party"
    sponsors = _sponsors(file)
    yield from _keys((*key, "sponsor_discount"), party.sponsor_discount, names=sponsors, noun="sponsor of a format")


def _stock(file: ScenarioFile, key: Key, issue: Issue) -> Iterator[Finding]:
    if issue.stock is None:
        return
    units = sorted({unit for option in issue.options.values() for unit in option.units})
    yield from _values((*key, "unit"), issue.stock.unit, names=units, noun="unit of an option of this issue")
    sides = disputants(file)
    for part in ("held", "grows", "gives"):
        yield from _keys((*key, part), getattr(issue.stock, part), names=sides, noun="disputant")
    if missing := [side for side in sides if side not in issue.stock.held]:
        yield (*key, "held"), f"nothing said of {', '.join(missing)}; expected every disputant, if only with 0"


def _position(key: Key, position: Position, issue: Issue) -> Iterator[Finding]:
    moves = _moves(issue)
    for side, values in (("gains", position.gains), ("losses", position.losses)):
        for option in values:
            if option in issue.options and option not in moves:
                yield (*key, side, option), "is the status quo, the zero of gains and losses; expected no value"
        strange = [option for option in values if option not in issue.options]
        yield from _keys((*key, side), strange, names=moves, noun="option")
    for option in moves:
        if option not in position.gains and option not in position.losses:
            yield key, f"option {option} has no value; expected a gain or a loss"


def _mediator(file: ScenarioFile, name: str) -> Iterator[Finding]:
    party, key = file.parties[name], ("parties", name)
    assert isinstance(party, Mediator)
    yield from _keys((*key, "interests"), party.interests, names=file.issues, noun="issue")
    for issue, interest in party.interests.items():
        if issue in file.issues:
            yield from _interest((*key, "interests", issue, "values"), interest, file.issues[issue])
    yield from _keys((*key, "bias"), party.bias, names=disputants(file), noun="disputant")


def _interest(key: Key, interest: Interest, issue: Issue) -> Iterator[Finding]:
    moves = _moves(issue)
    for option in interest.values:
        if option in issue.options and option not in moves:
            yield (*key, option), "is the status quo, worth zero to every mediator; expected no value"
    strange = [option for option in interest.values if option not in issue.options]
    yield from _keys(key, strange, names=moves, noun="option")


def _sponsors(file: ScenarioFile) -> list[str]:
    """Whose initiatives there are: the parties, and the initiatives that formats name."""
    return list(dict.fromkeys([*file.parties, *(form.sponsor for form in file.formats.values() if form.sponsor)]))


def _format(file: ScenarioFile, key: Key, form: Format) -> Iterator[Finding]:
    sides, third = disputants(file), mediators(file)
    yield from _values((*key, "mediators"), form.mediators, names=third, noun="mediator")
    yield from _twice((*key, "mediators"), form.mediators)
    yield from _keys((*key, "invited"), form.invited, names=sides, noun="disputant")
    yield from _values((*key, "denied_by"), form.denied_by, names=sides, noun="disputant")
    yield from _twice((*key, "denied_by"), form.denied_by)
    if form.hosts_if == "one" and form.instrument != "declaration":
        rule = "a meeting of one side can only make a declaration"
        yield (*key, "hosts_if"), f"got one with a {form.instrument} instrument; {rule}"
    yield from _values((*key, "convened_by"), form.convened_by, names=[*sides, *third], noun="party")
    yield from _values((*key, "first_offer"), form.first_offer, names=[*sides, "lot"], noun="disputant")
    for index, deal in enumerate(form.side_deals):
        yield from _values((*key, "side_deals", index, "to"), deal.to, names=sides, noun="disputant")
        yield from _keys((*key, "side_deals", index, "seen_by"), deal.seen_by, names=[deal.to], noun="recipient")
        trusted = getattr(file.parties.get(deal.to), "trust", None)
        if trusted is not None and deal.controlled_by not in trusted:
            place = (*key, "side_deals", index, "controlled_by")
            yield place, f"no trust of {deal.to} in {deal.controlled_by}{hint(deal.controlled_by, trusted)}"
    discounted = {name for side in sides for name in getattr(file.parties[side], "sponsor_discount", ())}
    if form.sponsor is not None:
        known = list(dict.fromkeys([*file.parties, *sorted(discounted)]))
        yield from _values((*key, "sponsor"), form.sponsor, names=known, noun="party or discounted sponsor")
    if not form.mediators:
        for lever, value in (("drafting", "single_text"), ("instrument", "mirrored")):
            if getattr(form, lever) == value:
                yield (*key, lever), f"got {value} without mediators, expected at least one in mediators"


def _table(file: ScenarioFile, name: str, table: Table) -> Iterator[Finding]:
    key: Key = ("tables", name)
    agenda: Key = (*key, "agenda")
    yield from _values(agenda, table.agenda, names=file.issues, noun="issue")
    yield from _twice(agenda, table.agenda)
    yield from _values((*key, "format"), table.format, names=file.formats, noun="format")
    issues = {issue: file.issues[issue] for issue in table.agenda if issue in file.issues}
    for issue, matter in issues.items():
        if not matter.tradeable and len(table.agenda) > 1:
            place: Key = (*agenda, table.agenda.index(issue))
            yield place, f"{issue} is not tradeable; expected it alone on its agenda"
    for side in disputants(file):
        for issue in issues:
            if issue not in getattr(file.parties[side], "positions", {}):
                yield agenda, f"{side} has no position on {issue}; expected one in parties.{side}.positions"
    packages = math.prod(len(issue.options) for issue in issues.values())
    if packages > MAX_PACKAGES:
        yield agenda, f"agenda too large to enumerate: got {packages:,} packages, expected at most {MAX_PACKAGES:,}"
    if table.meets is not None and not 0 <= table.meets < file.weeks:
        yield (*key, "meets"), f"got week {table.meets}, expected a week of the run, 0 to {file.weeks - 1}"
    if table.in_force is not None:
        yield from _in_force(file, (*key, "in_force"), table, table.in_force)
    others = [other for other in file.tables if other != name]
    if table.luck is not None:
        yield from _values((*key, "luck"), table.luck, names=others, noun="other table")
    if table.opens is not None:
        yield from _values((*key, "opens", "after"), table.opens.after, names=others, noun="other table")
        if table.opens.after in others:
            for process, held in file.processes.items():
                if name in held.tables and table.opens.after not in held.tables:
                    yield (*key, "opens", "after"), f"{table.opens.after} is not in process {process}, but {name} is"


def _in_force(file: ScenarioFile, key: Key, table: Table, text: InForce) -> Iterator[Finding]:
    yield from _values((*key, "accused"), text.accused, names=disputants(file), noun="disputant")
    yield from _keys((*key, "text"), text.text, names=table.agenda, noun="issue on the agenda")
    known = {issue: option for issue, option in text.text.items() if issue in table.agenda and issue in file.issues}
    for issue, option in known.items():
        yield from _values((*key, "text", issue), option, names=file.issues[issue].options, noun="option")
    moved = {issue: option for issue, option in known.items() if option in _moves(file.issues[issue])}
    if not moved:
        yield (*key, "text"), "changes nothing; expected an option other than the status quo"
    lasts = max((file.issues[issue].options[option].weeks or math.inf for issue, option in moved.items()), default=math.inf)
    if lasts <= text.age:
        yield (*key, "age"), f"all of it is carried out after {lasts:g} weeks; expected less"
    if table.opens is not None:
        yield (*key,), "got an agreement in force at a table that is yet to open; expected one or the other"
    at_rest = {name: file.issues[name] for name in table.agenda if name in file.issues}
    whole = {name: next((o for o in issue.options if o not in _moves(issue)), "") for name, issue in at_rest.items()} | known
    for side in disputants(file):
        for offer in getattr(file.parties[side], "conditional_offers", ()):
            if offer.offer.items() <= whole.items() and not offer.only_if.items() <= whole.items():
                yield (*key, "text"), f"{side} offers {_words(offer.offer)} only if {_words(offer.only_if)}; expected both"
    form = file.formats.get(table.format)
    if form is None:
        return
    if text.left is not None and form.term is None:
        yield (*key, "left"), f"format {table.format} has no term; expected a term there, or no weeks left here"
    issues = {issue: file.issues[issue] for issue in table.agenda if issue in file.issues}
    headline = [name for name, issue in issues.items() if issue.headline] or list(issues)
    if form.settlement == "all_or_nothing":
        rest = [name for name in headline if known.get(name) not in _moves(issues[name])]
        if rest:
            yield (*key, "text"), f"format {table.format} settles all or nothing; expected {' and '.join(rest)} to move as well"


def _words(options: dict[str, str]) -> str:
    return ", ".join(f"{issue}: {option}" for issue, option in options.items())


def _opening_circles(file: ScenarioFile) -> Iterator[Finding]:
    waits = {name: table.opens.after for name, table in file.tables.items() if table.opens is not None}
    for name in waits:
        chain = [name]
        while (after := waits.get(chain[-1])) is not None and after not in chain:
            chain.append(after)
        if len(chain) > 1 and after == name:
            yield ("tables", name, "opens", "after"), f"never opens: {' after '.join([*chain, name])}"


def _processes(file: ScenarioFile) -> Iterator[Finding]:
    for name, process in file.processes.items():
        yield from _values(("processes", name, "tables"), process.tables, names=file.tables, noun="table")
        yield from _twice(("processes", name, "tables"), process.tables)
        if process.headline is not None:
            held = {issue: None for table in process.tables if table in file.tables for issue in file.tables[table].agenda}
            key: Key = ("processes", name, "headline")
            yield from _values(key, process.headline, names=held, noun="issue on a table of the process")
            yield from _twice(key, process.headline)


def _event(file: ScenarioFile, key: Key, event: Event) -> Iterator[Finding]:
    if (event.week is None) == (event.rate is None):
        got = "neither week nor rate" if event.week is None else "both week and rate"
        yield key, f"got {got}, expected exactly one"
    if event.week is not None and event.week >= file.weeks:
        yield (*key, "week"), f"got week {event.week}, expected one before the end of the run, week {file.weeks - 1}"
    sides = disputants(file)
    for effect in ("grievance", "optimism", "commitment", "front", "war_cost", "lock_in"):
        yield from _keys((*key, effect), getattr(event, effect), names=sides, noun="disputant")
    yield from _keys((*key, "stain"), event.stain, names=_sponsors(file), noun="sponsor of a format")
    yield from _values((*key, "accuses"), event.accuses, names=sides, noun="disputant")
    yield from _values((*key, "suppressed_by"), event.suppressed_by, names=file.issues, noun="issue")
    yield from _values((*key, "issues"), event.issues, names=file.issues, noun="issue")
    yield from _twice((*key, "issues"), event.issues)
