"""Sessions of two sides who concede over time, by the engine's bargaining rules and by NegMAS, in the same run.

Every world is another domain: four issues, weights and values drawn; each side's worst option of an issue
is worth nothing to it, so that its reservation value, nothing, is its worst package. One side hardly moves
before the end (boulware), the other at once (conceder). The engine bargains in all worlds side by side,
the peer in one domain after the other; the domains of the peer's sample are the first worlds of the engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from bargains import EXPONENTS, Bargainer, Bargaining, Domain, Package, hold, near_tie
from domains import scenario_of
from figures import Figure, Sizes, cpu

from sim.model.batch import Batch, live
from sim.model.draws import Draws
from sim.scenario import Scenario

ISSUES = 4
STEPS = 100
SIDES = (("one", EXPONENTS[0]), ("two", EXPONENTS[2]))
LEAST = 0.05
TARGETS = {3: 1000, 10: 300}
"""Options per issue, and how many times the peer's speed the engine should have."""


@dataclass(frozen=True)
class Held:
    """What came of the sessions of all worlds."""

    batch: Batch
    step: np.ndarray  # (R,) of the agreement; the number of steps without one
    package: np.ndarray  # (R, issues) options, -1 without an agreement

    def found(self, row: int) -> tuple[Package | None, int]:
        """Agreement and step of one session."""
        agreed = self.step[row] < STEPS
        return (tuple(map(int, self.package[row])) if agreed else None), int(self.step[row])


def shape(options: int) -> Domain:
    """The domain that all worlds vary: side one's first option of an issue is worth nothing to it, side two's last."""
    sides = []
    for worst, (name, exponent) in zip((0, options - 1), SIDES, strict=True):
        values = tuple(0.0 if option == worst else 0.5 for option in range(options))
        sides.append(Bargainer(name, (1 / ISSUES,) * ISSUES, (values,) * ISSUES, 0.0, exponent))
    names = tuple(tuple(f"o{n}" for n in range(options)) for _ in range(ISSUES))
    return Domain(f"{options} options", tuple(f"i{k}" for k in range(ISSUES)), names, (sides[0], sides[1]), STEPS)


def scenario(options: int) -> Scenario:
    """The scenario of such domains: weights and values are uncertain, each by itself."""
    domain = shape(options)
    data = scenario_of(domain) | {"provenance": {}}
    drawn = {"why": "drawn anew in every world", "range": [LEAST, 1.0]}
    for side in domain.sides:
        for issue, names, values in zip(domain.issues, domain.options, side.values, strict=True):
            base = f"parties.{side.name}.positions.{issue}"
            data["provenance"][f"{base}.salience"] = drawn
            gains = [name for name, value in zip(names, values, strict=True) if value > 0]
            data["provenance"].update({f"{base}.gains.{name}": drawn for name in gains})
    return Scenario.from_dict(data)


def bargain(told: Scenario, worlds: int) -> Held:
    """All worlds sit down in the first week and hold a round a week until every session is over."""
    batch = live(told, "bargaining", Draws(1, 0, worlds))
    (table,) = batch.tables
    outcome = table.outcome
    assert (outcome["came"] == 0).all()
    agreed = (outcome["agreed"] >= 0) & (outcome["agreed"] < STEPS)
    package = np.where(agreed[:, None], table.agenda.packages[outcome["package"]] - 1, -1)
    return Held(batch, np.where(agreed, outcome["agreed"], STEPS), package)


def domain_of(held: Held, row: int, options: int) -> Domain:
    """The domain that one world is."""
    common = shape(options)

    def number(path: str) -> float:
        return float(np.broadcast_to(held.batch.parameters(path), held.step.shape)[row])

    sides = []
    for side in common.sides:
        base = f"parties.{side.name}.positions"
        values = tuple(
            tuple(number(f"{base}.{issue}.gains.{name}") for name in names)
            for issue, names in zip(common.issues, common.options, strict=True)
        )
        salience = [number(f"{base}.{issue}.salience") for issue in common.issues]
        sides.append(Bargainer(side.name, tuple(w / sum(salience) for w in salience), values, 0.0, side.concession))
    return Domain(f"world {row}", common.issues, common.options, (sides[0], sides[1]), STEPS)


def same(ours: tuple[Package | None, int], theirs: Bargaining, domain: Domain) -> str:
    """``same``, ``near tie`` where the peer once offered what is worth a hair less than its threshold, or ``differs``."""
    if ours == (theirs.agreement, theirs.step):
        return "same"
    return "near tie" if near_tie(domain, hold(domain), theirs) else "differs"


def measure(sizes: Sizes) -> list[Figure]:
    """Sessions a CPU second, and how many times the peer's, with few packages and with many."""
    found = []
    peer = _peer()
    for options, ours, theirs in zip(TARGETS, sizes.sessions, sizes.peers, strict=True):
        found += _measure(options, (ours, theirs), sizes.repeats, peer)
    return found


def _measure(options: int, sessions: tuple[int, int], repeats: int, peer: ModuleType | None) -> list[Figure]:
    rates, talks, peers, verdicts = [], [], [], []
    held = bargain(scenario(options), 2)
    count, sample = sessions
    for repeat in range(repeats):
        spent, held = cpu(lambda: bargain(scenario(options), count))
        rates.append(count / spent)
        talks.append(float(held.step.mean()))
        rows = [(repeat * sample + n) % count for n in range(sample)]
        domains = [domain_of(held, row, options) for row in rows]
        if peer is not None:
            if repeat == 0:
                peer.hold(domains[0])
            spent, theirs = cpu(lambda d=domains: [peer.hold(domain) for domain in d])
            peers.append(sample / spent)
            verdicts += [same(held.found(r), t, d) for r, t, d in zip(rows, theirs, domains, strict=True)]
    name = f"sessions, {ISSUES} issues of {options} options"
    note = f"{count:,} at once, {np.mean(talks):.0f} of {STEPS} rounds on average, the world and its draws included"
    if peer is None:
        return [Figure(name, "sessions/CPU-s", tuple(rates), note=note + "; NegMAS is not installed, nothing to compare with")]
    ratio = tuple(a / b for a, b in zip(rates, peers, strict=True))
    alike = verdicts.count("same") / (len(verdicts) - verdicts.count("near tie") or 1)
    agreed = f"{verdicts.count('same')} of {len(verdicts)} the same, {verdicts.count('near tie')} where it offers just below its threshold"
    said = f"NegMAS {np.median(peers):.3g}"
    return [
        Figure(name, "sessions/CPU-s", tuple(rates), peer=said, note=note),
        Figure(f"{name}: times NegMAS", "times", ratio, least=TARGETS[options]),
        Figure(f"{name}: same agreement and step", "share", (alike,), least=1.0, note=agreed),
    ]


def _peer() -> Any:
    try:
        import peer
    except ImportError:
        return None
    return peer
