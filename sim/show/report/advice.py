"""The reports of levers, of an explanation and of proposals, as pages of their own and as parts of the page of a comparison."""

from __future__ import annotations

import json

from sim.show.explain import sides
from sim.show.levers import question_words
from sim.show.report.again import again, set_options
from sim.show.report.answer import DISCLAIMER
from sim.show.report.drawn import charts
from sim.show.report.page import TOPIC, Block, Page, Section, Text, named
from sim.show.report.recorded import recorded
from sim.show.written import names
from sim.study.advice.design import Designs
from sim.study.advice.explain import AGAINST, Explanation
from sim.study.advice.levers import Levers

CAPTIONS = {
    "levers": "What each change of one lever would do, on the same worlds.",
    "waterfall": "What each part has of the difference.",
    "proposals": "What is kept under each proposal, and under the formats that are known.",
}
WHERE = "scenario.yaml lies in the folder of this study; run it there."

Advice = Levers | Explanation | Designs


def question(found: Advice) -> str:
    """What a study asks, as a reader would."""
    if isinstance(found, Levers):
        label = names(found.scenario, "processes")[found.process]
        what = question_words(found.scenario, found.question.metric, found.question.issue)
        return f"Which single change of {named(label)} would help most? Counted: {what}."
    if isinstance(found, Designs):
        issues = names(found.scenario, "issues")
        return f"What should be proposed for {', '.join(named(issues[issue], form=TOPIC) for issue in found.space.issues)}?"
    ours, theirs = sides(found)
    return f"What makes the difference between {named(ours)} and {named(theirs)}?"


def parts(found: Advice, of: str = "") -> list[Block]:
    """What was found in words, the chart, the tables."""
    return [*recorded(found, sentences=True), *charts(found, CAPTIONS, {}, of), *recorded(found)]


def page(found: Advice) -> Page:
    """The page of levers, an explanation or proposals."""
    asked = found.manifest
    kind = {Levers: "Levers, one at a time", Explanation: "An explanation", Designs: "Proposals"}[type(found)]
    return Page(
        found.scenario.file.title,
        f"{kind}: {asked['worlds']:,} simulated worlds. {DISCLAIMER}",
        [Section("The question", [Text(question(found))]), Section("What was found", parts(found))],
        [again(asked, _command(found), WHERE)],
    )


def _command(found: Advice) -> list[str]:
    """The command that makes it again."""
    asked = found.manifest
    if isinstance(found, Designs):
        limits = [f"--fixed={lever}={json.dumps(value)}" for lever, value in asked["settled"].items()]
        for lever, left in asked["searched"].items():
            limits += [f"--never={lever}={json.dumps(value)}" for value in found.space.said[lever] if value not in left]
        of = [part for issue in found.space.issues for part in ("--issue", issue)]
        run = ["--proposals", str(asked["proposals"]), "--worlds", str(asked["worlds"]), "--seed", str(asked["seed"])]
        return ["gobetween", "design", "scenario.yaml", *of, *limits, *run, *set_options(found.scenario), "--out", "again"]
    issues = asked["issue"].split()
    if isinstance(found, Levers):
        of = ["levers", "scenario.yaml", found.process]
    else:
        second = ["--against", f"{AGAINST}scenario.yaml"] if "against" in asked else [found.asked.processes[1]]
        of = ["explain", "scenario.yaml", found.asked.processes[0], *second]
    issue = ["--issue", issues[0]] if len(issues) == 1 else []
    run = ["--metric", asked["metric"], *issue, "--worlds", str(asked["worlds"]), "--seed", str(asked["seed"])]
    return ["gobetween", *of, *run, *set_options(found.scenario), "--out", "again"]
