"""The report of a comparison: what was asked, the answer, issue by issue, what stands in the way; the rest on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.scenario.headline import agenda, fallbacks, headline
from sim.show.changed import HARDLY
from sim.show.charts.funnel import steps
from sim.show.overview import record_words
from sim.show.report.advice import Advice
from sim.show.report.again import again, set_options, settings
from sim.show.report.answer import AGREED, DISCLAIMER, POINTS, answer, figure, imposed_words, listed, pair, verdict, worlds
from sim.show.report.beneath import CAPTIONS, beneath
from sim.show.report.change import how_to, what_would
from sim.show.report.drawn import charts
from sim.show.report.grounds import CLAIMS, claims_cited, grounds
from sim.show.report.hinges import moving
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
    "noise. A world is one way the conflict might go, with what is not known drawn anew. On the screen of the command line ±3 "
    "stands for [ ]."
)
WORDS = (
    ("both came", "both sides sat down at a table of the process, in some week."),
    ("agreed", "both gave the same undertaking on an issue, in a text or in papers of their own."),
    ("in force at the end", "agreed, ratified, and in the last week in force, suspended for a time, or carried out in full."),
    ("imposed", "a share of 0 or 100% that the values put in allow no other; not found."),
    ("what a process is for", "its headline issues; what else is on its tables does not count for it."),
    ("interval, [ ]", "chance: where the share would lie in 95% of such runs."),
    ("assumptions, ( )", "where the share would lie in 95% of the cases that the ranges of the assumptions allow."),
)
"""A glossary."""

SURE = (
    "Every share has two intervals: [ ] for chance, and ( ) for what the assumptions leave open, mostly the wider. Where ( ) of "
    "a difference holds 0, the order of two processes may be the other way round; where it is wider than the difference, the "
    "order is likely and the size is not known. Neither holds that the model itself may be wrong, and that goes for 0% and 100% "
    "as well: what follows says how such figures did on the past (Brier score: mean squared error of a probability; 0.25 is what "
    "saying one half has)."
)
CONTENTS = (
    ("Which process does best, and on which issues?", "answer"),
    ("Why does a process fail, and whose doing is it?", "obstacles"),
    ("What is agreed?", "agreed"),
    ("What would change the answer?", "change"),
    ("How sure is it?", "sure"),
    ("What does it rest on?", "grounds"),
    ("How do I change one thing and see the effect?", "try"),
)
"""Questions that a reader has, each with the section that answers it."""

FIRST_CHART, SECOND_CHART = "agreement", "texts"
"""The charts that a reader sees at once."""


def page(result: Result, advice: Sequence[Advice | str] = ()) -> Page:
    """The page of a comparison, with what was found beside it of levers and differences."""
    file, count = result.scenario.file, len(result.processes)
    stages = {process: steps(result, process) for process in result.processes}
    drawn = {chart.name: chart for chart in charts(result, CAPTIONS, beneath(result, stages))}
    first, second = ([drawn[name]] if name in drawn else [] for name in (FIRST_CHART, SECOND_CHART))
    best = pair(result)
    hinged = moving(result, *best) if best else None
    processes = f"{count} ways to negotiate" if count > 1 else "One way to negotiate"
    last = max(best, key=lambda p: Lookup(result.summary)(p, "agreed").estimate) if best else result.processes[0]
    details = [
        Section("Two worlds, week by week", stories(result, last)),
        Section("More charts", [chart for name, chart in drawn.items() if name not in {FIRST_CHART, SECOND_CHART}]),
        Section("Every table, and why it failed", recorded(result)),
        *([Section(CLAIMS, claims_cited(result.scenario))] if result.scenario.claims else []),
        _again(result),
    ]
    return Page(
        file.title,
        f"{processes}, compared in {worlds(result).replace(' ', ' simulated ')}. {DISCLAIMER}",
        [
            _question(result),
            Section("How to read it", [Text(TO_READ), Fold("Words", [Listed(WORDS)])]),
            Section("The answer", [Text(words, lead=lead) for lead, words in answer(result)], "answer"),
            Section("The processes side by side", [_processes(result), *_notes(result)]),
            Section("Issue by issue", [*first, *_issues(result)]),
            Section("What stands in the way", [Text(OBSTACLES, aside=True), Listed(obstacles(result, stages))], "obstacles"),
            Section("What is agreed on most often", [*second, commonest_texts(result)], "agreed"),
            what_would(result, best, hinged, advice),
            Section("How sure it is", [Text(SURE), Text(record_words(), lead="Held against what happened.")], "sure"),
            Section("What it rests on", grounds(result.scenario), "grounds"),
            how_to(result, last, hinged),
        ],
        details,
        CONTENTS,
    )


OBSTACLES = (
    "Per process: the commonest reason why its main table fails, and whose that is, where it has only one. Then "
    "the stage at which most worlds are lost on the way to its purpose. Figures are of all worlds; those by side have no ( ) of "
    "their own, as they are parts of the share before them."
)


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
        said = [(path_words(path, file), f"{value_words(value)} ({path})") for path, value in changed.items()]
        blocks.append(Fold(f"Set by hand for this run: {len(said)}", [Listed(said)], opened=True))
    return Section("The question", blocks)


def _processes(result: Result) -> Table:
    """A row per process about what it is for, those for the same together, with the difference to the first."""
    lookup, labels, issues = Lookup(result.summary), names(result.scenario, "processes"), names(result.scenario, "issues")
    first = result.processes[0]
    alone = len(result.processes) == 1
    heads = [] if alone else [Figures(f"agreed, more than {labels[first]}"), Words("what may be said of that")]
    table = Table("", [Words("process"), *(Figures(f.head) for f in GOT), *heads, Figures("ends worse than none")])
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
            cells.append(share("worse_than_none", "").estimate(lookup(process, "worse_than_none")))
            table.row(labels[process], *cells, indent=2)
    return table


def _notes(result: Result) -> list[Block]:
    if not any(fallbacks(result.scenario.file, process) for process in result.processes):
        return []
    opens = "opens once talks at another have ended without a text, and never where nobody comes to that one"
    return [Text(f"A fall-back does not count here: a table that {opens}.", aside=True)]


def _cell(lookup: Lookup, metric: str, process: str, issue: str = "") -> tuple[str, ...]:
    return next(f for f in GOT if f.metric == metric).estimate(lookup(process, metric, issue))


def _issues(result: Result) -> list[Block]:
    """A table per issue, processes side by side with the difference to the first; open where any agrees on it."""
    lookup, labels, file = Lookup(result.summary), names(result.scenario, "processes"), result.scenario.file
    first = result.processes[0]
    blocks: list[Block] = []
    for issue, label in names(result.scenario, "issues").items():
        having = [p for p in result.processes if lookup(p, "agreed", issue) is not None]
        if not having:
            continue
        pairs = {p: lookup(p, "agreed_difference", issue) for p in having}
        more = [Figures(f"agreed, more than {labels[first]}")] if any(row is not None for row in pairs.values()) else []
        table = Table("", [Words("process"), *(Figures(f.head) for f in GOT), *more, Words("found or imposed")])
        for process in having:
            only = issue not in agenda(file, process, fallback=False)
            kind = "imposed by the values put in" if imposed_words(lookup, process, issue) else "found"
            name = labels[process] + (" (fall-back)" if only else "")
            difference: list[Cell] = ["" if pairs[process] is None else POINTS.difference(pairs[process])] if more else []
            table.row(name, *(_cell(lookup, f.metric, process, issue) for f in GOT), *difference, kind)
        best = max(having, key=lambda p: lookup(p, "agreed", issue).estimate)
        row = lookup(best, "agreed", issue)
        tied = [p for p in having if p != best and lookup(p, "agreed", issue).high >= row.low]
        alike = f", not told apart from {listed([named(labels[p]) for p in tied])}" if tied else ""
        most = f"in {figure(AGREED.estimate(row))} of worlds with {named(labels[best])}{alike}" if row.estimate else "in no world"
        blocks.append(Fold(f"{label}:", [table], more=f"agreed {most}", opened=row.estimate >= HARDLY))
    return blocks


def _again(result: Result) -> Section:
    command = ["gobetween", "compare", "scenario.yaml", "--worlds", str(result.count), "--seed", str(result.seed)]
    command += [part for process in result.processes for part in ("--process", process)] + set_options(result.scenario)
    where = "scenario.yaml lies in the folder of this study; run it there."
    return again(result.manifest, [*command, "--out", "again"], where)
