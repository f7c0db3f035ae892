"""Scores, intervals over clusters, baselines, censoring and calibration, on numbers worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.history import scoring
from sim.study.history.scoring import Cases


def cases(
    happened: str, clusters: str, *, issues: str = "", groups: str = "", phases: str = "", absent: str = "", weights: list[float] | None = None
) -> Cases:
    """Rows, a letter each: ``y`` or ``n`` for what happened and who was absent, names for the rest."""
    n = len(happened)
    return Cases(
        happened=np.array([letter == "y" for letter in happened]),
        clusters=np.array(list(clusters)),
        phases=np.array(list(phases or "p" * n)),
        groups=np.array(list(groups or "g" * n)),
        issues=[frozenset(letter) for letter in issues or "i" * n],
        absent=np.array([letter == "y" for letter in absent or "n" * n]),
        weights=np.ones(n) if weights is None else np.array(weights),
    )


# ---------------------------------------------------------------- scores


def test_a_share_is_never_none_or_all() -> None:
    assert scoring.smoothed(0, 4) == pytest.approx(0.1)
    assert scoring.smoothed(4, 4) == pytest.approx(0.9)
    assert scoring.smoothed(0, 0) == 0.5


def test_scores_by_hand() -> None:
    said, happened = np.array([0.8, 0.3, 0.5]), np.array([True, False, True])
    assert scoring.brier(said, happened) == pytest.approx([0.04, 0.09, 0.25])
    assert scoring.log_score(said, happened) == pytest.approx([-math.log(0.8), -math.log(0.7), math.log(2)])


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_no_rule_gains_by_saying_what_it_does_not_believe(belief: float, said: float) -> None:
    for losses in scoring.MEASURES.values():
        yes, no = (losses(np.array([belief, said]), np.array([y, y])) for y in (True, False))
        honest, other = belief * yes + (1 - belief) * no
        assert honest <= other + 1e-12


# ---------------------------------------------------------------- clusters


def test_interval_resamples_whole_clusters() -> None:
    """Three clusters of one row, one of them wrong: all three draws are it in 1 of 27 resamples, more than 2.5%."""
    found = scoring.cluster_mean(np.array([0.0, 0.0, 3.0]), ["a", "b", "c"])
    assert (found.estimate, found.low, found.high) == (1, 0, 3)
    # With four it is drawn three times or more in 13 of 256, all four times in 1 of 256.
    found = scoring.cluster_mean(np.array([0.0, 0.0, 0.0, 4.0]), ["a", "b", "c", "d"])
    assert (found.estimate, found.low, found.high) == (1, 0, 3)


def test_clusters_keep_their_rows_together() -> None:
    """Two clusters: the mean of a resample is 0 (1 in 4), 2/3 or 1 (1 in 4), as the larger one has two rows of the three."""
    losses = np.array([0.0, 1.0, 1.0])
    found = scoring.cluster_mean(losses, ["a", "b", "b"])
    assert (found.estimate, found.low, found.high) == (pytest.approx(2 / 3), 0, 1)
    again = scoring.cluster_mean(losses[::-1], ["b", "b", "a"])
    assert again == found
    assert scoring.cluster_mean(losses, ["a", "b", "b"], np.array([2.0, 1.0, 1.0])).estimate == pytest.approx(0.5)


def test_without_clusters_to_resample_there_is_no_interval() -> None:
    found = scoring.cluster_mean(np.array([1.0, 0.0]), ["a", "a"])
    assert found.estimate == 0.5
    assert math.isnan(found.low)
    assert math.isnan(scoring.cluster_mean(np.array([1.0]), ["a"], np.zeros(1)).estimate)


def test_interval_shrinks_with_clusters_as_it_should() -> None:
    """Of 100 clusters, half of them wrong, the mean has a standard error of 1/20."""
    found = scoring.cluster_mean(np.arange(100) % 2.0, [str(n) for n in range(100)])
    assert found.low == pytest.approx(0.5 - 1.96 / 20, abs=0.011)
    assert found.high == pytest.approx(0.5 + 1.96 / 20, abs=0.011)


# ---------------------------------------------------------------- censoring


def test_a_record_that_stops_lends_its_weight_to_longer_ones() -> None:
    days, running = np.array([10.0, 20, 50, 400]), np.array([False, True, False, True])
    # Of three records that go beyond day 20 one stops there: the other two count for it, one and a half each.
    assert scoring.censoring_weights(days, running, 30) == pytest.approx([1, 0, 1.5, 1.5])
    assert scoring.censoring_weights(days, running, 20) == pytest.approx([1, 1, 1, 1])  # known on the day that it stops
    ended = np.array([1, 0, 1, 0])
    weights = scoring.censoring_weights(days, running, 90)
    assert (weights @ ended) / weights.sum() == pytest.approx(1 - 3 / 4 * 1 / 2)  # Kaplan and Meier's


def test_completion_competes_and_is_no_end() -> None:
    """Ended on day 10, carried out on 15, running on 20, ended on 50: the cumulative incidence of an end is 1/4 + 1/2."""
    days, running = np.array([10.0, 15, 20, 50]), np.array([False, False, True, False])
    weights = scoring.censoring_weights(days, running, 90)
    assert weights == pytest.approx([1, 1, 0, 2])
    ended = np.array([1, 0, 0, 1])
    assert (weights @ ended) / weights.sum() == pytest.approx(0.75)


def test_a_completion_on_no_known_day_is_known_throughout() -> None:
    days, running = np.array([np.nan, 5, 40]), np.array([False, True, False])
    assert scoring.censoring_weights(days, running, 30) == pytest.approx([1, 0, 2])
    assert scoring.censoring_weights(np.array([]), np.array([], bool), 30).shape == (0,)


# ---------------------------------------------------------------- baselines


def test_rules_see_other_clusters_only() -> None:
    """Clusters a, a, b, c, c: the first row sees b, c and c."""
    found = scoring.baselines(cases("ynyyn", "aabcc"), least=0.01)
    assert list(found) == list(scoring.RULES)
    assert found["half"].probability == pytest.approx([0.5] * 5)
    # (hits + 1/2) / (rows + 1): b, c, c hold two of three; a, a, c, c two of four; a, a, b two of three.
    assert found["overall"].probability == pytest.approx([2.5 / 4, 2.5 / 4, 2.5 / 5, 2.5 / 4, 2.5 / 4])


def test_an_issue_of_its_own_takes_the_overall_rate() -> None:
    found = scoring.baselines(cases("yyn", "abc", issues="iij"), least=0.01)["issue"]
    assert found.probability == pytest.approx([1.5 / 2, 1.5 / 2, 2.5 / 3])
    assert found.wider == 1


def test_the_group_rule_counts_those_who_came_in_the_phase() -> None:
    told = cases("ynnyy", "abcde", groups="gggkg", phases="pppqq", absent="nnynn")
    found = scoring.baselines(told, least=0.01)["group"]
    # a sees b (c was absent); b sees a; c was absent; d has no like and sees all; e has none in its phase and sees a and b.
    assert found.probability == pytest.approx([0.5 / 2, 1.5 / 2, 0.01, 2.5 / 5, 1.5 / 3])
    assert found.wider == 2


def test_rates_weigh_rows_as_they_are_known() -> None:
    found = scoring.baselines(cases("yny", "abc", weights=[1, 2, 0]), least=0.01)["overall"]
    assert found.probability == pytest.approx([0.5 / 3, 1.5 / 2, 1.5 / 4])


# ---------------------------------------------------------------- calibration


def test_bins_count_what_happened_and_bound_it() -> None:
    said = np.array([0.1, 0.1, 0.1, 0.9, 1.0])
    low, high = scoring.calibration(said, cases("nnyyy", "aabcd"))
    assert (low.rows, low.probability, low.happened) == (3, pytest.approx(0.1), pytest.approx(1 / 3))
    # Two of the three rows share their luck: both happen in one history of ten, so 2/3 is within 95 of 100.
    assert (low.low, low.high) == (0, pytest.approx(2 / 3))
    assert (high.rows, high.happened, high.low, high.high) == (2, 1, 0.5, 1)


def test_the_area_is_the_chance_that_what_happened_was_given_more() -> None:
    said = np.array([0.1, 0.4, 0.4, 0.9])
    told = cases("nnyy", "abcd")
    assert scoring.area(said, told) == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    twice = scoring.area(said[[0, 1, 1, 2, 3]], cases("nnnyy", "abbcd"))
    assert scoring.area(said, replace(told, weights=np.array([1.0, 2, 1, 1]))) == pytest.approx(twice)
    assert np.isnan(scoring.area(said, cases("yyyy", "abcd")))


def test_isotonic_fit_pools_what_falls() -> None:
    fitted = scoring.isotonic(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 1, 0, 1]), np.ones(4))
    assert fitted == pytest.approx([0, 0.5, 0.5, 1])
    fitted = scoring.isotonic(np.array([0.4, 0.2, 0.2]), np.array([0.0, 1, 0]), np.array([1.0, 2, 1]))
    assert fitted == pytest.approx([0.5, 0.5, 0.5])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=12))
def test_the_parts_add_up_to_the_brier_score(rows: list[tuple[float, bool]]) -> None:
    said = np.array([p for p, _ in rows])
    told = cases("".join("ny"[y] for _, y in rows), "a" * len(rows))
    parts = scoring.decompose(said, told)
    assert parts.miscalibration - parts.discrimination + parts.uncertainty == pytest.approx(scoring.brier(said, told.happened).mean())
    assert parts.miscalibration >= -1e-12
    assert parts.discrimination >= -1e-12
