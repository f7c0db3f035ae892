"""What happens in one world, step by step, in sentences.

A narrator hears every step of a run and puts in words what is new in its last world. What only repeats is
counted or left out: an occasion missed for the reason told last, an offer that has not moved and the same
answer to it, events that come often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.model.arrays import Rows
from sim.model.keeping import ACCUSED, BROKEN, CONTESTED
from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, WORDS, Reason
from sim.model.tables import Table
from sim.model.world import World
from sim.scenario.schema import Event, InForce
from sim.show.written import names

FREQUENT = 0.1
"""Events at this rate per week or more are counted; rarer and dated ones are told when they happen."""

Details = dict[str, int]


@dataclass
class Seat:
    """What was told of a table, so that nothing is told twice."""

    away: list[int] = field(default_factory=lambda: [0, 0])  # reason last told, per side
    occasions: int = 0  # this quarter
    missed: int = 0  # of these
    offered: dict[int, tuple[int, ...]] = field(default_factory=dict)  # last offer told, per author, or draft and answers
    answered: dict[int, tuple[int, ...]] = field(default_factory=dict)  # last answer told, per author of the text
    suspended: int = 0  # week of suspension
    term: int = 0  # weeks, last agreed


class Narrator:
    """Sentences about the last world of a run, by table, as they fall due."""

    def __init__(self, world: World) -> None:
        """Listen to ``world``, which has not begun."""
        self.world = world
        self.index = world.worlds - 1
        self.file = world.conflict.file
        self.parties, self.issues = names(world.conflict, "parties"), names(world.conflict, "issues")
        self.labels, self.events = names(world.conflict, "tables"), names(world.conflict, "events")
        self.event_names = list(self.file.events)
        self.sides = [self.parties[side] for side in world.conflict.disputants]
        self.seats = {table.name: Seat() for table in world.tables}
        self.sentences: dict[str, list[str]] = {}
        """What is new since it was last taken, by table; "" for events."""
        self.counted: dict[str, list[int]] = {}
        """Frequent events since the count was last taken: happened, held back."""
        world.narrator = self.hear
        for table in world.tables:
            if table.spec.in_force is not None:
                self.seats[table.name].term = table.form.term or 0
                self.sentences[table.name] = [self.in_force_already(table, table.spec.in_force)]

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

    def delivered(self, table: Table) -> list[str]:
        """The share of its promise that each side delivers."""
        return [f"{share:.0%}" for share in table.agreement.delivered[self.index]]

    def mediators(self, table: Table) -> str:
        """Those who host and draft."""
        return listed([self.parties[name] for name in table.form.mediators])

    def reason(self, whose: int, code: int) -> str:
        """Whose the reason is and what it was, as a clause."""
        words = WORDS[Reason(code)]
        if whose == NOBODY or code == Reason.NO_ZONE:
            return words
        return f"{self.who(whose)} {words}"

    # ---------------------------------------------------------------- events, and who comes

    def event(self, _: str, d: Details) -> str:
        """Something happened: told where it is rare, counted where it is not."""
        name = self.event_names[d["event"]]
        if not frequent(self.file.events[name]):
            return f"{self.events[name]}."
        self.counted.setdefault(name, [0, 0])[0] += 1
        return ""

    def held_back(self, _: str, d: Details) -> str:
        """An agreement kept something from happening."""
        name = self.event_names[d["event"]]
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
        seat = self.seats[name]
        seat.away, seat.offered, seat.answered = [0, 0], {}, {}
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
        """One side proposed."""
        text = self.text(self.world.table(name), d["package"])
        said = f"{self.sides[d['whose']]} proposed a text ({text})."
        return news(self.seats[name].offered, d["whose"], (d["package"],), said)

    def answer(self, name: str, d: Details) -> str:
        """One side accepted or refused what the other had proposed last."""
        author = self.sides[d["whose"]]
        because = f" because {author} had written it" if d["author"] else ""
        verb = "accepted" if d["refused"] == NOBODY else "refused"
        said = f"{self.sides[1 - d['whose']]} {verb} the text of {author}{because}."
        return news(self.seats[name].answered, d["whose"], (d["package"], d["refused"], d["author"]), said)

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
        said = f"{self.mediators(table)} put forward a text ({self.text(table, d['package'])}); {verb}."
        return news(self.seats[name].offered, NOBODY, (d["package"], refused, d["author"]), said)

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
        self.seats[name].term = table.form.term or 0
        lasts = int(table.agenda.lasts[d["package"]])
        silence = "silence then means " + ("an extension" if table.form.silence == "extension" else "that it lapses")
        term = f"for {table.form.term} weeks ({silence})" if table.form.term else "without an end date"
        carried = f", to be carried out in {lasts} weeks" if lasts else ""
        made = f"{self.made(table)}, {term}{carried}"
        return f"Both capitals let the text pass. In force, {made}: {self.text(table, d['package'])}."

    def made(self, table: Table) -> str:
        """How a text of a table is made."""
        chairs = self.mediators(table)
        return {
            "joint": "signed by both sides together", "mirrored": f"each side signing with {chairs}",
            "announced": f"announced by {chairs}, signed by nobody" if chairs else "announced, signed by nobody",
            "declaration": "as a declaration",
        }[table.form.instrument]  # fmt: skip

    def in_force_already(self, table: Table, found: InForce) -> str:
        """An agreement is in force as the story begins."""
        left = int(table.agreement.left[self.index])
        age = f" for {in_weeks(found.age)}" if found.age else ""
        term = f", {in_weeks(left)} left of its term" if left > 0 else ""
        state = f", suspended over a breach of which {self.parties[found.accused]} is accused" if found.accused else ""
        text = self.text(table, int(table.agreement.package[self.index]))
        return f"Already in force{age}, {self.made(table)}{term}{state}: {text}."

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
        after = f"after {in_weeks(weeks)}" if weeks else "in the same week"
        return f"{by} repaired the suspension {after}."

    def refuse(self, _: str, d: Details) -> str:
        """The term was over and a side would not go on."""
        return f"The term was over and {self.who(d['whose'])} would not renew."

    def renew(self, name: str, d: Details) -> str:
        """A new term."""
        seat, term = self.seats[name], d["package"]
        before, seat.term = seat.term, term
        return f"Renewed for {in_weeks(term)}{'' if term == before else f' instead of {before}'}."

    def end(self, name: str, d: Details) -> str:
        """An agreement ended: what moved the side that left, and what it would say."""
        table, reason = self.world.table(name), Reason(d["reason"])
        lasted = in_weeks(int(table.agreement.age[self.index]))
        found = f"The agreement ended after {lasted}: {self.reason(d['whose'], reason)}."
        if d["whose"] != NOBODY:
            cited = Reason(int(table.outcome.cited[self.index]))
            found += f" It would say {'so' if cited == reason else f'that it {WORDS[cited]}'}."
            first, second = self.delivered(table)
            found += f" By then {self.sides[0]} delivered {first} of what it had promised, {self.sides[1]} {second}."
        return found


SENTENCES = {
    "event": Narrator.event, "held back": Narrator.held_back, "answers": Narrator.answers,
    "sit down": Narrator.sit_down, "declare": Narrator.declare, "leak": Narrator.leak, "expose": Narrator.expose,
    "offer": Narrator.offer, "answer": Narrator.answer, "draft": Narrator.draft, "fail": Narrator.fail,
    "agree": Narrator.agree, "fall": Narrator.fall, "in force": Narrator.in_force, "breach": Narrator.breach,
    "suspend": Narrator.suspend, "repair": Narrator.repair, "refuse": Narrator.refuse, "renew": Narrator.renew,
    "end": Narrator.end,
}  # fmt: skip
"""What is told, by the name it has in the engine; "stay away", "text" and "violate" say less than their neighbours."""


def news(before: dict[int, tuple[int, ...]], author: int, told: tuple[int, ...], said: str) -> str:
    """A sentence on an author's text, unless the last one was the same; ``before`` is brought up to date."""
    same = before.get(author) == told
    before[author] = told
    return "" if same else said


def frequent(event: Event) -> bool:
    """Whether an event is counted rather than told."""
    return event.rate is not None and event.rate >= FREQUENT


def in_weeks(count: int) -> str:
    """So many weeks."""
    return f"{count} {'week' if count == 1 else 'weeks'}"


def marked(d: Details) -> int:
    """The side that is marked, or both."""
    return BOTH if d["first"] and d["second"] else FIRST if d["first"] else SECOND


def listed(words: list[str]) -> str:
    """Names in a row."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
