"""What a comparison found, in sentences made from the figures and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.show.written import Figure, Lookup, names, share, weeks

if TYPE_CHECKING:
    from sim.study.compare import Result


def headlines(result: Result) -> list[str]:
    """What was found, in sentences made from the figures; processes whose intervals overlap are named together."""
    lookup = Lookup(result.summary)
    found = [
        *_best(result, lookup, share("agreed", "Agreed most often (on anything)"), "in {} of worlds"),
        *_best(
            result,
            lookup,
            Figure("weeks_in_force", "In force longest", weeks),
            f"for {{}} of {result.scenario.file.weeks} weeks",
        ),
    ]
    if not found:
        return [f"No process came to an agreement in any of {result.count:,} worlds."]
    return found + [s for group in ("humanitarian", "technical", "political") for s in _group(result, lookup, group)]


def _best(result: Result, lookup: Lookup, figure: Figure, phrase: str) -> Iterator[str]:
    labels = names(result.scenario, "processes")
    rows = {p: lookup(p, figure.metric) for p in result.processes}
    if not any(row.estimate > 0 for row in rows.values()):
        return
    best = max(rows, key=lambda p: rows[p].estimate)
    value, interval, _ = figure.estimate(rows[best])
    if len(rows) == 1:
        yield f"{figure.head.split()[0]} {phrase.format(f'{value} {interval}')}."
        return
    alike = [labels[p] for p, row in rows.items() if p != best and row.high >= rows[best].low]
    more = f"; cannot be told apart from {_listed(alike)}" if alike else ""
    yield f"{figure.head}: {labels[best]}, {phrase.format(f'{value} {interval}')}{more}."


def _group(result: Result, lookup: Lookup, group: str) -> Iterator[str]:
    """Which issue of a group is agreed most often, and in which process."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    own = [name for name, issue in result.scenario.file.issues.items() if issue.group == group]
    rows = {(p, i): lookup(p, "agreed", i) for p in result.processes for i in own}
    rows = {key: row for key, row in rows.items() if row is not None}
    if not rows:
        return
    best = max(rows, key=lambda key: rows[key].estimate)
    if rows[best].estimate == 0:
        yield f"{group.capitalize()} issues: none agreed on in any world."
        return
    value, interval, _ = share("agreed", "").estimate(rows[best])
    process, issue = best
    alike = sum(row.high >= rows[best].low for key, row in rows.items() if key != best)
    more = f"; cannot be told apart from {alike} other {'pair' if alike == 1 else 'pairs'} of issue and process" if alike else ""
    where = f" in {labels[process]}" if len(result.processes) > 1 else ""
    found = f"{issues[issue]}{where}, in {value} {interval} of worlds{more}"
    yield f"{group.capitalize()} issues: agreed on most often is {found}."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
