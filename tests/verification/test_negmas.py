"""The engine against NegMAS, the reference implementation of automated bilateral negotiation.

Sessions: the table where the sides draft in turn, with nothing political, against NegMAS's aspiration
negotiators. In a round of that table each side proposes and the other answers at once, which is generalised
bargaining (Mohammad 2023). In stacked alternating offers the side that began answers the other's text only a
step later; what that changes is counted, and shown to be that and nothing else.
"""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from bargains import Bargaining, Domain, Points, Utilities, draw, hold, packages, points, thresholds, worth

from sim.scenario.negmas import read_domain

if TYPE_CHECKING:
    from conftest import Record

pytestmark = [pytest.mark.verification, pytest.mark.timeout(1800)]

DOMAINS = range(1000, 1600)
"""Seeds of the domains compared here, other ones than those of the stored table."""

TOLERANCE = 1e-9
NEAR_TIE = 1e-6
"""The peer proposes an outcome this little below its threshold, if that is closer to it than the next above."""

DATA = Path(__file__).resolve().parent.parent / "data"
FOLDERS = ("negmas-domain", "negmas-domain-xml", "negmas-domain-functions")
"""Layouts that NegMAS reads back; it writes JSON and does not read it."""

held, found = cache(hold), cache(points)


@pytest.fixture(scope="module")
def peer() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("negmas", reason="NegMAS is not installed; pip install 'gobetween[verify]'")
        import peer

    return peer


def difference(one: Utilities, other: Utilities) -> float:
    """Largest difference between two lists of points; infinite where they do not even have as many."""
    if len(one) != len(other):
        return float("inf")
    return max((abs(a - b) for p, q in zip(one, other, strict=True) for a, b in zip(p, q, strict=True)), default=0.0)


def test_domains_are_of_all_kinds() -> None:
    drawn = [draw(seed) for seed in DOMAINS]
    assert {len(d.issues) for d in drawn} == {2, 3, 4, 5}
    assert {len(of) for d in drawn for of in d.options} == {2, 3, 4, 5, 6}
    assert {s.concession for d in drawn for s in d.sides} > {4.0, 1.0, 0.25}
    assert any(held(d).agreement is None for d in drawn)
    assert {held(d).offers[-1][1] for d in drawn if held(d).agreement} == {0, 1}, "either side's text is accepted in some"
    assert max(len(packages(d)) for d in drawn) > 3000


def near_tie(domain: Domain, ours: Bargaining, theirs: Bargaining) -> bool:
    """Whether two sessions first differ where the peer offers what is worth a little less than its threshold."""
    for (step, one, mine), (same_step, other, peers) in zip(ours.offers, theirs.offers, strict=False):
        if mine != peers or (step, one) != (same_step, other):
            least = thresholds(domain, step)[one]
            gap = least - worth(domain, one, peers)
            return (step, one) == (same_step, other) and worth(domain, one, mine) >= least and 0 < gap <= NEAR_TIE
    return False


def test_sessions_are_the_same_step_for_step(peer: ModuleType, record: Record) -> None:
    pairs = [(d, held(d), peer.in_rounds(d)) for d in map(draw, DOMAINS)]
    differ = [pair for pair in pairs if pair[1] != pair[2]]
    tied = [pair for pair in differ if near_tie(*pair)]
    offers = sum(len(ours.offers) for _, ours, _ in pairs)
    wrong = len(differ) - len(tied)
    record(f"NegMAS: sessions, {offers:,} offers, agreement and step", len(pairs) - len(tied), f"{wrong} differ")
    record("NegMAS: sessions in which it offers just below its threshold", len(tied), f"{NEAR_TIE:.0e} below")
    assert [pair[0].name for pair in differ if pair not in tied] == []
    assert len(pairs) - len(tied) >= 500


