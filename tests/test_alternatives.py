"""The model without one mechanism at a time, and comparisons under prior and posterior."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from sim.model.draws import Parameters
from sim.scenario import load
from sim.scenario.paths import bounds
from sim.study.compare import compare
from sim.study.history import alternatives as module
from sim.study.history import beside as both
from sim.study.history import fitting, inference
from sim.study.history import reference as tables
from sim.study.history.alternatives import (
    ALTERNATIVES,
    FULL,
    Alternative,
    alternatives,
    fixed_parameters,
    jackknifed,
    log_evidence,
    runs_under,
    with_fixed,
    words,
)
from sim.study.history.beside import beside
from sim.study.history.counted import Study, read_study
from sim.study.history.episodes import Episode, read_episodes
from sim.study.history.priors import PRIORS, PriorDraws, prior

HOME = Path(__file__).parent.parent
MINIMAL = Path(__file__).parent / "minimal.yaml"


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    return read_episodes([HOME / "scenarios" / "history" / f"{name}.yaml" for name in ("gas_2019_12", "grain_2022_10")])[0]


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(HOME / "scenarios" / "regularities")


# ---------------------------------------------------------------- what is fixed


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_every_alternative_fixes_numbers_that_there_are(name: str, episodes: list[Episode], study: Study) -> None:
    one = ALTERNATIVES[name]
    scenarios = [e.scenario for e in episodes] + list(study.scenarios.values())
    for pattern, value in one.fixed.items():
        changed = ((with_fixed(scenario, {pattern: value}), scenario) for scenario in scenarios)
        own = next((new for new, old in changed if new is not old), None)
        assert own is not None, f"{pattern} names no number"
        paths = [path for path in own.pinned if path.split(".")[-1] == pattern.split(".")[-1] or pattern.endswith("*")]
        assert paths
        assert all(own.numbers()[path] == value for path in paths)
    assert one.label
    assert one.why


def test_what_is_fixed_is_not_drawn_and_moves_no_other_draw(episodes: list[Episode]) -> None:
    one = Alternative("", {"issues.*.self_enforcing": 1.0, "behaviour.guarantee": 0.0}, "")
    scenario = episodes[0].scenario
    full = Parameters(scenario, PriorDraws(5, 0, 50, prior()))
    without = Parameters(with_fixed(scenario, one.fixed), PriorDraws(5, 0, 50, prior(fixed_parameters(one))))
    assert without("behaviour.guarantee") == 0
    assert full("behaviour.guarantee").std() > 0
    issues = [path for path in scenario.numbers() if path.endswith(".self_enforcing")]
    assert all(without(path) == 1 for path in issues)
    for name in set(full.drawn) - {"behaviour.guarantee"}:
        if name in without.drawn:
            assert_allclose(without.drawn[name], full.drawn[name])
    of_issues = {path.rpartition(".")[0] for path in issues}  # an assumption about an issue of which nothing else is drawn
    assert set(full.drawn) - set(without.drawn) <= {"behaviour.guarantee", *issues, *of_issues}


def test_a_fixed_parameter_leaves_the_prior() -> None:
    assert fixed_parameters(ALTERNATIVES["no_guarantee"]) == ["guarantee"]
    assert prior(["guarantee"]).names == tuple(name for name in PRIORS if name != "guarantee")


def test_runs_that_an_alternative_does_not_touch_are_left_alone(episodes: list[Episode], study: Study) -> None:
    changed, other, count = runs_under(ALTERNATIVES["no_side_deals"], episodes, study)
    assert changed[0].scenario is episodes[0].scenario, "no side deal there"
    assert changed[1].scenario is not episodes[1].scenario
    assert count == 1
    assert other.scenarios["crisis"] is study.scenarios["crisis"]


# ---------------------------------------------------------------- evidence


def test_a_jackknife_of_means_is_their_standard_error() -> None:
    values = np.random.default_rng(2).normal(size=8)
    without = (values.sum() - values) / 7
    assert jackknifed(without, np.zeros(8)) == pytest.approx(values.std(ddof=1) / np.sqrt(8))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (-0.9, 0.1, "not told apart"), (-2.0, 1.1, "not told apart"), (-2.0, 0.5, "positive for the mechanism"),
        (4.0, 0.5, "strong against the mechanism"), (-6.0, 0.5, "very strong for the mechanism"),
    ],
)  # fmt: skip
def test_words_of_a_bayes_factor(change: float, error: float, said: str) -> None:
    assert words(change, error) == said


def made(slope: float, names: tuple[str, ...] = ("a", "b")) -> tables.Reference:
    """A record of 45 in 50 that parameter ``a`` moves with a ``slope``; without one the chance is a half for all."""
    generator = np.random.default_rng(1)
    spans = inference.Prior(names, np.array([[0.0, 1.0]] * len(names)))
    theta = generator.random((1600, len(names)))
    chance = 1 / (1 + np.exp(-slope * (2 * theta[:, :1] - 1)))
    hits = generator.binomial(20, chance).astype(np.float32)
    rows = (inference.Row("r", "counted: r", 45, 50, "count"),)
    return tables.Reference(spans, theta, np.zeros(1600), rows, hits, np.full_like(hits, 20))


def test_a_mechanism_that_the_record_needs_has_evidence_and_one_that_does_nothing_has_none() -> None:
    full, error = log_evidence(fitting.fit(made(3.0), seed=1, draws=800))
    without, same_error = log_evidence(fitting.fit(made(0.0), seed=1, draws=800))
    assert without - full < -1.5  # 45 of 50 are far from a half, also for cases that hang together
    assert 0 < error < 0.3
    assert same_error < 0.1


# ---------------------------------------------------------------- the table


def test_alternatives_are_rows_beside_the_full_model(episodes: list[Episode], study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that changes nothing is the full model to the last digit; one that does is not."""
    monkeypatch.setattr(tables, "run_fates", lambda *_, **__: None)
    monkeypatch.setattr(tables, "row_values", lambda *_: {})
    counted = study.counted.model_copy(update={"context": {}})
    monkeypatch.setattr(module, "DRAWS", 400)
    monkeypatch.setattr(module, "PART_DRAWS", 200)
    for name in ("WARMING", "WALKING", "ELSEWHERE"):
        monkeypatch.setattr(inference, name, 3)
    few = Study(counted, study.scenarios)
    full = tables.reference(episodes, few, worlds=160, seed=5)
    asked = {
        "idle": Alternative("nothing", {"parties.nobody.*": 0.0}, "a pattern without a number"),
        "aloof": Alternative("nobody comes", {"behaviour.threshold": 1.0}, "the least ready"),
    }
    told: list[tuple[int, int]] = []
    found = alternatives(full, episodes, few, seed=5, asked=asked, progress=lambda *at: told.append(at)).set_index("alternative")
    assert list(found.index) == [FULL, *asked]
    idle, aloof = found.loc["idle"], found.loc["aloof"]
    assert idle["scenarios"] == 0
    assert idle["change"] == 0
    assert idle["agreed_change"] == 0
    assert aloof["change"] != 0
    assert aloof["error"] > 0
    assert aloof["agreed_brier"] - found.loc[FULL, "agreed_brier"] == pytest.approx(aloof["agreed_change"])
    assert aloof["came_prior"] < found.loc[FULL, "came_prior"] == pytest.approx(idle["came_prior"]), "the highest threshold"
    assert aloof["fixed"] == "behaviour.threshold = 1"
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len({of for _, of in told}) == 1


