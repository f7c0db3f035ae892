"""One world as a text that a diplomat could read: week by week, and what came of it.

The story hears every step of a run and tells what is new in its last world, which is the world of the same
number in any comparison with the same seed. What only repeats is left to a brief at the end of each quarter:
an occasion missed for the reason told last, an offer that has not moved, events that come nearly every week.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import BLOCK, Draws
from sim.model.keeping import ACCUSED, BROKEN, CONTESTED
from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, WORDS, Reason, Stage, State
from sim.model.tables import Rows, Table
from sim.model.world import World
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Event
from sim.show.inventory import levers
from sim.show.written import amount, names, points
from sim.study.compare import DEFAULT_SEED

WIDTH = 100
QUARTER = 13
"""Weeks from one brief to the next."""

FREQUENT = 0.1
"""Events at this rate per week or more are counted in the briefs; rarer and dated ones are told when they happen."""

HARDLY = 0.03
"""A front that moved less than this in a quarter has hardly moved; the whole way is from -1 to 1."""

OPENINGS = {"failed": "talks or a text have failed", "agreed": "a text is agreed", "in_force": "a text is in force"}

Details = dict[str, int]


def story(scenario: Scenario, *, process: str | None = None, world: int = 0, seed: int = DEFAULT_SEED) -> str:
    """One world of one process (the first, if none is named), told week by week.

    It is world number ``world``, counted from 0, of a comparison with the same seed. Raises ``ScenarioError``
    for a process the scenario does not have, ``ValueError`` for a number below 0.
    """
    if world < 0:
        raise ValueError(f"world: expected a whole number of at least 0, got {world}")
    (name,) = scenario.choose_processes([process or next(iter(scenario.file.processes))])
    told = Story(World(scenario, name, Draws(seed, world // BLOCK, world % BLOCK + 1)))
    return told.run(f"World {world} of seed {seed}")


@dataclass
class Seat:
    """What was told of a table, so that nothing is told twice."""

    away: list[int] = field(default_factory=lambda: [0, 0])  # reason last told, per side
    occasions: int = 0  # this quarter
    missed: int = 0  # of these
    offered: dict[int, tuple[int, ...]] = field(default_factory=dict)  # last offer told and its answer, per author
    since: int = 0  # week of entry into force
    suspended: int = 0  # week of suspension


class Story:
    """The last world of a run, as it is told."""

    def __init__(self, world: World) -> None:
        """Listen to ``world``, which has not begun."""
        self.world = world
        self.index = world.worlds - 1
        self.file = world.scenario.file
        self.parties, self.issues = names(world.scenario, "parties"), names(world.scenario, "issues")
        self.labels, self.events = names(world.scenario, "tables"), list(self.file.events)
        self.sides = [self.parties[side] for side in world.scenario.disputants]
        self.seats = {table.name: Seat() for table in world.tables}
        self.sentences: dict[str, list[str]] = {}  # this week's, by table; "" for events
        self.counted: dict[str, list[int]] = {}  # this quarter's events: happened, held back
        self.front = float(world.front[self.index])
        world.narrator = self.hear

    def run(self, title: str) -> str:
        """Live through all weeks and return the text."""
        text = [*self.opening(title), ""]
        while self.world.week < self.world.weeks:
            week = self.world.week
            self.world.step()
            if self.sentences:
                text += [f"{self.day(week)} (week {week + 1})", *self.paragraphs(), ""]
            if (week + 1) % QUARTER == 0 or week + 1 == self.world.weeks:
                text += [*self.brief(week), ""]
        self.world.run()  # no weeks are left: closes the record
        return "\n".join([*text, *self.closing()]) + "\n"

    def hear(self, week: int, table: str, what: str, rows: Rows, details: dict[str, NDArray[np.integer]]) -> None:
        """What the engine says of many worlds: if it is about this one, put it in words."""
        found = np.flatnonzero(rows == self.index)
        if what in SENTENCES and len(found):
            said = SENTENCES[what](self, table, {name: int(of[found[0]]) for name, of in details.items()})
            if said:
                self.sentences.setdefault(table, []).append(said)

    # ---------------------------------------------------------------- words

    def day(self, week: int) -> str:
        """The date on which a week begins."""
        day: date = self.file.start + timedelta(weeks=week)
        return f"{day.day} {day:%B %Y}"

    def who(self, side: int) -> str:
        """A side, or both."""
        return "both sides" if side == BOTH else self.sides[side]

    def text(self, table: Table, package: int) -> str:
        """A package in the words of the scenario's labels."""
        agenda = table.agenda
        found = []
        for issue, chosen, moved in zip(agenda.issues, agenda.packages[package], agenda.moved[package], strict=True):
            if moved:
                name, option = list(self.file.issues[issue].options.items())[chosen]
                found.append(f"{self.issues[issue]}: {option.label or name}")
        return "; ".join(found)

    def mediators(self, table: Table) -> str:
        """Those who host and draft."""
        return listed([self.parties[name] for name in table.form.mediators])

    def reason(self, whose: int, code: int) -> str:
        """Whose the reason is and what it was, as a clause."""
        words = WORDS[Reason(code)]
        if whose == NOBODY or code == Reason.NO_ZONE:
            return words
        return f"{self.who(whose)} {words}"

    def paragraphs(self) -> list[str]:
        """This week's sentences, events first, then table by table."""
        found = []
        for table in ["", *self.seats]:
            sentences = " ".join(self.sentences.get(table, []))
            if sentences:
                named = table and len(self.seats) > 1
                found.append(indented(f"{self.labels[table]}: {sentences}" if named else sentences))
        self.sentences = {}
        return found

    # ---------------------------------------------------------------- beginning, quarters, end

    def opening(self, title: str) -> list[str]:
        """What is told, who sits where, and what happened before."""
        process = self.file.processes[self.world.process]
        found = [self.file.title, f"{process.label or self.world.process}. {title}.", ""]
        for table in self.world.tables:
            agenda = ", ".join(self.issues[issue] for issue in table.agenda.issues)
            opens, meets = table.spec.opens, table.spec.meets
            wait = f" Opens once {OPENINGS[opens.when]} at the table {self.labels[opens.after]}." if opens else ""
            once = f" Meets once, in the week of {self.day(meets)}." if meets is not None else ""
            found.append(indented(f"{self.labels[table.name]} ({agenda}): {levers(table.form, self.parties)}.{wait}{once}"))
        before = [(e.week, e.label or name) for name, e in self.file.events.items() if e.week is not None and e.week < 0]
        if before:
            found += ["", "Before", *(indented(f"{self.day(week)}: {label}.") for week, label in sorted(before))]
        return found

    def brief(self, week: int) -> list[str]:
        """A quarter: how often what happens often did, occasions missed, delivery, the front."""
        found = []
        for name, (happened, held_back) in sorted(self.counted.items(), key=lambda item: self.events.index(item[0])):
            spared = f", held back by an agreement in {held_back} more" if held_back else ""
            found.append(f"{self.file.events[name].label or name}: {happened} {'week' if happened == 1 else 'weeks'}{spared}.")
        for name, seat in self.seats.items():
            table = self.world.table(name)
            if seat.missed:
                found.append(f"{self.labels[name]}: no meeting on {seat.missed} of {seat.occasions} occasions.")
            if table.state[self.index] in {State.IN_FORCE, State.SUSPENDED}:
                first, second = self.delivered(table)
                still = " while suspended" if table.state[self.index] == State.SUSPENDED else ""
                delivers = f"{self.sides[0]} delivers {first} of what it promised, {self.sides[1]} {second}{still}"
                found.append(f"{self.labels[name]}: {delivers}.")
            seat.occasions = seat.missed = 0
        front = float(self.world.front[self.index])
        moved = f"moved in favour of {self.sides[0 if front > self.front else 1]}" if abs(front - self.front) >= HARDLY else "hardly moved"
        found.append(f"The front {moved}.")
        self.front, self.counted = front, {}
        return [f"Weeks {week // QUARTER * QUARTER + 1} to {week + 1} in brief", *map(indented, found)]

    def delivered(self, table: Table) -> list[str]:
        """The share of its promise that each side delivers."""
        return [f"{share:.0%}" for share in table.agreement.delivered[self.index]]

    def closing(self) -> list[str]:
        """What came of it: each table, weeks, units, gains."""
        weeks, found = self.world.weeks, []
        gains = np.zeros(2)
        for table in self.world.tables:
            outcome = table.outcome
            stage, reason = Stage(int(outcome.stage[self.index])), int(outcome.reason[self.index])
            why = self.reason(int(outcome.whose[self.index]), reason)
            words = {
                Stage.APART: f"the sides never sat down; {why}", Stage.TALKED: f"talks and no text; {why}",
                Stage.AGREED: f"a text and none in force; {why}", Stage.IN_FORCE: f"an agreement; {why}",
                Stage.CARRIED_OUT: "an agreement that was carried out",
            }  # fmt: skip
            counts = ""
            if outcome.agreements[self.index]:
                units = [f"{amount(float(of[self.index]))} {unit.replace('_', ' ')}" for unit, of in outcome.units.items()]
                delivered = f"; delivered: {', '.join(units)}" if units else ""
                counts = f" {outcome.in_force[self.index]} of {weeks} weeks in force or suspended{delivered}."
            found.append(f"{self.labels[table.name]}: {words[stage]}.{counts}")
            gains += outcome.surplus[self.index] / weeks
        each = ", ".join(f"{side} {points(float(gain), sign=True)}" for side, gain in zip(self.sides, gains, strict=True))
        found.append(f"Gain over no agreement, in hundredths of utility per week: {each}.")
        return ["What came of it", *map(indented, found), "", "One world among many; a tool to compare processes, no forecast."]

    # ---------------------------------------------------------------- events, and who comes

    def event(self, _: str, d: Details) -> str:
        """Something happened: told where it is rare, counted where it is not."""
        name = self.events[d["event"]]
        if not frequent(self.file.events[name]):
            return f"{self.file.events[name].label or name}."
        self.counted.setdefault(name, [0, 0])[0] += 1
        return ""

    def held_back(self, _: str, d: Details) -> str:
        """An agreement kept something from happening."""
        name = self.events[d["event"]]
        if frequent(self.file.events[name]):
            self.counted.setdefault(name, [0, 0])[1] += 1
        return ""

    def answers(self, name: str, d: Details) -> str:
        """An occasion: who stays away and why, if that is news."""
        seat, given = self.seats[name], [d["first"], d["second"]]
        seat.occasions += 1
        seat.missed += any(given)
        news = any(given[side] not in {0, seat.away[side]} for side in (FIRST, SECOND))
        seat.away = [given[side] or seat.away[side] for side in (FIRST, SECOND)]
        if not news:
            return ""
        why = [WORDS[Reason(code)] for code in given]
        if all(given):
            if why[0] == why[1]:
                return f"Neither side came: both {why[0].replace('was ', 'were ')}."
            return f"Neither side came: {self.sides[0]} {why[0]}, {self.sides[1]} {why[1]}."
        side = FIRST if given[0] else SECOND
        return f"{self.sides[side]} did not come: it {why[side]}. {self.sides[1 - side]} was ready to."

    def sit_down(self, name: str, _: Details) -> str:
        """Both sides came."""
        self.seats[name].away, self.seats[name].offered = [0, 0], {}
        sessions = int(self.world.table(name).outcome.sessions[self.index])
        return f"Both sides came and talks began{' again' if sessions > 1 else ''}."

    def declare(self, _: str, __: Details) -> str:
        """Those present spoke."""
        return "Those present made a declaration; it binds nobody absent."

    # ---------------------------------------------------------------- talks

    def leak(self, _: str, __: Details) -> str:
        """Talks became known."""
        return "The talks became known."

    def expose(self, _: str, d: Details) -> str:
        """A denial did not stand."""
        return f"It came out that {self.who(marked(d))} had denied talks that were going on."

    def offer(self, name: str, d: Details) -> str:
        """One side proposed, the other answered."""
        author, refused = self.sides[d["whose"]], d["refused"]
        if refused == d["whose"]:
            told, answer = (refused,), f"{author} saw no text that would be better for it than none."
        else:
            because = f" because {author} had written it" if d["author"] else ""
            verb = "accepted" if refused == NOBODY else f"refused{because}"
            text = self.text(self.world.table(name), d["package"])
            told, answer = (d["package"], refused, d["author"]), f"{author} proposed a text ({text}); {self.sides[1 - d['whose']]} {verb}."
        return self.news(name, d["whose"], told, answer)

    def draft(self, name: str, d: Details) -> str:
        """Mediators put a text to both."""
        table, refused = self.world.table(name), d["refused"]
        because = " because of who had written it" if d["author"] else ""
        if refused == NOBODY:
            verb = "both sides accepted"
        elif refused == BOTH:
            verb = f"both sides refused{because}"
        else:
            verb = f"{self.sides[1 - refused]} accepted, {self.sides[refused]} refused{because}"
        answer = f"{self.mediators(table)} put forward a text ({self.text(table, d['package'])}); {verb}."
        return self.news(name, NOBODY, (d["package"], refused, d["author"]), answer)

    def news(self, name: str, author: int, told: tuple[int, ...], answer: str) -> str:
        """An offer and its answer, unless the author's last one was the same."""
        before = self.seats[name].offered.get(author)
        self.seats[name].offered[author] = told
        return "" if before == told else answer

    def fail(self, _: str, d: Details) -> str:
        """Talks ended without a text."""
        why = "no round was held in time" if d["whose"] == NOBODY else self.reason(d["whose"], d["reason"])
        return f"The talks ended without a text: {why}."

    def agree(self, _: str, __: Details) -> str:
        """A text was agreed."""
        return "The agreed text went to both capitals."

    def fall(self, _: str, d: Details) -> str:
        """A text was not ratified."""
        words, capital = WORDS[Reason(d["reason"])], f"the capital of {self.sides[d['whose']]}"
        return f"The text fell in {capital}: it {words.removeprefix('text fell at home: it ')}."

    # ---------------------------------------------------------------- in force

    def in_force(self, name: str, d: Details) -> str:
        """A text entered into force: how it was made, and for how long."""
        table = self.world.table(name)
        self.seats[name].since = self.world.week
        chairs = self.mediators(table)
        made = {
            "joint": "signed by both sides together", "mirrored": f"each side signing with {chairs}",
            "announced": f"announced by {chairs}, signed by nobody" if chairs else "announced, signed by nobody",
            "declaration": "as a declaration",
        }[table.form.instrument]  # fmt: skip
        lasts = int(table.agenda.lasts[d["package"]])
        silence = "silence then means " + ("an extension" if table.form.silence == "extension" else "that it lapses")
        term = f"for {table.form.term} weeks ({silence})" if table.form.term else "without an end date"
        carried = f", to be carried out in {lasts} weeks" if lasts else ""
        return f"Both capitals let the text pass. In force, {made}, {term}{carried}: {self.text(table, d['package'])}."

    def breach(self, _: str, d: Details) -> str:
        """Breaches, noticed or not, and what was claimed."""
        found = []
        for side, marks in enumerate((d["first"], d["second"])):
            contests = ", which it contests" if marks & CONTESTED else ""
            if marks & BROKEN and marks & ACCUSED:
                found.append(f"{self.sides[side]} broke the agreement and was accused of it{contests}.")
            elif marks & BROKEN:
                found.append(f"{self.sides[side]} broke the agreement unnoticed.")
            elif marks & ACCUSED:
                found.append(f"{self.sides[side]} was accused of a breach{contests}.")
        return " ".join(found)

    def suspend(self, name: str, d: Details) -> str:
        """The injured side suspended."""
        self.seats[name].suspended = self.world.week
        return f"{self.sides[1 - d['whose']]} suspended the agreement over the breach by {self.sides[d['whose']]}."

    def repair(self, name: str, _: Details) -> str:
        """Good offices brought it back."""
        table, weeks = self.world.table(name), self.world.week - self.seats[name].suspended
        by = f"Good offices of {self.mediators(table)}" if table.mediators else "The sides themselves"
        after = "in the same week" if not weeks else f"after {weeks} {'week' if weeks == 1 else 'weeks'}"
        return f"{by} repaired the suspension {after}."

    def refuse(self, _: str, d: Details) -> str:
        """The term was over and a side would not go on."""
        return f"The term was over and {self.who(d['whose'])} would not renew."

    def renew(self, name: str, d: Details) -> str:
        """A new term."""
        full = self.world.table(name).form.term
        return f"Renewed for {d['package']} weeks{'' if d['package'] == full else f' instead of {full}'}."

    def end(self, name: str, d: Details) -> str:
        """An agreement ended: what moved the side that left, and what it would say."""
        table, reason = self.world.table(name), Reason(d["reason"])
        weeks = int(table.agreement.age[self.index])
        found = f"The agreement ended after {weeks} {'week' if weeks == 1 else 'weeks'}: {self.reason(d['whose'], reason)}."
        if d["whose"] != NOBODY:
            cited = Reason(int(table.outcome.cited[self.index]))
            found += f" It would say {'so' if cited == reason else f'that it {WORDS[cited]}'}."
            first, second = self.delivered(table)
            found += f" By then {self.sides[0]} delivered {first} of what it had promised, {self.sides[1]} {second}."
        return found


SENTENCES = {
    "event": Story.event, "held back": Story.held_back, "answers": Story.answers, "sit down": Story.sit_down,
    "declare": Story.declare, "leak": Story.leak, "expose": Story.expose, "offer": Story.offer, "draft": Story.draft,
    "fail": Story.fail, "agree": Story.agree, "fall": Story.fall, "in force": Story.in_force, "breach": Story.breach,
    "suspend": Story.suspend, "repair": Story.repair, "refuse": Story.refuse, "renew": Story.renew, "end": Story.end,
}  # fmt: skip
"""What is told, by the name it has in the engine; "stay away", "text" and "violate" say less than their neighbours."""


def frequent(event: Event) -> bool:
    """Whether an event is counted rather than told."""
    return event.rate is not None and event.rate >= FREQUENT


def marked(d: Details) -> int:
    """The side that is marked, or both."""
    return BOTH if d["first"] and d["second"] else FIRST if d["first"] else SECOND


def listed(words: list[str]) -> str:
    """Names in a row."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def indented(sentence: str) -> str:
    """A paragraph, set in from the margin."""
    return textwrap.fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