def test_alternating_offers_differ_in_when_the_answer_comes(peer: ModuleType, record: Record) -> None:
    unexplained, same, later, other = [], 0, 0, 0
    for domain in map(draw, DOMAINS):
        if held(domain) != peer.in_rounds(domain):
            continue  # a near-tie
        ours, theirs = held(domain), peer.alternating(domain)
        kind = compare_with_alternating(domain, ours, theirs)
        unexplained += [domain.name] if kind is None else []
        same, later, other = same + (kind == "same"), later + (kind == "later"), other + (kind == "other")
    record("NegMAS: alternating offers, the same session", same, "0")
    record("NegMAS: alternating offers, the same text accepted a step later", later, "1 step")
    record("NegMAS: alternating offers, a step's delay changed the end", other, f"{len(unexplained)} unexplained")
    assert unexplained == []


def compare_with_alternating(domain: Domain, ours: Bargaining, theirs: Bargaining) -> str | None:
    """How a session of ours and one in alternating offers relate; None if the delay of an answer does not explain it.

    The first side answers the second's text with the threshold of the next step. So up to the earlier end the
    offers are the same; a text accepted here is accepted there, by the first side a step later, if there is a
    step left; and there a text may be accepted that here was refused in the step it was made.
    """
    shared = min(len(ours.offers), len(theirs.offers))
    if ours.offers[:shared] != theirs.offers[:shared]:
        return None
    if (ours.offers, ours.agreement, ours.step) == (theirs.offers, theirs.agreement, theirs.step):
        return "same"
    by_second = bool(ours.offers) and ours.offers[-1][1] == 1
    if ours.agreement is not None and len(ours.offers) <= len(theirs.offers):
        if not by_second:
            return None
        if ours.agreement == theirs.agreement and theirs.step == ours.step + 1:
            return "later"
        return "other" if theirs.agreement is None and ours.step == domain.steps - 1 else None
    ended_early = len(theirs.offers) < len(ours.offers) and theirs.agreement is not None
    return "other" if ended_early and theirs.offers[-1][1] == 1 and theirs.step == theirs.offers[-1][0] + 1 else None


@pytest.mark.parametrize("point", Points.__dataclass_fields__)
def test_points_of_the_zone_of_agreement(point: str, peer: ModuleType, record: Record) -> None:
    gaps = {}
    for domain in map(draw, DOMAINS):
        gaps[domain.name] = difference(getattr(found(domain), point), getattr(peer.points(domain), point))
    record(f"NegMAS: {point}, in utility", len(gaps), f"{max(gaps.values()):.1e}")
    assert {name: gap for name, gap in gaps.items() if gap > TOLERANCE} == {}


def test_stored_table_is_what_the_peer_says_today(peer: ModuleType, record: Record) -> None:
    stored = json.loads(peer.TABLE.read_text(encoding="utf-8"))
    largest = 0.0
    assert [entry["seed"] for entry in stored] == list(peer.STORED)
    for entry in stored:
        again = json.loads(json.dumps(peer.entry(entry["seed"])))
        for name in ("offers", "digest", "agreement", "step"):
            assert again[name] == entry[name], (entry["seed"], name)
        largest = max(largest, *(difference(again[p], entry[p]) for p in Points.__dataclass_fields__))
    record("NegMAS: stored table", len(stored), f"{largest:.1e}")
    assert largest <= TOLERANCE


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_is_read_as_the_peer_reads_it(folder: str, peer: ModuleType, record: Record) -> None:
    utilities, outcomes = peer.load(DATA / folder)
    domain = read_domain(DATA / folder)
    largest = 0.0
    for side, utility in zip(domain.sides, utilities, strict=True):
        assert (side.name, side.reservation) == (utility.name, utility.reserved_value)
        for package, outcome in zip(packages(domain), outcomes, strict=True):
            assert tuple(of[n] for of, n in zip(domain.options, package, strict=True)) == tuple(map(str, outcome))
            ours = sum(w * v[n] for w, v, n in zip(side.weights, side.values, package, strict=True))
            largest = max(largest, abs(ours - float(utility(outcome))))
    record(f"NegMAS: utilities read from {folder}", 2 * len(outcomes), f"{largest:.1e}")
    assert largest <= TOLERANCE
