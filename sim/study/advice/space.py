"""What could be proposed for some issues: a value for every lever of a format, and an agenda with its order of tables.

The values are those of the formats that a scenario knows, the words that a field takes, and every mediator, pair of mediators
and sponsor that there is. What a format would decide by itself is left out: a disputant that convenes the meeting, one that is
not invited, sides that are seated whatever they want. A lever that does nothing beside the others (what happens at the end of a
term where there is none) has one value, so that a proposal stands in the space once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, permutations, product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws
from sim.scenario.checks import MAX_PACKAGES, disputants, mediators
from sim.scenario.frozen import thawed
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario
from sim.scenario.schema import ContactLevers, Format, Limits, ScenarioFile
from sim.study.advice.changes import literals, own_values
from sim.study.advice.hybrids import Part, parts_of

Proposal = tuple[int, ...]
"""The number of a value for each lever of a space."""

AGENDA = "agenda"
MOST_MEDIATORS = 2
"""Mediators together at most, but where a format of the scenario has more."""

AT_DEFAULT = ("label", "invited")
"""Fields of a format that are no levers here."""

LEVERS = tuple(
    lever
    for field in Format.model_fields
    if field not in AT_DEFAULT
    for lever in ([f"contact.{phase}" for phase in ContactLevers.model_fields] if field == "contact" else [field])
) + (AGENDA,)
"""What a proposal settles, in the order of the schema."""


@dataclass(frozen=True)
class Space:
    """The levers of proposals on some issues, each with its values as parts of a format, and the formats that are known.

    ``searched`` has the numbers of the values that the limits leave. ``known`` has the formats of tables on all of these issues,
    by the name of the table, within the limits or not.
    """

    scenario: Scenario
    issues: tuple[str, ...]
    values: dict[str, tuple[Part, ...]]
    searched: dict[str, tuple[int, ...]]
    known: dict[str, Proposal] = field(default_factory=dict)

    @cached_property
    def said(self) -> dict[str, list[Any]]:
        """The values as they are written."""
        return {lever: [part.written[lever] for part in parts] for lever, parts in self.values.items()}

    @property
    def size(self) -> int:
        """How many combinations of values the limits leave."""
        return prod(map(len, self.searched.values()))

    def parts(self, proposal: Proposal) -> dict[str, Part]:
        """The values of a proposal by lever."""
        return {lever: parts[at] for (lever, parts), at in zip(self.values.items(), proposal, strict=True)}

    def written(self, proposal: Proposal) -> dict[str, Any]:
        """The values of a proposal by lever, as they are written."""
        return {lever: values[at] for (lever, values), at in zip(self.said.items(), proposal, strict=True)}

    def settled(self, proposal: Sequence[int]) -> Proposal:
        """The proposal with idle levers at one value."""
        found = [int(at) for at in proposal]
        own = self.written(tuple(found))
        for number, (lever, values) in enumerate(self.said.items()):
            if lever in IDLE and IDLE[lever][0](own):
                own[lever] = IDLE[lever][1]
                found[number] = values.index(own[lever])
        return tuple(found)

    def allows(self, proposal: Proposal) -> bool:
        """Whether a proposal keeps within the limits."""
        return all(at in left for at, left in zip(proposal, self.searched.values(), strict=True))

    def every(self) -> Iterator[Proposal]:
        """All proposals within the limits, each once."""
        yield from self.distinct(product(*self.searched.values()))

    def drawn(self, count: int, seed: int, stream: str = "value") -> NDArray[np.int64]:
        """Proposals drawn at random, each value as likely as the others, ``(count, levers)``; not settled."""
        draws = Draws(seed, 0, count)
        lots = {lever: draws.uniform(f"design {lever}", stream) for lever in self.values}
        columns = [np.array(left)[(lots[lever] * len(left)).astype(np.int64)] for lever, left in self.searched.items()]
        return np.array(columns).T

    def distinct(self, proposals: Iterable[Sequence[int]]) -> Iterator[Proposal]:
        """These proposals settled, each once, without those that do not keep within the limits."""
        seen: set[Proposal] = set()
        for proposal in proposals:
            own = self.settled(proposal)
            if own not in seen and self.allows(own):
                seen.add(own)
                yield own

    def neighbours(self, proposal: Proposal) -> Iterator[Proposal]:
        """The proposal with one lever changed, every way within the limits."""
        for number, left in enumerate(self.searched.values()):
            for at in left:
                if at != proposal[number]:
                    yield (*proposal[:number], at, *proposal[number + 1 :])

    def differing(self, first: Proposal, second: Proposal) -> list[str]:
        """Levers in which two proposals differ."""
        return [lever for lever, a, b in zip(self.values, first, second, strict=True) if a != b]

    def nearest(self, proposal: Proposal) -> str:
        """The known format that a proposal differs least from, by the name of its table."""
        return min(self.known, key=lambda name: len(self.differing(self.known[name], proposal)))

    def effort(self, proposal: Proposal) -> float:
        """What third parties have to bring: one for each mediator and each side deal, and the capacity of monitoring."""
        own = self.written(proposal)
        return len(own["mediators"]) + len(own["side_deals"]) + float(own["monitoring"])


IDLE: dict[str, tuple[Callable[[dict[str, Any]], bool], Any]] = {
    "drafting": (lambda own: not own["mediators"], "in_turn"),
    "instrument": (lambda own: not own["mediators"] and own["instrument"] == "mirrored", "joint"),
    "convened_by": (lambda own: own["convened_by"] in own["mediators"], None),
    "hosts_if": (lambda own: own["instrument"] != "declaration", "both"),
    "first_offer": (lambda own: own["drafting"] == "single_text", "lot"),
    "silence": (lambda own: own["term"] is None, "lapse"),
}
"""Levers that do nothing, or do not go with the others, in some places: where, and the one value that they have there."""


def space_of(scenario: Scenario, issues: Sequence[str], limits: Limits | None = None) -> Space:
    """What could be proposed for these issues, within limits. Raises ScenarioError for what there is not."""
    file, limits = scenario.file, limits or Limits()
    for issue in issues:
        if issue not in file.issues:
            raise refuse("issue", f"unknown issue {shown(issue)}{hint(issue, file.issues)}")
    wanted = tuple(issue for issue in file.issues if issue in issues)
    tables = [name for name, table in file.tables.items() if set(wanted) <= set(table.agenda)]
    if not tables:
        raise refuse("issue", f"no table has {' and '.join(wanted)} on its agenda; expected issues that are dealt with together")
    known = {name: _known(scenario, name) for name in tables}
    values = _values(scenario, wanted, known)
    searched = _within(values, limits, known[tables[0]])
    found = Space(scenario, wanted, values, searched)
    places = {lever: [_text(value) for value in said] for lever, said in found.said.items()}
    there = {}
    for name, parts in known.items():
        if _is_choice(file, name):
            there[name] = found.settled([places[lever].index(_text(parts[lever].written[lever])) for lever in places])
    if not there:
        why = f"no table on {' and '.join(wanted)} leaves it to the sides whether they come"
        raise refuse("issue", f"{why}; expected one that does")
    return replace(found, known=there)


def _is_choice(file: ScenarioFile, table: str) -> bool:
    """Whether a format does not decide by itself who comes."""
    spec = file.tables[table]
    form = file.formats[spec.format]
    invited = all(one.status == "formal" for one in form.invited.values())
    return invited and form.convened_by not in disputants(file) and not spec.seated and spec.meets is None


def _known(scenario: Scenario, table: str) -> dict[str, Part]:
    """The levers of a table and its format, each under its own name."""
    spec = scenario.file.tables[table]
    form = scenario.file.formats[spec.format].model_dump(mode="json")
    grounds = {lever: part.grounds for lever, part in parts_of(scenario, table).items()}
    found = {}
    for lever in LEVERS[:-1]:
        name, _, phase = lever.partition(".")
        found[lever] = Part({lever: form[name][phase] if phase else form[name]}, grounds[name])
    return found | {AGENDA: _agenda([list(spec.agenda)])}


def _agenda(tables: list[list[str]], *, in_turn: bool = False) -> Part:
    return Part({AGENDA: {"tables": tables, "in_turn": in_turn}}, {})


def _values(scenario: Scenario, issues: tuple[str, ...], known: Mapping[str, dict[str, Part]]) -> dict[str, tuple[Part, ...]]:
    """Every value of every lever, those of the formats first."""
    file = scenario.file
    formats = {spec.format: name for name, spec in file.tables.items()}
    others = [name for name in formats.values() if name not in known]
    every = [*known.values(), *(_known(scenario, name) for name in others)]
    found = {}
    for lever in LEVERS:
        own = _agendas(scenario, issues, known) if lever == AGENDA else [Part({lever: v}, {}) for v in _own(file, lever)]
        parts = [*(parts[lever] for parts in (known.values() if lever == AGENDA else every)), *own]
        if lever == "convened_by":
            parts = [part for part in parts if part.written[lever] not in disputants(file)]
        if lever == "mediators":
            parts = [Part({lever: sorted(part.written[lever])}, part.grounds) for part in parts]
        first: dict[str, Part] = {}
        for part in parts:
            first.setdefault(_text(part.written[lever]), part)
        found[lever] = tuple(first.values())
    return found


def _own(file: ScenarioFile, lever: str) -> list[Any]:
    """Values that no format of the scenario needs to have."""
    name, _, phase = lever.partition(".")
    if lever == "mediators":
        third = sorted(mediators(file))
        return [list(some) for size in range(MOST_MEDIATORS + 1) for some in combinations(third, size)]
    if lever == "monitoring":
        return [0.0]
    return [*(literals(ContactLevers, phase) if phase else literals(Format, name)), *own_values(file, lever)]


def _agendas(scenario: Scenario, issues: tuple[str, ...], known: Mapping[str, dict[str, Part]]) -> list[Part]:
    """These issues alone at one table in any order, at a table each at once or one after the other; and whole agendas turned."""
    file = scenario.file
    orders = [list(order) for order in permutations(issues)] if len(issues) <= 3 else [list(issues), list(issues)[::-1]]
    count = prod(len(file.issues[issue].options) for issue in issues)
    together = count <= MAX_PACKAGES and (len(issues) == 1 or all(file.issues[issue].tradeable for issue in issues))
    found = [_agenda([order]) for order in orders] if together else []
    if len(issues) > 1:
        found.append(_agenda([[issue] for issue in issues]))
        found += [_agenda([[issue] for issue in order], in_turn=True) for order in orders]
    return found + [_agenda([own[AGENDA].written[AGENDA]["tables"][0][::-1]]) for own in known.values()]


def _within(values: dict[str, tuple[Part, ...]], limits: Limits, base: Mapping[str, Part]) -> dict[str, tuple[int, ...]]:
    """The numbers of the values that the limits leave, by lever; a fixed value that nothing has yet is put with them.

    Raises ScenarioError for a lever or a value that there is not.
    """
    for where, levers in (("levers", limits.levers or ()), ("fixed", limits.fixed), ("never", limits.never)):
        for lever in levers:
            if lever not in values:
                raise refuse(where, f"unknown lever {shown(lever)}{hint(lever, values)}")
    found = {}
    for lever, parts in values.items():
        texts = [_text(part.written[lever]) for part in parts]
        left = set(range(len(texts)))
        if lever in limits.fixed:
            value = thawed(limits.fixed[lever])
            if _text(value) not in texts:
                values[lever] = (*parts, Part({lever: value}, {}))
                texts.append(_text(value))
            left = {texts.index(_text(value))}
        elif limits.levers is not None and lever not in limits.levers:
            left = {texts.index(_text(base[lever].written[lever]))}
        for value in thawed(limits.never.get(lever, [])):
            if _text(value) not in texts:
                known = [text.strip('"') for text in texts]
                raise refuse("never", f"{lever} is never {shown(value)}{hint(str(value), known)}")
            left.discard(texts.index(_text(value)))
        if not left:
            raise refuse("never", f"no value of {lever} is left; expected at least one")
        found[lever] = tuple(sorted(left))
    return found


def _text(value: Any) -> str:
    return json.dumps(value)
