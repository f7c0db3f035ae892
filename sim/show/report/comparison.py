"""The report of a comparison: what was asked, the answer, issue by issue, what stands in the way; the rest on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.headline import agenda, fallbacks, headline
from sim.show.charts.funnel import steps
from sim.show.report.again import again, set_options, settings
from sim.show.report.answer import AGREED, POINTS, answer, figure, imposed_words, pair, verdict, worlds
from sim.show.report.beneath import CAPTIONS, beneath
from sim.show.report.drawn import charts
from sim.show.report.grounds import grounds, hinges
from sim.show.report.obstacles import commonest_texts, obstacles
from sim.show.report.page import Block, Fold, Listed, Page, Section, Text, named
from sim.show.report.recorded import recorded
from sim.show.report.stories import stories
from sim.show.tables import Cell, Figures, Table, Words
from sim.show.wording import path_words, value_words
from sim.show.written import Lookup, names, share

if TYPE_CHECKING:
    from sim.study.compare import Result

GOT = (share("came", "both came"), AGREED, share("in_force_end", "in force at the end"))
"""How far a process gets, in the order of a table."""

TO_READ = (
    "How to read a figure such as 42% [40, 45] (18, 66): in 42 of 100 simulated worlds. [ ] is chance: with more worlds it "
    "narrows. ( ) is what our assumptions leave open: more worlds do not narrow it. (?) is not known, or not to be told from "
    "noise. A world is one way the conflict might go, with what is not known drawn anew."
)
FIRST_CHART = "agreement"
"""The chart that a reader sees at once."""

DISCLAIMER = "A tool to compare processes, no forecast; it takes no side."


def page(result: Result) -> Page:
    """The page of a comparison whose labels are legible."""
    file, count = result.scenario.file, len(result.processes)
    stages = {process: steps(result, process) for process in result.processes}
    drawn = {chart.name: chart for chart in charts(result, CAPTIONS, beneath(result, stages))}
    best = pair(result)
    processes = f"{count} ways to negotiate" if count > 1 else "One way to negotiate"
    last = max(best, key=lambda p: Lookup(result.summary)(p, "agreed").estimate) if best else result.processes[0]
    details = [
        Section("Two worlds, week by week", stories(result, last)),
        Section("More charts", [chart for name, chart in drawn.items() if name != FIRST_CHART]),
        Section("Every table, and why it failed", recorded(result)),
        *([Section("Which assumptions the difference hangs on", hinges(result, *best))] if best else []),
        Section("What it rests on", grounds(result.scenario)),
        _again(result),
    ]
    return Page(
        file.title,
        f"{processes}, compared in {worlds(result).replace(' ', ' simulated ')}. {DISCLAIMER}",
        [
            _question(result),
            Section("The answer", [*(Text(words, lead=lead) for lead, words in answer(result)), Text(TO_READ, aside=True)]),
            Section("The processes side by side", [_processes(result), *_notes(result)]),
            Section("Issue by issue", [*(chart for name, chart in drawn.items() if name == FIRST_CHART), *_issues(result)]),
            Section("What stands in the way", [Text(OBSTACLES, aside=True), Listed(obstacles(result, stages))]),
            Section("What is agreed on most often", [commonest_texts(result)]),
        ],
        details,
    )


OBSTACLES = "Per process: where most worlds are lost on the way to its purpose, and the commonest reason with whose it is."


def _question(result: Result) -> Section:
    file, labels, issues = result.scenario.file, names(result.scenario, "processes"), names(result.scenario, "issues")
    sides = [names(result.scenario, "parties")[side] for side in result.scenario.disputants]
    day = f"{file.start.day} {file.start:%B %Y}"
    if len(result.processes) > 1:
        asked = f"Which of these processes brings {' and '.join(sides)} to come, to agree, and to keep what they agreed"
    else:
        asked = f"Does this process bring {' and '.join(sides)} to come, to agree, and to keep what they agreed"
    pairs = []
    for process in result.processes:
        own = headline(file, process)
        rest = [issues[i] for i in agenda(file, process) if i not in own]
        also = f". Also on its tables: {'; '.join(rest)}" if rest else ""
        pairs.append((labels[process], f"For {'; '.join(issues[i] for i in own)}{also}."))
    changed = settings(result.scenario)
    blocks: list[Block] = [Text(f"{asked}, in the {file.weeks} weeks from {day}?")]
    blocks += [Text(file.about)] if file.about else []
    blocks.append(Fold(f"The {len(pairs)} processes, and what each is for" if len(pairs) > 1 else "The process", [Listed(pairs)]))
    if changed:
        said = [(path_words(path, file), value_words(value)) for path, value in changed.items()]
        blocks.append(Fold(f"Set by hand for this run: {len(said)}", [Listed(said)], opened=True))
    return Section("The question", blocks)


def _processes(result: Result) -> Table:
    """A row per process about what it is for, those for the same together, with the difference to the first."""
    lookup, labels, issues = Lookup(result.summary), names(result.scenario, "processes"), names(result.scenario, "issues")
    first = result.processes[0]
    alone = len(result.processes) == 1
    heads = [] if alone else [Figures(f"agreed, more than {labels[first]}"), Words("what may be said of that")]
    table = Table("", [Words("process"), *(Figures(f.head) for f in GOT), *heads])
    purposes: dict[tuple[str, ...], list[str]] = {}
    for process in result.processes:
        purposes.setdefault(tuple(headline(result.scenario.file, process)), []).append(process)
    for about, processes in purposes.items():
        table.heading(f"For {'; '.join(issues[i] for i in about)}")
        for process in processes:
            cells: list[Cell] = [_cell(lookup, metric.metric, process) for metric in GOT]
            change = lookup(process, "agreed_difference")
            if not alone:
                cells += ["", ""] if change is None else [POINTS.difference(change), verdict(change)]
            table.row(labels[process], *cells, indent=2)
    return table


def _notes(result: Result) -> list[Block]:
    if not any(fallbacks(result.scenario.file, process) for process in result.processes):
        return []
    return [Text("A fall-back, a table that opens once another has failed, does not count here.", aside=True)]


def _cell(lookup: Lookup, metric: str, process: str, issue: str = "") -> tuple[str, ...]:
    return next(f for f in GOT if f.metric == metric).estimate(lookup(process, metric, issue))


def _issues(result: Result) -> list[Block]:
    """A table per issue, processes side by side; open for what the first process is for."""
    lookup, labels, file = Lookup(result.summary), names(result.scenario, "processes"), result.scenario.file
    first = headline(file, result.processes[0])
    blocks: list[Block] = []
    for issue, label in names(result.scenario, "issues").items():
        having = [p for p in result.processes if lookup(p, "agreed", issue) is not None]
        if not having:
            continue
        table = Table("", [Words("process"), *(Figures(f.head) for f in GOT), Words("found or imposed")])
        for process in having:
            only = issue not in agenda(file, process, fallback=False)
            kind = "imposed by the values put in" if imposed_words(result, process, issue) else "found"
            name = labels[process] + (" (fall-back)" if only else "")
            table.row(name, *(_cell(lookup, f.metric, process, issue) for f in GOT), kind)
        best = max(having, key=lambda p: lookup(p, "agreed", issue).estimate)
        row = lookup(best, "agreed", issue)
        most = f"most often with {named(labels[best])}, {figure(AGREED.estimate(row))}" if row.estimate else "in no world"
        blocks.append(Fold(f"{label}:", [table], more=f"agreed {most}", opened=issue in first))
    return blocks


def _again(result: Result) -> Section:
    command = ["gobetween", "compare", "scenario.yaml", "--worlds", str(result.count), "--seed", str(result.seed)]
    command += [part for process in result.processes for part in ("--process", process)] + set_options(result.scenario)
    where = "scenario.yaml lies in the folder of this study; run it there."
    return again(result.manifest, [*command, "--out", "again"], where)
