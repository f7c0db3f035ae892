"""What a comparison found, in sentences made from the figures and nothing else: issue by issue, like with like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.scenario.headline import agenda
from sim.show.written import Figure, Lookup, names, share

if TYPE_CHECKING:
    from sim.study.compare import Result


def headlines(result: Result) -> list[str]:
    """What was found, in sentences; fall-backs aside, and processes whose intervals overlap are named together.

    A process is set beside the first one as a whole only where both have the same agenda, and then issue by issue.
    """
    lookup, issues = Lookup(result.summary), names(result.scenario, "issues")
    found, never, put_in = [], [], []
    for issue, label in issues.items():
        rows = {p: lookup(p, "agreed", issue) for p in result.processes if issue in _agenda(result, p)}
        if any(row.estimate > 0 for row in rows.values()):
            found.append(_most_often(result, lookup, issue, rows))
        elif rows:
            never.append(label)
            could = [lookup(process, "possible", issue) for process in rows]
            if all(row is not None and row.estimate == 0 for row in could):
                put_in.append(label)
    fallen_back = list(_at_fallbacks(result, lookup))
    if not found and not fallen_back:
        return [f"No process came to an agreement in any of {result.count:,} worlds."]
    if never:
        aside = ", fall-backs aside" if fallen_back else ""
        found.append(f"Agreed on in no world{aside}: {_listed(never)}.")
    if put_in:
        why = "since no text could leave both sides better off"
        found.append(f"Of these imposed by the values put in, and not found, {why}: {_listed(put_in)}.")
    return [*found, *fallen_back, *_beside_first(result, lookup)]


def _at_fallbacks(result: Result, lookup: Lookup) -> Iterator[str]:
    """What a process agrees on only at tables that open once another has failed."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    for process in result.processes:
        only = [i for i in agenda(result.scenario.file, process) if i not in _agenda(result, process)]
        rows = {issue: lookup(process, "agreed", issue) for issue in only}
        said = [f"{issues[i]}, {_words(share('agreed', ''), row)} of worlds" for i, row in rows.items() if row.estimate > 0]
        if said:
            yield f"{labels[process]}: agreed on only at a fall-back: {'; '.join(said)}."


def _agenda(result: Result, process: str) -> list[str]:
    return agenda(result.scenario.file, process, fallback=False)


def _most_often(result: Result, lookup: Lookup, issue: str, rows: dict[str, Any]) -> str:
    """In which process an issue is agreed on most often, and, if that is another, in force at the end most often."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    best = max(rows, key=lambda p: rows[p].estimate)
    said = f"{_words(share('agreed', ''), rows[best])} of worlds"
    if len(result.processes) == 1:
        return f"{issues[issue]}: agreed on in {said}."
    if len(rows) == 1:
        return f"{issues[issue]}: agreed on in {said}; only {labels[best]} has it on a table."
    alike = [labels[p] for p, row in rows.items() if p != best and row.high >= rows[best].low]
    more = f"; cannot be told apart from {_listed(alike)}" if alike else ""
    lasting = {p: lookup(p, "in_force_end", issue) for p in rows}
    last = max(lasting, key=lambda p: lasting[p].estimate)
    if lasting[last].estimate > lasting[best].estimate:
        more += f"; in force at the end most often: {labels[last]}, {_words(share('in_force_end', ''), lasting[last])}"
    return f"{issues[issue]}: agreed on most often in {labels[best]}, {said}{more}."


def _beside_first(result: Result, lookup: Lookup) -> Iterator[str]:
    """Processes with the agenda of the first, beside it issue by issue."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    first, *others = result.processes
    figure = share("agreed", "")
    for process in others:
        if _agenda(result, process) != _agenda(result, first):
            continue
        rows = {i: lookup(process, "agreed_difference", i) for i in _agenda(result, first)}
        said = "; ".join(f"{issues[i]} {_words(figure, row, change=True)}" for i, row in rows.items())
        signs = {row.low > 0 for row in rows.values() if row.low > 0 or row.high < 0}
        turns = "; which of the two agrees more often depends on the issue" if len(signs) == 2 else ""
        yield f"{labels[process]} against {labels[first]}, same agenda, points of a hundred worlds: {said}{turns}."
        if len(result.worlds):
            yield _by_version(result, process, first)


def _by_version(result: Result, process: str, first: str) -> str:
    """In how many of a hundred worlds only one of two processes agrees, issue by issue, in whole worlds."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    rows = [row for row in result.versions(process, first).to_dict("records") if row["issue"] in _agenda(result, first)]
    said = "; ".join(f"{issues[row['issue']]} {100 * row['better']:.0f} and {100 * row['worse']:.0f}" for row in rows)
    where = f"agreed only in {labels[process]}, and only in {labels[first]}"
    return f"Of 100 versions of this conflict {where}: {said}; the rest alike. More worlds will not narrow this."


def _words(figure: Figure, row: Any, *, change: bool = False) -> str:
    """A figure with both intervals."""
    return " ".join(part for part in (figure.difference(row) if change else figure.estimate(row)) if part)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
