"""What would change the answer of a comparison, and how to change one thing and see the effect."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.scenario.evidence import uncertain
from sim.scenario.legible import clean
from sim.show.report.advice import Advice, parts, question
from sim.show.report.again import set_options
from sim.show.report.hinges import Moving, hinges
from sim.show.report.page import Block, Code, Fold, Section, Text, named
from sim.show.wording import path_words
from sim.show.written import names

if TYPE_CHECKING:
    from sim.study.compare import Result

RUN_IT = "scenario.yaml lies in the folder of this study; run it there, or name the file of the scenario in its place."


def what_would(result: Result, best: tuple[str, str] | None, found: Moving | None, advice: Sequence[Advice | str]) -> Section:
    """Which change of a process would help most, as far as it was asked, else how to ask; and the assumptions that move it."""
    blocks: list[Block] = []
    for number, one in enumerate(advice):
        if isinstance(one, str):
            blocks.append(Text(one, aside=True))
        else:
            blocks.append(Fold(clean(question(one)), parts(one, f"advice{number}-"), opened=True))
    if not blocks:
        labels, (first, other) = names(result.scenario, "processes"), best or (result.processes[0], None)
        text = f"Which single change of {named(labels[other or first])} would help most was not asked in this study"
        text += f"; nor what makes the difference to {named(labels[first])}" if other else ""
        text += ". Run this in the folder of this study, and make the report again, which then shows what is found:"
        blocks += [Text(text), Code(f"gobetween levers scenario.yaml {other or first} --out levers")]
        blocks += [Code(f"gobetween explain scenario.yaml {first} {other} --out explained")] if other else []
    if best and found:
        blocks += hinges(result, *best, found)
    return Section("What would change the answer", blocks, "change")


def how_to(result: Result, process: str, found: Moving | None) -> Section:
    """A command that changes one value, where its effect shows, and what else can be set."""
    path, value = _example(result, process, found)
    said = named(path_words(path, result.scenario.file))
    command = ["gobetween", "compare", "scenario.yaml", "--worlds", str(result.count), "--seed", str(result.seed)]
    command += [*set_options(result.scenario), "--set", f"{path}={value}", "--out", "changed"]
    return Section("How to change one thing", [
        Text(f"For example {said}: its key is {path}. {RUN_IT}"),
        Code(shlex.join(command)),
        Text(
            "The run stands beside the unchanged one, on the same draws: the screen shows per process what is agreed now and the "
            "difference, changed/changes.csv every difference with both intervals, and gobetween report changed a page of it. "
            "gobetween check scenario.yaml lists the keys that can be set; wherever this page lists assumptions, the key stands "
            "beside the label."
        ),
    ], "try")  # fmt: skip


def _example(result: Result, process: str, found: Moving | None) -> tuple[str, str]:
    """The single number that moves the result most, at the farther end of its range; a lever where chance may do it."""
    scenario, numbers = result.scenario, result.scenario.numbers()
    drawn = uncertain(scenario)
    for path, ends, *_ in found.told if found and found.beyond_chance else ():
        if drawn[path].absolute is not None and drawn[path].every_leaf == (path,):
            return path, f"{max((abs(end - numbers[path]), end) for end in ends)[1]:.3g}"
    file = scenario.file
    form = file.tables[file.processes[process].tables[0]].format
    return f"formats.{form}.monitoring", "0" if file.formats[form].monitoring else "1"
