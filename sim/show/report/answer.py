"""What a comparison answers, in sentences that never say more than both intervals allow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.scenario.headline import agenda, headline
from sim.show.changed import HARDLY
from sim.show.report.page import NAMED, TOPIC, named
from sim.show.sentences import headlines
from sim.show.written import Figure, Lookup, names, percent, share
from sim.study.outcomes import is_imposed

if TYPE_CHECKING:
    from sim.study.compare import Result

AGREED = share("agreed", "agreed")
POINTS = Figure("agreed", "points", percent, "", 1.0)

DISCLAIMER = "A tool to compare processes, no forecast; it takes no side."

FEW = 30
"""Worlds below which the interval of a difference, a normal one, is not to be trusted."""

NOT_KNOWN = "nothing to be said with so few worlds"
ALIKE = "no clear difference"
UNSURE = "beyond chance in these worlds, and not known how far the assumptions bear it out"
TURNS = "beyond chance in these worlds, but within what the assumptions leave open the order may be the other way round"
ORDER = "the order is likely, the size is not known"
SIZE = "the order is likely, and the size within what the assumptions leave open"


def verdict(row: Any) -> str:
    """What a paired difference allows to say.

    Nothing beyond chance where the Monte-Carlo interval holds 0; only the order where what the assumptions leave open is
    wider than the difference itself; not even that where it holds 0.
    """
    if row is None or math.isnan(row.low) or row.worlds < FEW:
        return NOT_KNOWN
    if row.low <= 0 <= row.high:
        return ALIKE
    if not row.assumed_high > row.assumed_low:
        return UNSURE
    if row.assumed_low <= 0 <= row.assumed_high:
        return TURNS
    return ORDER if row.assumed_high - row.assumed_low > abs(row.estimate) else SIZE


def pair(result: Result) -> tuple[str, str] | None:
    """The first process and, of those for the same issues, the one that agrees most often; None if it is alone."""
    lookup, (first, *others) = Lookup(result.summary), result.processes
    like = [p for p in others if lookup(p, "agreed_difference") is not None]
    return (first, max(like, key=lambda p: lookup(p, "agreed").estimate)) if like else None


def answer(result: Result) -> list[tuple[str, str]]:
    """What was found, each sentence with the question that it answers."""
    said = [("Which process?", _which(result)), ("On which issues?", _issues(result))]
    found = pair(result)
    if found is not None and len(result.worlds):
        said.append(("How much hangs on the choice?", _versions(result, *found)))
    return said


def _which(result: Result) -> str:
    """The first process beside its strongest rival, or what there is to say without one."""
    found, lookup, labels = pair(result), Lookup(result.summary), _labels(result, "processes")
    if found is None and len(result.processes) == 1:
        return _alone(result, lookup)
    if found is None:
        return f"They are for different issues, so no one of them is best as a whole. {headlines(result)[0]}"
    first, other = found
    about = _about(result, first)
    rows = {p: lookup(p, "agreed") for p in (other, first)}
    if not any(row.estimate for row in rows.values()):
        none = f"Neither {labels[other]} nor {labels[first]} brings a text on {about} in any of {worlds(result)}"
        return f"{none}{imposed_words(lookup, first)}."
    change = lookup(other, "agreed_difference")
    said = verdict(change)
    more, less = (other, first) if change.estimate > 0 else (first, other)
    if said in (ALIKE, NOT_KNOWN):
        head = f"Between {labels[other]} and {labels[first]}, {said}."
    else:
        head = f"{labels[more]} agrees more often than {labels[less]}; {said}."
    return (
        f"{head} A text on {about} is agreed in {figure(AGREED.estimate(rows[other]))} of worlds with {labels[other]}, in "
        f"{figure(AGREED.estimate(rows[first]))} with {labels[first]}: a difference of {figure(POINTS.difference(change))} in a "
        "hundred worlds."
    )


def _alone(result: Result, lookup: Lookup) -> str:
    (process,) = result.processes
    label, about, row = _labels(result, "processes")[process], _about(result, process), lookup(process, "agreed")
    if row is None or not row.estimate:
        return f"{label} brings a text on {about} in none of {worlds(result)}{imposed_words(lookup, process)}."
    lasts = figure(share("in_force_end", "").estimate(lookup(process, "in_force_end")))
    return (
        f"With {label} a text on {about} is agreed in {figure(AGREED.estimate(row))} of worlds, and one is in force at the end "
        f"in {lasts}. There is no other process to compare it with."
    )


def _about(result: Result, process: str) -> str:
    issues = _labels(result, "issues")
    own = [issues[i] for i in headline(result.scenario.file, process)]
    return own[0] if len(own) == 1 else f"{listed(own, last='or')}"


def imposed_words(lookup: Lookup, process: str, issue: str = "") -> str:
    """That a share of nought or all is put in with the values of the scenario; nothing where it was found."""
    row, could = lookup(process, "agreed", issue), lookup(process, "possible", issue)
    is_put_in = row is not None and could is not None and is_imposed("agreed", row.estimate, could.estimate)
    return "; that is imposed by the values put in, and not found" if is_put_in else ""


def _issues(result: Result) -> str:
    """Issues agreed on in most worlds, some, hardly any, none; by the process that agrees most often, fall-backs aside."""
    lookup, file = Lookup(result.summary), result.scenario.file
    processes = _labels(result, "processes")
    most, some, hardly, none, put_in = [], [], [], [], []
    for issue, label in _labels(result, "issues").items():
        having = [p for p in result.processes if issue in agenda(file, p, fallback=False)]
        if not having:
            continue
        rows = {p: lookup(p, "agreed", issue) for p in having}
        best = max(having, key=lambda p: rows[p].estimate)
        row = rows[best]
        alike = [best, *(p for p in having if p != best and rows[p].high >= row.low)]
        told = f"{label} ({listed([processes[p] for p in alike], last='or')})" if len(result.processes) > 1 else label
        if not row.estimate:
            none.append(label)
            put_in += [label] if all(imposed_words(lookup, p, issue) for p in having) else []
        elif row.estimate < HARDLY:
            hardly.append(label)
        elif row.low > 0.5 and row.assumed_low > 0.5:
            most.append(told)
        else:
            some.append(told)
    how = " with this process" if len(result.processes) == 1 else ""
    said = [f"Agreed in most worlds{how}: {listed(most)}."] if most else []
    said += [f"In some worlds, and the assumptions leave open in how many: {listed(some)}."] if some else []
    if len(result.processes) > 1 and said:
        said.append("In brackets the process that agrees on it most often, or those of which none can be told from it.")
    said += [f"In hardly any: {listed(hardly)}."] if hardly else []
    said += [f"In none of {worlds(result)}: {listed(none)}."] if none else []
    said += [f"Of these imposed by the values put in, and not found: {listed(put_in)}."] if put_in else []
    return " ".join(said)


def _versions(result: Result, first: str, other: str) -> str:
    """In how many of a hundred worlds only one of two processes agrees, for each issue that both are for."""
    labels, issues = _labels(result, "processes"), _labels(result, "issues")
    own = headline(result.scenario.file, first)
    rows = [row for row in result.versions(other, first).to_dict("records") if row["issue"] in own]
    parts = [
        f"On {issues[row['issue']]} the two never differ."
        if row["same"] == 1
        else f"On {issues[row['issue']]}, in {_hundred(row, 'better')} of 100 worlds only {labels[other]} brings a text, in "
        f"{_hundred(row, 'worse')} only {labels[first]}; in the other {_hundred(row, 'same')} both do or neither."
        for row in rows
    ]
    known = "Nobody knows what is really at stake for either side, so it is drawn anew in each world."
    return f"{known} {' '.join(parts)} More worlds will not narrow this."


def _labels(result: Result, kind: str) -> dict[str, str]:
    """Labels as they stand in a sentence."""
    form = NAMED if kind == "processes" else TOPIC
    return {name: named(label, form=form) for name, label in names(result.scenario, kind).items()}


def _hundred(row: dict[Any, Any], name: str) -> str:
    return f"{percent(row[name])} [{percent(row[f'{name}_low'])}, {percent(row[f'{name}_high'])}]"


def worlds(result: Result) -> str:
    """How many worlds there are, in words."""
    return "1 world" if result.count == 1 else f"{result.count:,} worlds"


def figure(parts: tuple[str, ...]) -> str:
    """A value with both intervals, on a line."""
    return " ".join(part for part in parts if part)


def listed(words: list[str], *, last: str = "and") -> str:
    """Words in a row."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
