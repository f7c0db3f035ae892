"""What happens in one world, step by step, in sentences.

A narrator reads the incidents of a world week by week and puts in words what is new. What only repeats is
counted or left out: an occasion missed for the reason told last, an offer that has not moved and the same
answer to it, events that come often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from sim.model.agents import Incident, World
from sim.model.codes import Breach, Kind
from sim.model.program import TableOf
from sim.model.reasons import ALL, FIRST, NO_ZONE, NOBODY, SECOND, WORDS, Reason
from sim.scenario.schema import Event, InForce
from sim.show.written import names

FREQUENT = 0.1
"""Events at this rate per week or more are counted; rarer and dated ones are told when they happen."""


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
    """Sentences about a world, by table, as they fall due."""

    def __init__(self, world: World) -> None:
        """Tell of ``world``, which has not begun."""
        self.world = world
        self.file = world.conflict.file
        self.parties, self.issues = names(world.conflict, "parties"), names(world.conflict, "issues")
        self.labels, self.events = names(world.conflict, "tables"), names(world.conflict, "events")
        self.event_names, self.issue_names = list(self.file.events), world.program.issues
        self.sides = [self.parties[side] for side in world.conflict.disputants]
        self.tables = world.program.tables
        self.seats = {table.name: Seat() for table in self.tables}
        self.sentences: dict[str, list[str]] = {}
        """What is new since it was last taken, by table; "" for events."""
        self.counted: dict[str, list[int]] = {}
        """Frequent events since the count was last taken: happened, held back."""
        self.told = len(world.incidents)
        for n, table in enumerate(self.tables):
            if table.spec.in_force is not None:
                self.seats[table.name].term = table.form.term or 0
                self.sentences[table.name] = [self.in_force_already(n, table.spec.in_force)]

    def live_a_week(self) -> None:
        """Step the world and put in words what happened; incidents of several sides at once are told together."""
        self.world.step()
        new, self.told = self.world.incidents[self.told :], len(self.world.incidents)
        for (place, kind), group in groupby(new, key=lambda i: (i.table, TOGETHER.get(i.kind, i.kind))):
            told, name = list(group), self.tables[place].name if place >= 0 else ""
            if kind in SENTENCES:
                said = SENTENCES[kind](self, place, told)
                if said:
                    self.sentences.setdefault(name, []).append(said)

    # ---------------------------------------------------------------- words

    def day(self, week: int) -> str:
        """The date on which a week begins."""
        day: date = self.file.start + timedelta(weeks=week)
        return f"{day.day} {day:%B %Y}"

    def who(self, side: int) -> str:
        """A side, or both."""
        return "both sides" if side == ALL else self.sides[side]

    def seat(self, place: int) -> Seat:
        """What was told of a table."""
        return self.seats[self.tables[place].name]

    def text(self, place: int, package: int) -> str:
        """A package in the words of the scenario's labels."""
        agenda = self.tables[place].agenda
        found = []
        for issue, chosen, moved in zip(agenda.issues, agenda.packages[package], agenda.moved[package], strict=True):
            if moved:
                name, option = list(self.file.issues[issue].options.items())[chosen]
                found.append(f"{self.issues[issue]}: {option.label or name}")
        return "; ".join(found)

    def delivered(self, place: int) -> list[str]:
        """The share of its promise that each side delivers."""
        return [f"{seat.delivered:.0%}" for seat in self.world.tables[place].seats]

    def mediators(self, table: TableOf) -> str:
        """Those who host and draft."""
        return listed([self.parties[name] for name in table.form.mediators])

    def reason(self, whose: int, code: int) -> str:
        """Whose the reason is and what it was, as a clause."""
        words = WORDS[Reason(code)]
        if whose == NOBODY or code in NO_ZONE:
            return words
        return f"{self.who(whose)} {words}"

    # ---------------------------------------------------------------- events, and who comes

    def event(self, _: int, told: Incidents) -> str:
        """Something happened: told where it is rare, counted where it is not."""
        found = []
        for one in told:
            name = self.event_names[one.detail]
            if frequent(self.file.events[name]):
                self.counted.setdefault(name, [0, 0])[0] += 1
            else:
                found.append(f"{self.events[name]}.")
        return " ".join(found)

    def held_back(self, _: int, told: Incidents) -> str:
        """An agreement kept something from happening."""
        for one in told:
            name = self.event_names[one.detail]
            if frequent(self.file.events[name]):
                self.counted.setdefault(name, [0, 0])[1] += 1
        return ""

    def occasion(self, place: int, told: Incidents) -> str:
        """An occasion: who stays away and why, if that is news."""
        seat, given, said = self.seat(place), [0, 0], ""
        for one in told:
            if one.kind == Kind.AWAY:
                given[one.whose] = one.reason
                if one.detail not in {one.reason, Reason.NONE}:
                    said += f" {self.sides[one.whose]} would say that it {WORDS[Reason(one.detail)]}."
        seat.occasions += 1
        seat.missed += any(given)
        new = any(given[side] not in {0, seat.away[side]} for side in (FIRST, SECOND))
        seat.away = [given[side] or seat.away[side] for side in (FIRST, SECOND)]
        if not new:
            return ""
        why = [WORDS[Reason(code)] for code in given]
        if all(given):
            if why[0] == why[1]:
                return f"Neither side came: both {why[0].replace('was ', 'were ')}.{said}"
            return f"Neither side came: {self.sides[0]} {why[0]}, {self.sides[1]} {why[1]}.{said}"
        side = FIRST if given[0] else SECOND
        return f"{self.sides[side]} did not come: it {why[side]}. {self.sides[1 - side]} was ready to.{said}"

    def sit_down(self, place: int, incidents: Incidents) -> str:
        """Both sides came, and what for."""
        seat = self.seat(place)
        seat.away, seat.offered, seat.answered = [0, 0], {}, {}
        said = f"Both sides came and talks began{' again' if self.world.tables[place].outcome.sessions > 1 else ''}"
        shown = [self.sides[n] for n in (FIRST, SECOND) if incidents[-1].detail >> n & 1]
        return f"{said}; {' and '.join(shown)} came to be seen to talk, without hope of a text." if shown else f"{said}."

    def declare(self, _: int, __: Incidents) -> str:
        """Those present spoke."""
        return "Those present made a declaration; it binds nobody absent."

    def freeze(self, _: int, told: Incidents) -> str:
        """A channel froze."""
        return " ".join(f"{self.issues[self.issue_names[one.detail]]}: the channel froze." for one in told)

    def thaw(self, _: int, told: Incidents) -> str:
        """A channel opened again."""
        return " ".join(f"{self.issues[self.issue_names[one.detail]]}: the channel opened again." for one in told)

    # ---------------------------------------------------------------- talks

    def leak(self, _: int, __: Incidents) -> str:
        """Talks became known."""
        return "The talks became known."

    def expose(self, _: int, told: Incidents) -> str:
        """A denial did not stand."""
        whose = ALL if len(told) > 1 else told[0].whose
        return f"It came out that {self.who(whose)} had denied talks that were going on."

    def offer(self, place: int, told: Incidents) -> str:
        """One side proposed."""
        one = told[0]
        said = f"{self.sides[one.whose]} proposed a text ({self.text(place, one.detail)})."
        return news(self.seat(place).offered, one.whose, (one.detail,), said)

    def answer(self, place: int, told: Incidents) -> str:
        """One side accepted or refused what the other had proposed last."""
        one = told[0]
        author = 1 - one.whose
        because = f" because {self.sides[author]} had written it" if one.reason == Reason.DEVALUATION else ""
        verb = "refused" if one.reason else "accepted"
        said = f"{self.sides[one.whose]} {verb} the text of {self.sides[author]}{because}."
        return news(self.seat(place).answered, author, (one.detail, one.reason), said)

    def draft(self, place: int, told: Incidents) -> str:
        """Mediators put a text to both."""
        one, refused = told[0], told[0].whose
        because = " because of who had written it" if one.reason == Reason.DEVALUATION else ""
        if refused == NOBODY:
            verb = "both sides accepted"
        elif refused == ALL:
            verb = f"both sides refused{because}"
        else:
            verb = f"{self.sides[1 - refused]} accepted, {self.sides[refused]} refused{because}"
        said = f"{self.mediators(self.tables[place])} put forward a text ({self.text(place, one.detail)}); {verb}."
        return news(self.seat(place).offered, NOBODY, (one.detail, refused, one.reason), said)

    def fail(self, _: int, told: Incidents) -> str:
        """Talks ended without a text."""
        one = told[0]
        why = "no round was held in time" if one.whose == NOBODY else self.reason(one.whose, one.reason)
        return f"The talks ended without a text: {why}."

    def agree(self, _: int, __: Incidents) -> str:
        """A text was agreed."""
        return "The agreed text went to both capitals."

    def fall(self, _: int, told: Incidents) -> str:
        """A text was not ratified."""
        words, capital = WORDS[told[0].reason], f"the capital of {self.sides[told[0].whose]}"
        return f"The text fell in {capital}: it {words.removeprefix('text fell at home: it ')}."

    # ---------------------------------------------------------------- in force

    def in_force(self, place: int, told: Incidents) -> str:
        """A text entered into force: how it was made, and for how long."""
        table, package = self.tables[place], told[0].detail
        self.seat(place).term = table.form.term or 0
        lasts = int(table.agenda.lasts[package])
        silence = "silence then means " + ("an extension" if table.form.silence == "extension" else "that it lapses")
        term = f"for {table.form.term} weeks ({silence})" if table.form.term else "without an end date"
        carried = f", to be carried out in {lasts} weeks" if lasts else ""
        made = f"{self.made(table)}, {term}{carried}"
        return f"Both capitals let the text pass. In force, {made}: {self.text(place, package)}."

    def made(self, table: TableOf) -> str:
        """How a text of a table is made."""
        chairs = self.mediators(table)
        return {
            "joint": "signed by both sides together", "mirrored": f"each side signing with {chairs}",
            "announced": f"announced by {chairs}, signed by nobody" if chairs else "announced, signed by nobody",
            "declaration": "as a declaration",
        }[table.form.instrument]  # fmt: skip

    def in_force_already(self, place: int, found: InForce) -> str:
        """An agreement is in force as the story begins."""
        agreement = self.world.tables[place].agreement
        age = f" for {in_weeks(found.age)}" if found.age else ""
        term = f", {in_weeks(agreement.left)} left of its term" if agreement.left > 0 else ""
        state = f", suspended over a breach of which {self.parties[found.accused]} is accused" if found.accused else ""
        return f"Already in force{age}, {self.made(self.tables[place])}{term}{state}: {self.text(place, agreement.package)}."

    def breach(self, _: int, told: Incidents) -> str:
        """Breaches, noticed or not, and what was claimed."""
        found = []
        for one in told:
            side, marks = self.sides[one.whose], one.detail
            contests = ", which it contests" if marks & Breach.CONTESTED else ""
            if marks & Breach.BROKEN and marks & Breach.ACCUSED:
                found.append(f"{side} broke the agreement and was accused of it{contests}.")
            elif marks & Breach.BROKEN:
                found.append(f"{side} broke the agreement unnoticed.")
            elif marks & Breach.ACCUSED:
                found.append(f"{side} was accused of a breach{contests}.")
        return " ".join(found)

    def suspend(self, place: int, told: Incidents) -> str:
        """The injured side suspended."""
        one = told[0]
        self.seat(place).suspended = one.week
        return f"{self.sides[1 - one.whose]} suspended the agreement over the breach by {self.sides[one.whose]}."

    def repair(self, place: int, told: Incidents) -> str:
        """Good offices brought it back."""
        table, weeks = self.tables[place], told[0].week - self.seat(place).suspended
        by = f"Good offices of {self.mediators(table)}" if table.form.mediators else "The sides themselves"
        after = f"after {in_weeks(weeks)}" if weeks else "in the same week"
        return f"{by} repaired the suspension {after}."

    def refuse(self, _: int, told: Incidents) -> str:
        """The term was over and a side would not go on."""
        return f"The term was over and {self.who(told[0].whose)} would not renew."

    def renew(self, place: int, told: Incidents) -> str:
        """A new term."""
        seat, term = self.seat(place), told[0].detail
        before, seat.term = seat.term, term
        return f"Renewed for {in_weeks(term)}{'' if term == before else f' instead of {before}'}."

    def end(self, place: int, told: Incidents) -> str:
        """An agreement ended: what moved the side that left, and what it would say."""
        one, table = told[0], self.world.tables[place]
        found = f"The agreement ended after {in_weeks(table.agreement.age)}: {self.reason(one.whose, one.reason)}."
        if one.whose != NOBODY:
            cited = Reason(table.outcome.cited)
            found += f" It would say {'so' if cited == one.reason else f'that it {WORDS[cited]}'}."
            first, second = self.delivered(place)
            found += f" By then {self.sides[0]} delivered {first} of what it had promised, {self.sides[1]} {second}."
        return found