# ---------------------------------------------------------------- prior beside posterior


def test_the_same_rows_on_both_sides_change_nothing() -> None:
    """A posterior of one row is a scenario with these values set; the prior is the run with parameters over their priors."""
    scenario = load(MINIMAL)
    middle = {name: (low + high) / 2 for name, (low, high, _) in PRIORS.items()}
    found = beside([scenario], pd.DataFrame([middle]), worlds=120, seed=3).set_index(["process", "metric"])
    fixed = scenario.with_({f"behaviour.{name}": value for name, value in middle.items()})
    summary = compare(fixed, worlds=120, seed=3).summary
    for process in scenario.file.processes:
        for metric in both.METRICS:
            own = summary[(summary["process"] == process) & (summary["metric"] == metric) & (summary["issue"] == "")]
            row = found.loc[(process, metric)]
            assert row["posterior"] == pytest.approx(float(own["estimate"].iloc[0]))
            assert row["change"] == pytest.approx(row["posterior"] - row["prior"])
            assert row["change_low"] <= row["change"] <= row["change_high"]
    assert (found["prior"] != found["posterior"]).any()
    assert found["prior_order"].dropna().min() == 1


def test_draws_reach_the_prior_from_end_to_end() -> None:
    drawn = partial(PriorDraws, prior=prior())(3, 0, 400)
    found = Parameters(load(MINIMAL), drawn)("behaviour.threshold")
    low, high, _ = PRIORS["threshold"]
    assert found.min() < low + 0.05 * (high - low)
    assert found.max() > high - 0.05 * (high - low)
    assert bounds("behaviour.threshold")[0] <= found.min()
