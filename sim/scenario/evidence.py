"""What each number rests on, and which numbers are drawn per world.

The most specific entry of ``provenance`` counts: an entry covers the numbers beneath it that no more
specific one covers. Behavioural parameters that a scenario leaves alone rest on the package's ranges.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sim.scenario.behaviour import Behaviour
from sim.scenario.claims import Claim, EvidenceFile, Kind, read_claims
from sim.scenario.learned import posterior
from sim.scenario.paths import bounds, numbers
from sim.scenario.schema import Ground, ScenarioFile

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

__all__ = [
    "Claim", "Coverage", "Covered", "EvidenceFile", "Kind", "Support", "Uncertainty",
    "bounds", "cited", "coverage", "ground_of", "owners", "read_claims", "uncertain",
]  # fmt: skip

Support = Literal["magnitude", "order", "sign", "existence", "assumption", "choice", "none"]


@dataclass(frozen=True)
class Covered:
    """One number, what supports it, and the entry that says so (None: nothing does)."""

    path: str
    value: float | int
    support: Support
    ground: str | None


@dataclass(frozen=True)
class Coverage:
    """Every number of a scenario and its support."""

    leaves: tuple[Covered, ...]

    @property
    def counts(self) -> dict[Support, int]:
        """How many numbers have each kind of support; every kind is there."""
        found = Counter(leaf.support for leaf in self.leaves)
        return {kind: found[kind] for kind in get_args(Support)}

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths of the numbers that rest on nothing."""
        return tuple(leaf.path for leaf in self.leaves if leaf.support == "none")


@dataclass(frozen=True)
class Uncertainty:
    """One draw u in [0, 1] per world, and the numbers it moves.

    With ``relative`` r every leaf is multiplied by 1 + r (2u - 1) and clipped to ``bounds(leaf)``;
    with ``absolute`` (low, high) the only leaf is low + (high - low) u. One of the two is None. Where a
    parameter was ``learned``, its value is that of a row of the posterior table, the same row for all of them,
    and ``absolute`` the ends of its column. Entries ``tied`` to it move with the same u, each over its own range.
    """

    name: str
    leaves: tuple[str, ...]
    relative: float | None = None
    absolute: tuple[float, float] | None = None
    learned: tuple[float, ...] | None = None
    tied: tuple[Uncertainty, ...] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest of the quantity: of the value, or of the factor where the range is relative."""
        spread = self.relative or 0.0
        return self.absolute or (1 - spread, 1 + spread)

    @property
    def every_leaf(self) -> tuple[str, ...]:
        """All numbers that move with it."""
        return (*self.leaves, *(leaf for one in self.tied for leaf in one.leaves))


def owners(file: ScenarioFile) -> dict[str, str | None]:
    """Path of every number to the most specific entry of provenance that covers it."""
    return {leaf: _owner(file, leaf) for leaf in numbers(file)}


def ground_of(scenario: Scenario, path: str) -> tuple[str, Ground] | None:
    """The most specific entry over ``path`` and what it says; None if nothing covers it.

    What was set for this run is a choice. A behavioural parameter that the file leaves alone is an
    assumption of the package.
    """
    if scenario.is_pinned(path):
        return path, Ground.model_validate({"choice": True, "why": "set for this run"})
    owner = _owner(scenario.file, path)
    if owner is not None:
        return owner, scenario.file.provenance[owner]
    span = _package_range(scenario, path)
    if span is None:
        return None
    low, high, why = span
    return path, Ground.model_validate({"why": why, "range": [low, high]})


def coverage(scenario: Scenario) -> Coverage:
    """What supports each number of the scenario."""
    found = []
    for path, value in scenario.numbers().items():
        entry = ground_of(scenario, path)
        found.append(Covered(path, value, _support(entry[1]) if entry else "none", entry[0] if entry else None))
    return Coverage(tuple(found))


def cited(scenario: Scenario) -> list[str]:
    """The claims on which a number of the scenario is said to rest, in the order of the evidence files."""
    named = {claim for ground in scenario.file.provenance.values() for claim in ground.claims or ()}
    return [name for name in scenario.claims if name in named]


def uncertain(scenario: Scenario) -> dict[str, Uncertainty]:
    """What is drawn per world, by the path of the entry, in file order; then the package's parameters.

    An entry that is drawn with another stands under that one, also where that one's own number was set by hand.

    Only fractional numbers are drawn, never whole ones (weeks, terms), and never what was set by hand.
    """
    values = scenario.numbers()
    drawn = [path for path, value in values.items() if isinstance(value, float) and not scenario.is_pinned(path)]
    covered: dict[str, list[str]] = {}
    for path in drawn:
        owner = _owner(scenario.file, path)
        if owner is not None:
            covered.setdefault(owner, []).append(path)
    made: dict[str, Uncertainty] = {}
    tied: dict[str, list[Uncertainty]] = {}
    for name, ground in scenario.file.provenance.items():
        leaves = tuple(covered.get(name, ()))
        if isinstance(ground.range, list):
            low, high = ground.range
            own = Uncertainty(name, leaves, absolute=(low, high))
        elif ground.range is not None:
            own = Uncertainty(name, leaves, relative=ground.range)
        else:
            continue
        if ground.drawn_with is None:
            made[name] = own
        elif leaves:
            tied.setdefault(ground.drawn_with, []).append(own)
    whole = {name: replace(one, tied=tuple(tied.get(name, ()))) for name, one in made.items()}
    found = {name: one for name, one in whole.items() if one.every_leaf}
    for path in drawn:
        span = _package_range(scenario, path) if _owner(scenario.file, path) is None else None
        if span is not None and span[0] < span[1]:
            found[path] = Uncertainty(path, (path,), absolute=span[:2], learned=posterior().get(path.partition(".")[2]))
    return found


def _owner(file: ScenarioFile, path: str) -> str | None:
    parts = path.split(".")
    for size in range(len(parts), 0, -1):
        entry = ".".join(parts[:size])
        if entry in file.provenance:
            return entry
    return None


def _support(ground: Ground) -> Support:
    if ground.choice:
        return "choice"
    return ground.supports or "assumption"


def _package_range(scenario: Scenario, path: str) -> tuple[float, float, str] | None:
    """Range and reason of a behavioural parameter that the scenario leaves at the package's own value."""
    group, _, name = path.partition(".")
    field = Behaviour.model_fields.get(name) if group == "behaviour" else None
    if field is None or name in scenario.file.behaviour.model_fields_set:
        return None
    extra: Any = field.json_schema_extra
    if not isinstance(extra, dict) or "low" not in extra or "high" not in extra:
        return None
    low, high = drawn_between(name)
    return low, high, str(extra.get("why", ""))


def drawn_between(name: str) -> tuple[float, float]:
    """Ends of the range over which worlds draw a behavioural parameter: the posterior's where there is one."""
    if name in posterior():
        return min(posterior()[name]), max(posterior()[name])
    extra: Any = Behaviour.model_fields[name].json_schema_extra
    return float(extra["low"]), float(extra["high"])
