"""The engine against NegMAS, the reference implementation of automated bilateral negotiation.

Sessions: the table where the sides draft in turn, with nothing political, against NegMAS's aspiration
negotiators in stacked alternating offers: offer for offer, the agreement, and the step of the answer.
"""

from __future__ import annotations

import json
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from bargains import NEAR_TIE, Points, Utilities, draw, hold, near_tie, packages, points

if TYPE_CHECKING:
    from conftest import Record

pytestmark = [pytest.mark.verification, pytest.mark.timeout(1800)]

DOMAINS = range(1000, 1600)
"""Seeds of the domains compared here, other ones than those of the stored table."""

TOLERANCE = 1e-9

held, found = cache(hold), cache(points)


@pytest.fixture(scope="module")
def peer() -> ModuleType:
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


def test_sessions_are_the_same_step_for_step(peer: ModuleType, record: Record) -> None:
    pairs = [(d, held(d), peer.hold(d)) for d in map(draw, DOMAINS)]
    differ = [pair for pair in pairs if pair[1] != pair[2]]
    tied = [pair for pair in differ if near_tie(*pair)]
    offers = sum(len(ours.offers) for _, ours, theirs in pairs if ours == theirs)
    wrong = len(differ) - len(tied)
    record(f"NegMAS: sessions, {offers:,} offers, agreement and step", len(pairs) - len(tied), f"{wrong} differ")
    record("NegMAS: sessions in which it offers just below its threshold", len(tied), f"at most {NEAR_TIE:.0e}")
    assert [pair[0].name for pair in differ if pair not in tied] == []
    assert len(pairs) - len(tied) >= 500


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