Incidents = list[Incident]
"""What is told in one sentence: one incident, or those of several sides at once."""

TOGETHER = {Kind.AWAY: Kind.OCCASION}
"""Incidents that belong to the one before."""

SENTENCES = {
    Kind.EVENT: Narrator.event, Kind.HELD_BACK: Narrator.held_back, Kind.OCCASION: Narrator.occasion,
    Kind.SIT_DOWN: Narrator.sit_down, Kind.DECLARE: Narrator.declare, Kind.LEAK: Narrator.leak, Kind.EXPOSE: Narrator.expose,
    Kind.OFFER: Narrator.offer, Kind.ANSWER: Narrator.answer, Kind.DRAFT: Narrator.draft, Kind.FAIL: Narrator.fail,
    Kind.AGREE: Narrator.agree, Kind.FALL: Narrator.fall, Kind.FORCE: Narrator.in_force, Kind.BREACH: Narrator.breach,
    Kind.SUSPEND: Narrator.suspend, Kind.REPAIR: Narrator.repair, Kind.REFUSE: Narrator.refuse, Kind.RENEW: Narrator.renew,
    Kind.END: Narrator.end, Kind.FREEZE: Narrator.freeze, Kind.THAW: Narrator.thaw,
}  # fmt: skip
"""What is told; that there is no meeting says less than why."""


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


def listed(words: list[str]) -> str:
    """Names in a row."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
