"""One world as a text that a diplomat could read: week by week, a brief each quarter, and what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from sim.model.agents import World
from sim.model.reasons import ALL, FIRST, SECOND, WORDS, Reason, Stage, State
from sim.model.records import Table
from sim.scenario.arguments import MOST_WORLDS, seed_of, whole
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.show.inventory import levers
from sim.show.steps import Narrator, in_weeks
from sim.show.tables import LEAST, text_lines
from sim.show.written import amount, points
from sim.study.compare import DEFAULT_SEED

WIDTH = 100
MOST_WIDTH = 10_000
"""Characters of a line: where no other number is asked for, and the largest number."""

QUARTER = 13
"""Weeks from one brief to the next."""

HARDLY = 0.05
"""A front that moved less than this in a quarter has hardly moved; the whole way is from -1 to 1."""

DISCLAIMER = "One world among many; a tool to compare processes, no forecast."
OPENINGS = {"failed": "talks or a text have failed", "agreed": "a text is agreed", "in_force": "a text is in force"}


FORMS = ("text", "markdown", "json")


@dataclass(frozen=True)
class Section:
    """A heading, empty where there is none, and what is said under it."""

    heading: str
    said: list[str]


@dataclass(frozen=True)
class Told:
    """A story: what it is of, a section per week in which something happened, per quarter, and for what came of it."""

    title: str
    what: str
    sections: list[Section]

    def text(self, width: int) -> str:
        """Lines of at most ``width`` characters."""
        lines = [self.title, self.what, ""]
        for section in self.sections:
            lines += [section.heading] if section.heading else []
            lines += [*map(indented, section.said), ""]
        return "\n".join(_wrapped([*lines, DISCLAIMER], width)) + "\n"

    def markdown(self) -> str:
        """The same as Markdown; no word of it is taken for a mark."""
        lines = [f"# {_escaped(self.title)}", "", _escaped(self.what), ""]
        for section in self.sections:
            lines += [f"## {_escaped(section.heading)}", ""] if section.heading else []
            lines += [*(f"- {_escaped(sentence)}" for sentence in section.said), ""]
        return "\n".join([*lines, f"*{DISCLAIMER}*"]) + "\n"

    def json(self) -> str:
        """The same as JSON: title, what, sections with heading and said."""
        return json.dumps(asdict(self) | {"note": DISCLAIMER}, indent=2, ensure_ascii=False) + "\n"


def story(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    *,
    process: str | None = None,
    world: int = 0,
    seed: int = DEFAULT_SEED,
    width: int = WIDTH,
    form: str = "text",
) -> str:
    """One world of one process (the first, if none is named), told week by week, as text, markdown or json.

    It is world number ``world``, counted from 0, of a comparison with the same seed; no line of text is longer than ``width``
    characters, at least 60. Raises ``ScenarioError`` for a process the scenario does not have, and for a number or form that
    is none.
    """
    scenario = scenario_of(scenario)
    world, seed = whole("world", world, most=MOST_WORLDS - 1), seed_of(seed)
    width = whole("width", width, least=LEAST, most=MOST_WIDTH)
    if form not in FORMS:
        raise refuse("form", f"got {shown(form)}, expected {', '.join(FORMS)}{hint(form, FORMS)}")
    (name,) = scenario.choose_processes([process or next(iter(scenario.file.processes))])
    told = Teller(Narrator(World(scenario, name, seed=seed, number=world))).told(f"World {world} of seed {seed}")
    return told.text(width) if form == "text" else told.markdown() if form == "markdown" else told.json()


class Teller:
    """What frames the sentences of a narrator: dates, briefs, a beginning and an end."""

    def __init__(self, narrator: Narrator) -> None:
        """Tell what ``narrator`` will hear."""
        self.narrator = narrator
        self.world = narrator.world
        self.file = self.world.conflict.file
        self.front = self.world.record.front

    def told(self, title: str) -> Told:
        """Live through all weeks and tell of them."""
        process = self.file.processes[self.world.process]
        sections = list(self.opening())
        while self.world.week < self.file.weeks:
            week = self.world.week
            self.narrator.live_a_week()
            paragraphs = self.paragraphs()
            if paragraphs:
                sections.append(Section(f"{self.narrator.day(week)} (week {week + 1})", paragraphs))
            if (week + 1) % QUARTER == 0 or week + 1 == self.file.weeks:
                sections.append(self.brief(week))
        return Told(self.file.title, f"{process.label or self.world.process}. {title}.", [*sections, self.closing()])

    def opening(self) -> Iterator[Section]:
        """Who sits where, and what happened before."""
        told, found = self.narrator, []
        for place, table in enumerate(told.tables):
            agenda = ", ".join(told.issues[issue] for issue in table.agenda.issues)
            opens, meets = table.spec.opens, table.spec.meets
            wait = f" Opens once {OPENINGS[opens.when]} at the table {told.labels[opens.after]}." if opens else ""
            once = f" Meets once, in the week of {told.day(meets)}." if meets is not None else ""
            form = levers(table.form, told.parties, monitoring=self.world.tables[place].monitoring)
            found.append(f"{told.labels[table.name]} ({agenda}): {form}.{wait}{once}")
        yield Section("", found)
        before = [(event.week, name) for name, event in self.file.events.items() if event.week is not None and event.week < 0]
        if before:
            yield Section("Before", [f"{told.day(week)}: {told.events[name]}." for week, name in sorted(before)])

    def paragraphs(self) -> list[str]:
        """This week's sentences, events first, then table by table; a single table goes without its name."""
        found = []
        for table in ["", *self.narrator.seats]:
            sentences = " ".join(self.narrator.sentences.get(table, []))
            if sentences:
                named = table and len(self.narrator.seats) > 1
                found.append(f"{self.narrator.labels[table]}: {sentences}" if named else sentences)
        self.narrator.sentences = {}
        return found

    def brief(self, week: int) -> Section:
        """A quarter: how often what happens often did, occasions missed, delivery, the front."""
        told, found = self.narrator, []
        for name in sorted(told.counted, key=list(self.file.events).index):
            happened, held_back = told.counted[name]
            spared = f", held back by an agreement in {held_back} more" if held_back else ""
            found.append(f"{told.events[name]}: {in_weeks(happened)}{spared}.")
        for place, (name, seat) in enumerate(told.seats.items()):
            if seat.missed:
                found.append(f"{told.labels[name]}: no meeting on {seat.missed} of {seat.occasions} occasions.")
            state = self.world.tables[place].state
            if state in {State.IN_FORCE, State.SUSPENDED}:
                first, second = told.delivered(place)
                still = ", suspended" if state == State.SUSPENDED else ""
                delivers = f"{told.sides[0]} delivers {first} of what it promised, {told.sides[1]} {second}"
                found.append(f"{told.labels[name]}{still}: {delivers}.")
            seat.occasions = seat.missed = 0
        front = self.world.record.front
        moved = f"moved in favour of {told.sides[FIRST if front > self.front else SECOND]}"
        found.append(f"The front {moved if abs(front - self.front) >= HARDLY else 'hardly moved'}.")
        self.front, told.counted = front, {}
        return Section(f"Weeks {week // QUARTER * QUARTER + 1} to {week + 1} in brief", found)

    def closing(self) -> Section:
        """What came of it: each table, weeks, units, gains."""
        told, found, gains = self.narrator, [], np.zeros(len(self.narrator.sides))
        for table, of in zip(self.world.tables, told.tables, strict=True):
            counts, outcome = "", table.outcome
            if outcome.agreements:
                delivered = dict.fromkeys(sorted(set(of.units)), 0.0)
                for name, unit in zip(of.units, table.units, strict=False):
                    delivered[name] += unit.delivered
                units = [f"{amount(much)} {name.replace('_', ' ')}" for name, much in delivered.items()]
                brought = f"; delivered: {', '.join(units)}" if units else ""
                counts = f" {outcome.in_force} of {self.file.weeks} weeks in force or suspended{brought}."
            found.append(f"{told.labels[of.name]}: {self.verdict(table)}.{counts}")
            gains += np.array([seat.surplus for seat in table.seats]) / self.file.weeks
        each = ", ".join(f"{side} {points(float(gain), sign=True)}" for side, gain in zip(told.sides, gains, strict=True))
        found.append(f"Gain over no agreement, in hundredths of utility per week: {each}.")
        return Section("What came of it", found)

    def verdict(self, table: Table) -> str:
        """How far a table got, and why no further."""
        outcome = table.outcome
        stage, reason, whose = Stage(outcome.stage), Reason(outcome.reason), outcome.whose
        if stage == Stage.APART:
            if whose == ALL:  # the reason on record is that of the side less ready to come
                return f"the sides never sat down; at the last occasion neither came, and the more reluctant {WORDS[reason]}"
            return f"the sides never sat down; {self.narrator.reason(whose, reason)}"
        if stage == Stage.CARRIED_OUT:
            return "an agreement that was carried out"
        far = {Stage.TALKED: "talks and no text", Stage.AGREED: "a text and none in force", Stage.IN_FORCE: "an agreement"}[stage]
        return f"{far}; {self.narrator.reason(whose, reason)}"


def indented(sentence: str) -> str:
    """A paragraph, set in from the margin."""
    return f"  {sentence}"


def _wrapped(paragraphs: list[str], width: int) -> Iterator[str]:
    """Paragraphs as lines, each set in further than its first."""
    for paragraph in paragraphs:
        hang = len(paragraph) - len(paragraph.lstrip()) + 2
        yield from (line.plain for line in text_lines(paragraph, width, hang=hang))


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", words)
