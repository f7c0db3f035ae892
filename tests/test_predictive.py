"""Posterior predictive checks: what was seen beside what a record made again shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.study.history import checks, fitting
from sim.study.history.checks import COLUMNS
from sim.study.history.episodes import read_episodes
from sim.study.history.inference import Prior, Row
from sim.study.history.reference import CONTEXT, Reference

HISTORY = "scenarios/history"
NAMES = ("gas_2019_12", "prisoners_2022_03", "sea_2024_01")
PRIOR = Prior(("threshold", "motivation"), np.array([[0.0, 1.0], [2.0, 6.0]]))


def table(came: float, count: float, k: int = 3) -> Reference:
    """A record that says nothing of the parameters; both come with chance ``came``, a counted case happens with ``count``."""
    generator = np.random.default_rng(3)
    theta = PRIOR.at(generator.random((2000, 2)))
    rows = (
        *(Row(f"{name} came", name, 1, 1, "came", name) for name in NAMES),
        *(Row(f"{name} ended 30", name, 0, 1, "watched", name) for name in NAMES),
        Row("elsewhere", f"{CONTEXT}elsewhere", k, 10, "watched"),
    )
    hits = np.column_stack([generator.random((2000, 3)) < came, generator.random((2000, 3)) < 0.1, generator.random(2000) < count])
    return Reference(PRIOR, theta, np.zeros(2000), rows, hits.astype(np.float32), np.ones((2000, 7), np.float32))


def counted(asked: Reference) -> pd.DataFrame:
    episodes, _ = read_episodes([f"{HISTORY}/{name}.yaml" for name in NAMES])
    own = fitting.fit(asked, seed=1, draws=400)
    return pd.DataFrame(checks._counts(own, episodes, 1), columns=list(COLUMNS)).set_index(["statistic", "of"])


def test_who_came_is_counted_over_all_and_by_group() -> None:
    found = counted(table(came=0.5, count=0.3)).loc["both came by week 26"]
    every = found.loc["all episodes"]
    assert every["observed"] == 3
    assert every["predicted"] in (1, 2)
    assert every["tail"] == pytest.approx(0.125, abs=0.04), "three of three at even odds"
    groups = [name for name in ("humanitarian", "technical", "political") if name in found.index]
    assert found.loc[groups, "observed"].sum() == 3
    alone = found.loc["gas_2019_12"]
    assert alone["kind"] == "chance"
    assert alone["predicted"] == pytest.approx(0.5, abs=0.08)
    assert alone["tail"] == pytest.approx(0.5, abs=0.08)


def test_nobody_in_the_model_comes_and_everybody_did() -> None:
    every = counted(table(came=0.0, count=0.3)).loc[("both came by week 26", "all episodes")]
    assert every["high"] == 0
    assert every["tail"] < 0.01


def test_ends_by_a_day_that_was_not_fitted() -> None:
    found = counted(table(came=0.5, count=0.3)).loc[("ended by day 30", "all agreements")]
    assert found["observed"] == 0
    assert found["tail"] == pytest.approx(0.9**3, abs=0.06)


@pytest.mark.parametrize(("k", "near"), [(3, True), (9, False)])
def test_counts_for_context(k: int, near: bool) -> None:
    found = counted(table(came=0.5, count=0.3, k=k)).loc[("counts for context", "elsewhere")]
    assert found["observed"] == k / 10
    assert found["predicted"] == pytest.approx(0.3, abs=0.11)
    assert (found["tail"] > 0.2) == near
    assert (found["low"] <= found["observed"] <= found["high"]) == near


def test_numbers_come_from_worlds_whose_agreement_entered_into_force(monkeypatch: pytest.MonkeyPatch) -> None:
    episodes, _ = read_episodes([f"{HISTORY}/prisoners_2022_03.yaml"])
    monkeypatch.setattr(checks, "WORLDS", 300)
    dated = replace(episodes[0], observed=episodes[0].observed.model_copy(update={"agreed_after": 15}))
    eager = pd.DataFrame({"threshold": [0.0, 0.01]})
    found = pd.DataFrame(checks._numbers(dated, eager, 1)).set_index("statistic")
    weeks = found.loc["weeks to agreement"]
    assert weeks["observed"] == 2, "whole weeks"
    assert 0 <= weeks["low"] <= weeks["predicted"] <= weeks["high"] < 26
    assert found.loc["suspensions", "observed"] == 0
    silent = pd.DataFrame({"pace_remote": [0.0]})
    none = pd.DataFrame(checks._numbers(dated, silent, 1)).set_index("statistic").loc["weeks to agreement"]
    assert np.isnan(none["predicted"])
    assert "0 worlds" in none["note"]
    assert none["note"].endswith("few")


def test_tail_is_the_side_on_which_the_record_lies() -> None:
    made = np.arange(100.0)
    assert checks._row("s", "o", "number", 95, made, "")["tail"] == pytest.approx(0.05)
    assert checks._row("s", "o", "number", 4, made, "")["tail"] == pytest.approx(0.05)


def test_no_watched_rows_no_counts() -> None:
    asked = table(0.5, 0.3)
    bare = replace(asked, rows=(Row("r", "counted: r", 1, 2, "count"),), hits=asked.hits[:, :1], tries=asked.tries[:, :1])
    found = checks.checks(fitting.fit(bare, seed=1, draws=400), [], posterior=pd.DataFrame(), seed=1)
    assert list(found) == list(COLUMNS)
    assert not len(found)
