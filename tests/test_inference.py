"""From a record to parameters: smoothed chances, weights, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sim.study.history.inference import (
    LEAST,
    Chances,
    Prior,
    Row,
    contraction,
    doubted,
    effective,
    features,
    log_likelihood,
    places,
    resample,
    smooth,
    weights,
)

PRIOR = Prior(("a", "b"), np.array([[0.0, 1.0], [10.0, 30.0]]))


def table(count: int = 1500, worlds: int = 20) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draws, hits and tries of three rows: one rises with a, one falls with b, one with neither; and the true chances."""
    generator = np.random.default_rng(1)
    theta = PRIOR.at(generator.random((count, 2)))
    a, b = PRIOR.unit(theta).T
    chance = 1 / (1 + np.exp(-np.column_stack([2 * a, 1 - 1.5 * b, np.full(count, -1.0)])))
    hits = generator.binomial(worlds, chance).astype(float)
    return theta, hits, np.full_like(hits, worlds), chance


def test_prior_draws_lie_in_their_ranges() -> None:
    theta = PRIOR.at(np.random.default_rng(2).random((1000, 2)))
    assert (theta.min(axis=0) >= PRIOR.ranges[:, 0]).all()
    assert (theta.max(axis=0) <= PRIOR.ranges[:, 1]).all()
    assert_allclose(PRIOR.unit(np.array([[0.5, 30.0]])), [[0.0, 1.0]])


def test_features_are_all_up_to_products_of_two() -> None:
    assert_allclose(features(np.array([[2.0, 3.0]])), [[1, 2, 3, 4, 6, 9]])


def test_smoothed_chances_are_nearer_to_the_truth_than_the_counts() -> None:
    theta, hits, tries, chance = table()
    found = smooth(PRIOR, theta, hits, tries)(theta)
    wanted = LEAST / 2 + (1 - LEAST) * chance
    assert np.abs(found - wanted).mean() < 0.25 * np.abs(hits / tries - chance).mean()
    assert found.min() >= LEAST / 2
    assert found.max() <= 1 - LEAST / 2


def test_a_draw_in_which_no_world_could_say_does_not_count() -> None:
    theta, hits, tries, _ = table()
    silent = np.zeros(len(theta), bool)
    silent[::2] = True
    bare = smooth(PRIOR, theta[~silent], hits[~silent], tries[~silent])
    hits[silent], tries[silent] = 0, 0
    assert_allclose(smooth(PRIOR, theta, hits, tries).coefficients, bare.coefficients, rtol=1e-6, atol=1e-8)


def test_likelihood_by_hand() -> None:
    rows = [Row("x", "one", 3, 4), Row("y", "two", 0, 1, vote=0.5)]
    found = log_likelihood(np.array([[0.5, 0.2]]), rows)
    assert_allclose(found, [[4 * np.log(0.5), 0.5 * np.log(0.8)]])


def test_discrepancy_draws_single_cases_towards_one_half() -> None:
    rows = [Row("x", "one", 1, 1), Row("y", "two", 3, 40)]
    found = doubted(np.array([[0.9, 0.9], [0.1, 0.1]]), rows, np.array([0.5, 1.0]))
    assert_allclose(found, [[0.25 + 0.45, 0.9], [0.5, 0.1]])


def test_misses_teach_discrepancy_and_hits_do_not() -> None:
    share = np.linspace(0, 1, 101)
    for k, expected in ((1.0, 0.3), (0.0, 0.6)):  # the model says 0.95 of twelve cases, of which all or none came out
        rows = [Row(f"case {n}", f"affair {n}", k, 1) for n in range(12)]
        said = doubted(np.full((101, 12), 0.95), rows, share)
        mean = weights(log_likelihood(said, rows), rows) @ share
        assert (mean < expected) if k else (mean > expected)


def test_weights_add_to_one_and_leave_a_cluster_out() -> None:
    rows = [Row("x", "one", 1, 1), Row("y", "two", 1, 1)]
    likelihood = np.log(np.array([[0.2, 0.9], [0.6, 0.1]]))
    assert_allclose(weights(likelihood, rows), np.array([0.18, 0.06]) / 0.24)
    assert_allclose(weights(likelihood, rows, without="two"), [0.25, 0.75])
    assert effective(np.array([0.5, 0.5])) == pytest.approx(2)


def test_resampling_keeps_the_shares() -> None:
    chosen = resample(np.array([0.5, 0.3, 0.2]), 100)
    assert_allclose(np.bincount(chosen), [50, 30, 20], atol=1)


def test_what_informs_contracts_and_what_does_not_stays() -> None:
    theta, hits, tries, _ = table()
    rows = [Row("a", "one", 45, 50)]
    chances = smooth(PRIOR, theta, hits[:, :1], tries[:, :1])
    weight = weights(log_likelihood(chances(theta), rows), rows)
    a, b = contraction(theta, weight, PRIOR)
    assert a > 0.6
    assert abs(b) < 0.15


def test_places_of_the_truth_are_uniform_and_would_not_be_if_the_posterior_were_too_narrow() -> None:
    generator = np.random.default_rng(4)
    theta, hits, tries, _ = table()
    chances = smooth(PRIOR, theta, hits, tries)
    rows = [Row("a", "one", 5, 10), Row("b", "two", 5, 10), Row("c", "three", 5, 10)]
    truths = PRIOR.at(generator.random((200, 2)))
    draws = PRIOR.at(generator.random((4000, 2)))
    found = places(chances(draws), draws, rows, (chances(truths), truths), generator.random((200, 3, 10)))
    assert deviation(found[:, 0]) < 0.115  # the 99% bound of Kolmogorov and Smirnov for 200
    surer = Chances(PRIOR, chances.coefficients * 3)
    assert deviation(mixed(surer, chances, (draws, truths), rows, generator)[:, 0]) > 0.115


def mixed(own: Chances, world: Chances, draws: tuple[np.ndarray, np.ndarray], rows: list[Row], generator: np.random.Generator) -> np.ndarray:
    """Places of truths whose record comes from other chances than those that the posterior believes in."""
    theta, truths = draws
    at = own(theta)
    found = np.empty(truths.shape)
    for t, chance in enumerate(world(truths)):
        record = [Row(r.name, r.cluster, float(generator.binomial(int(r.n), p)), r.n) for r, p in zip(rows, chance, strict=True)]
        found[t] = weights(log_likelihood(at, record), record) @ (theta < truths[t])
    return found


def deviation(shares: np.ndarray) -> float:
    """Largest distance of the distribution from a uniform one."""
    ordered = np.sort(shares)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max(np.abs(steps[1:] - ordered).max(), np.abs(steps[:-1] - ordered).max()))
