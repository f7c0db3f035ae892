"""A comparison on one screen: who agrees on what and keeps it, what stops each process, what it rests on.

Shares are written ``61 ±2 (36, 85)``: of a hundred worlds, with the Monte-Carlo error at 95% and, in round brackets, what the
assumptions leave open. ``console`` prints everything.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sim.scenario.evidence import cited, coverage
from sim.scenario.headline import agenda
from sim.scenario.learned import record
from sim.show.changed import HARDLY, Beside
from sim.show.inventory import ASSUMED
from sim.show.obstacles import obstacle_words, stops
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.written import Lookup, brief, names, percent
from sim.study.outcomes import is_imposed

if TYPE_CHECKING:
    from sim.study.compare import Result

MOSTLY = 0.9
"""Share of the texts on an issue from which one option is what was agreed."""

ALIKE = "≈ "
"""Before a process whose share cannot be told apart from that of the first."""

NOTE = (
    "±: Monte-Carlo error (95%); ( ): what the assumptions leave open, (?) not known; ≈: not told apart from the first. "
    "No forecast. More: --full."
)
NOTE_CHANGED = (
    "±: Monte-Carlo error (95%); ( ): what the assumptions leave open, (?) not known; change: now less before, on the same "
    "draws. More: --full. No forecast."
)


MOST_HARM = 2
"""Processes whose harm is named one by one."""


def show(result: Result, console: Console) -> None:
    """Print the overview of a comparison."""
    lookup = Lookup(result.summary)
    count = len(result.processes)
    heading = f"{result.scenario.file.title}: {count} process{'' if count == 1 else 'es'}, {result.scenario.file.weeks} weeks"
    heading += f", {result.count:,} worlds, seed {result.seed}"
    print_text(console, heading, style="bold", hang=2)
    beside = None if result.changes is None else Beside(result, lookup)
    if beside is not None:
        print_text(console, beside.what_changed(), hang=2)
    print_table(console, _issues(result, lookup) if beside is None else beside.table())
    for words in (*_never(result, lookup), *(() if beside is None else beside.unchanged())):
        print_text(console, words, first="• ", hang=2)
    for table in _obstacles(result, lookup, result.processes if beside is None else beside.moved()):
        print_table(console, table)
    harm = _harm(result, lookup, result.processes if beside is None else beside.moved())
    last = [harm, *_pairs(result, lookup), _support(result), NOTE] if beside is None else [harm, _support(result), NOTE_CHANGED]
    for words in last:
        print_text(console, words, first="• ", hang=2)


# ---------------------------------------------------------------- issues


def _issues(result: Result, lookup: Lookup) -> Table:
    """Per issue the processes that agree on it in more than hardly any world, the most often first."""
    labels, options = names(result.scenario, "processes"), _commonest_options(result)
    columns = [Words("Of 100 worlds"), Figures("both came"), Figures("agreed"), Figures("in force, end")]
    table = Table("", columns)
    for issue, label in names(result.scenario, "issues").items():
        rows = {name: row for name, row in agreed_rows(result, lookup, issue).items() if row.estimate >= HARDLY}
        if not rows:
            continue
        table.heading(Text.assemble((label, "bold"), (f" · {options[issue, '']}", "dim")))
        first, *others = sorted(rows, key=lambda name: -rows[name].estimate)
        for process in (first, *others):
            cells = [_cell(lookup, process, metric, issue) for metric in ("came", "agreed", "in_force_end")]
            tied = ALIKE if process != first and rows[process].high >= rows[first].low else ""
            own = options.get((issue, process), "")
            differs = f" · {own}" if own and own.split(",")[0] != options[issue, ""].split(",")[0] else ""
            table.row(Text.assemble(f"{tied}{labels[process]}", (differs, "dim")), *cells, indent=1)
    return table


def agreed_rows(result: Result, lookup: Lookup, issue: str) -> dict[str, Any]:
    """The rows of the processes that have an issue on the agenda, fall-backs aside."""
    having = [name for name in result.processes if issue in agenda(result.scenario.file, name, fallback=False)]
    return {name: lookup(name, "agreed", issue) for name in having}


def _cell(lookup: Lookup, process: str, metric: str, issue: str) -> tuple[str, ...]:
    row, could = lookup(process, metric, issue), lookup(process, "possible", issue)
    value, *assumed = brief(row)
    if row is not None and could is not None and is_imposed(metric, row.estimate, could.estimate):
        return value, "imposed"
    return value, *assumed


def _commonest_options(result: Result) -> dict[tuple[str, str], str]:
    """Per issue and process, and over all of them (""), the option agreed most often, in words, and how often if not mostly."""
    every: dict[tuple[str, str], Counter[str]] = {}
    for (issue, _), own in result.options.items():
        every.setdefault((issue, ""), Counter()).update(own)
    found = {}
    for (issue, process), options in (every | result.options).items():
        option, often = options.most_common(1)[0]
        words = result.scenario.file.issues[issue].options[option].label or option.replace("_", " ")
        part = often / options.total()
        found[issue, process] = f"{words}{'' if part >= MOSTLY else f', in {percent(part)}% of texts'}"
    return found


def _never(result: Result, lookup: Lookup) -> list[str]:
    """Issues that are agreed on in hardly any world, and of these those for which the values put in allow nothing else."""
    hardly, imposed = [], []
    for issue, label in names(result.scenario, "issues").items():
        rows = agreed_rows(result, lookup, issue)
        if not rows or max(row.estimate for row in rows.values()) >= HARDLY:
            continue
        hardly.append(label)
        could = [lookup(process, "possible", issue) for process in rows]
        if all(one is not None and one.estimate == 0 for one in could):
            imposed.append(label)
    found = [f"(Almost) never: {'; '.join(hardly)}."] if hardly else []
    return found + ([f"Of these imposed by the values put in, and not found: {'; '.join(imposed)}."] if imposed else [])


# ---------------------------------------------------------------- processes


def _obstacles(result: Result, lookup: Lookup, processes: list[str]) -> list[Table]:
    """What stops each process most often, and whose it is; of processes with several tables for what they are for, nothing."""
    labels, parties = names(result.scenario, "processes"), names(result.scenario, "parties")
    table = Table("", [Words(""), Words("")])
    table.heading("What stops it most often, whose that is, and in how many of 100 worlds")
    for process in processes:
        if (reason := stops(result, lookup, process)) is not None:
            table.row(labels[process], f"{obstacle_words(reason, parties)} {percent(reason.share)}", indent=1)
    return [table] if len(table.rows) > 1 else []


def _harm(result: Result, lookup: Lookup, processes: list[str]) -> str:
    """In how many worlds processes end worse than without one: the two with most, and what the others have at most."""
    labels = names(result.scenario, "processes")
    rows = sorted(((lookup(process, "worse_than_none").estimate, process) for process in processes), key=lambda row: -row[0])
    said = [f"{labels[process]} {percent(share)}" for share, process in rows[:MOST_HARM]]
    if len(rows) > MOST_HARM:
        said.append(f"any other at most {percent(rows[MOST_HARM][0])}")
    return f"Ends worse than without a process: {', '.join(said)} of 100 worlds."


def _pairs(result: Result, lookup: Lookup) -> list[str]:
    """Processes with the agenda of the first beside it: the difference, and in how many worlds only one of the two agrees."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    first, *others = result.processes
    own = agenda(result.scenario.file, first, fallback=False)
    found = []
    for process in others:
        if agenda(result.scenario.file, process, fallback=False) != own:
            continue
        only = result.versions(process, first).set_index("issue")
        said = []
        for issue in own:
            change = " ".join(brief(lookup(process, "agreed_difference", issue), change=True))
            better, worse = (f"{100 * only.loc[issue, way]:.0f}" for way in ("better", "worse"))
            said.append(f"{issues[issue]} {change}, {better} and {worse}")
        only_in = "in how many worlds only the one agrees, and only the other"
        found.append(f"Agreed, {labels[process]} less {labels[first]}, and {only_in}: {'; '.join(said)}.")
    return found


def _support(result: Result) -> str:
    """What the figures rest on, and how good such figures have been."""
    counts = coverage(result.scenario).counts
    assumed = sum(counts[kind] for kind in ASSUMED)
    return f"Rests on {len(cited(result.scenario))} claims, {assumed:,} assumed numbers. {record_words()}"


def record_words() -> str:
    """How good such figures have been on affairs that the parameters were not fitted to."""
    own, half = record()["row", "model"], record()["row", "half"]
    verdict = "not told apart from"
    if not own["brier_low"] <= half["brier"] <= own["brier_high"]:
        verdict = "better than" if own["brier"] < half["brier"] else "worse than"
    within = f"[{own['brier_low']:.2f}, {own['brier_high']:.2f}]"
    past = f"On {own['rows']:.0f} outcomes not fitted {verdict} one half (Brier {own['brier']:.2f} {within})"
    return f"{past}; {own['happened']:.0f} of {own['under']:.0f} put under 5% happened."
