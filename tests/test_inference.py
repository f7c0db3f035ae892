"""From a record to parameters: smoothed chances, the likelihood of an affair, and draws that hold what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sim.study.history import inference
from sim.study.history.inference import (
    LEAST,
    Prior,
    Row,
    affairs,
    effective,
    features,
    log_beta_binomial,
    log_likelihood,
    mass_of,
    nodes,
    resample,
    said,
    sample,
    several,
    smooth,
    without,
)
from sim.study.history.inference import apart as apart_of

PRIOR = Prior(("a", "b"), np.array([[0.0, 1.0], [10.0, 30.0]]))


def test_prior_draws_lie_in_their_ranges() -> None:
    theta = PRIOR.at(np.random.default_rng(2).random((1000, 2)))
    assert (theta.min(axis=0) >= PRIOR.ranges[:, 0]).all()
    assert (theta.max(axis=0) <= PRIOR.ranges[:, 1]).all()
    assert_allclose(PRIOR.unit(np.array([[0.5, 30.0]])), [[0.0, 1.0]])


def test_a_half_normal_prior_has_its_quantiles() -> None:
    prior = Prior(("stakes_sd",), np.array([[0.0, 0.5]]), {"stakes_sd": 0.2})
    share = np.array([0.0, 0.5, 1.0])
    # Half of a half-normal lies below 0.6745 scales; it ends at 2.5 scales, beyond which there is 1.2%.
    assert_allclose(prior.at(share[:, None])[:, 0], [0.0, 0.2 * 0.6648, 0.5], atol=1e-4)
    assert_allclose(prior.shock(np.array([[0.2]]), np.array([-1.5]), 0.64), [0.2 * 0.8 * -1.5])


def test_features_are_all_up_to_products_of_two_and_the_cube_of_the_shock() -> None:
    found = features(np.array([[2.0, 3.0]]), np.array([0.5]))
    assert_allclose(found, [[1, 2, 3, 2, 4, 6, 4, 9, 6, 4, 8]])


def table(count: int = 3000, worlds: int = 20) -> tuple[np.ndarray, ...]:
    """Draws, shocks, hits and tries of three rows: one rises with a, one falls with b, one with the shock; and true chances."""
    generator = np.random.default_rng(1)
    theta = PRIOR.at(generator.random((count, 2)))
    shock = generator.normal(0, 0.2, count)
    a, b = PRIOR.unit(theta).T
    chance = 1 / (1 + np.exp(-np.column_stack([2 * a, 1 - 1.5 * b, -1.0 + 6 * shock])))
    hits = generator.binomial(worlds, chance).astype(np.float32)
    return theta, shock, hits, np.full_like(hits, worlds), chance


def test_smoothed_chances_are_nearer_to_the_truth_than_the_counts() -> None:
    theta, shock, hits, tries, chance = table()
    found = smooth(PRIOR, theta, shock, hits, tries)(theta, shock)
    assert np.abs(found - chance).mean() < 0.25 * np.abs(hits / tries - chance).mean()
    assert found.min() >= LEAST
    assert found.max() <= 1 - LEAST


def test_a_world_that_could_not_say_does_not_count() -> None:
    theta, shock, hits, tries, _ = table()
    silent = np.zeros(len(theta), bool)
    silent[::2] = True
    bare = smooth(PRIOR, theta[~silent], shock[~silent], hits[~silent], tries[~silent])
    hits[silent], tries[silent] = 0, 0
    assert_allclose(smooth(PRIOR, theta, shock, hits, tries)(theta[:50], shock[:50]), bare(theta[:50], shock[:50]), atol=2e-3)


# ---------------------------------------------------------------- the likelihood of an affair


ROWS = (
    Row("one came", "affair", 1, 1, "came", "one"), Row("one as recorded", "affair", 1, 1, "record", "one"),
    Row("two as recorded", "affair", 1, 1, "record", "two"), Row("three stayed away", "silence", 2, 2, "stayed", "three"),
    Row("many", "counted: many", 3, 4, "count"),
)  # fmt: skip


def test_likelihood_of_an_affair_by_hand() -> None:
    # Two nodes that are as likely, one draw. Both come with 0.9 and 0.1; the first record then comes about with 0.5 and 0.2,
    # the second, about talks that are not given, with 0.8 and 0.4; the third stays away twice with 1 - 0.3 and 1 - 0.6.
    chances = np.array([[[0.9, 0.5, 0.8, 0.3, 0.5]], [[0.1, 0.2, 0.4, 0.6, 0.5]]])
    found = log_likelihood(ROWS, chances, np.array([0.5, 0.5]), np.array([0.3]))
    assert affairs(ROWS) == ["affair", "silence", "counted: many"]
    both = (0.9 * 0.5 * 0.8 + 0.1 * 0.2 * 0.4) / (0.9 + 0.1)
    away = (0.7**2 + 0.4**2) / 2
    assert_allclose(found, [[np.log(both), np.log(away), log_beta_binomial(3, 4, np.array([0.5]), np.array([0.3]))[0]]])
    assert_allclose(said(ROWS, 1, chances, np.array([0.5, 0.5])), [(0.9 * 0.5 + 0.1 * 0.2) / 1.0])
    assert_allclose(said(ROWS, 2, chances, np.array([0.5, 0.5])), [0.6])


def test_coming_everywhere_is_not_rewarded() -> None:
    """Without its denominator the likelihood would grow with the chance to come."""
    for came in (0.2, 0.9):
        found = log_likelihood(ROWS[:2], np.array([[[came, 0.5]], [[came, 0.5]]]), np.array([0.5, 0.5]), np.zeros(1))
        assert_allclose(found, [[np.log(0.5)]])


def test_that_both_came_says_that_the_stakes_were_good() -> None:
    chances = np.array([[[0.9, 0.8]], [[0.1, 0.2]]])  # at the better stake both come, and agree
    assert_allclose(said(ROWS[:2], 1, chances, np.array([0.5, 0.5])), [0.74])


def test_counts_that_hang_together_say_less() -> None:
    chance = np.linspace(0.05, 0.95, 181)
    tied, loose = log_beta_binomial(30, 100, chance, np.zeros(181)), 30 * np.log(chance) + 70 * np.log1p(-chance)
    width = [np.ptp(chance[found > found.max() - 2]) for found in (loose, tied)]
    assert width[1] / width[0] == pytest.approx(np.sqrt(2), rel=0.1)  # twice the variance
    assert chance[loose.argmax()] == pytest.approx(0.3, abs=0.006)


def test_a_count_apart_from_what_stands_for_it_says_less_however_many_cases_it_has() -> None:
    """The spread of its chance on the logit, about: sqrt(1 / (mass * chance * (1 - chance))), which cannot fall below ``apart``."""
    for n, apart, spread in ((1e9, 0.5, 0.5), (102, 0.0, np.sqrt(1 / (100 * 0.21))), (102, 0.5, np.sqrt(0.25 + 1 / (100 * 0.21)))):
        mass = mass_of(n, np.array([0.3]), np.array([apart]))
        assert_allclose(np.sqrt(1 / (mass * 0.21)), spread, rtol=1e-6)


def test_chances_of_all_numbers_of_cases_add_up_to_one_however_far_apart() -> None:
    for apart in (0.0, 0.7):
        ways = [np.exp(log_beta_binomial(k, 6, np.array([0.3]), np.array([apart]))) * math.comb(6, k) for k in range(7)]
        assert_allclose(sum(ways), 1)


def test_how_far_counts_are_apart_is_half_normal() -> None:
    shares = np.column_stack([np.zeros(3), [0.0, 0.6827, 1.0]])
    assert_allclose(apart_of(shares), [0.0, 0.5, 2.0], atol=2e-3)


def test_nodes_have_mean_nought_and_a_spread_near_one() -> None:
    z, weight = nodes()
    assert weight.sum() == pytest.approx(1)
    assert weight @ z == pytest.approx(0, abs=1e-12)
    assert weight @ z**2 == pytest.approx(1, abs=0.12)  # the far tails lie beyond the last node


# ---------------------------------------------------------------- draws of a posterior


def normal(shares: np.ndarray) -> np.ndarray:
    """Two observations of shares with a spread of 0.05, each an affair; the posterior is normal, at 0.5 with 0.05 / sqrt 2."""
    return -0.5 * ((shares[:, :1] - np.array([[0.45, 0.55]])) / 0.05) ** 2


def test_draws_have_the_mean_spread_and_evidence_that_they_should() -> None:
    found = several(normal, 2, count=2000, seed=3)
    first, second = found.shares.T
    assert first.mean() == pytest.approx(0.5, abs=0.004)
    assert first.std() == pytest.approx(0.05 / np.sqrt(2), rel=0.1)
    assert second.mean() == pytest.approx(0.5, abs=0.03), "of which nothing was seen"
    assert second.std() == pytest.approx(np.sqrt(1 / 12), rel=0.05)
    exact = np.log(np.sqrt(np.pi) * 0.05) - 0.5 * (0.1 / 0.05) ** 2 / 2
    assert np.mean(found.log_evidence) == pytest.approx(exact, abs=0.15)
    assert 300 < found.effective <= 2000


def test_an_affair_left_out_is_as_if_it_had_not_been_seen() -> None:
    own = sample(normal, 2, count=2000, seed=3)
    left = without(own, 1, normal, seed=3)
    assert left.shares[:, 0].mean() == pytest.approx(0.45, abs=0.01)
    assert left.shares[:, 0].std() == pytest.approx(0.05, rel=0.15)
    assert 0 < left.effective < len(own.shares)


def test_the_same_seed_draws_the_same() -> None:
    first, again = (sample(normal, 2, count=200, seed=9) for _ in range(2))
    assert_allclose(first.shares, again.shares)
    assert not np.allclose(first.shares, sample(normal, 2, count=200, seed=10).shares)


def test_truths_are_found_where_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulation-based calibration on a case whose likelihood is exact: places of truths are uniform."""
    monkeypatch.setattr(inference, "WALKING", 30)
    generator = np.random.default_rng(4)
    places = []
    for number in range(60):
        truth = generator.random()
        seen = generator.normal(truth, 0.2)
        found = sample(lambda s, seen=seen: -0.5 * ((s[:, :1] - seen) / 0.2) ** 2, 1, count=200, seed=number)
        places.append((found.shares[:, 0] < truth).mean())
    steps = np.arange(61) / 60
    ordered = np.sort(places)
    assert max(np.abs(steps[1:] - ordered).max(), np.abs(ordered - steps[:-1]).max()) < 0.21  # beyond it in one case of a hundred


def test_effective_draws() -> None:
    assert effective(np.full(10, 0.1)) == pytest.approx(10)
    assert effective(np.array([1.0, 0.0])) == pytest.approx(1)


def test_resampling_takes_draws_by_their_weights() -> None:
    assert resample(np.array([0.5, 0.0, 0.5]), 4).tolist() == [0, 0, 2, 2]
