"""From episodes and counts to parameters: priors are drawn from, rows are counted as said, and the table in the package is that one."""

from __future__ import annotations

import csv
import io
import pickle
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from rich.console import Console

from sim.model.agents import World
from sim.model.draws import Draws
from sim.scenario import load
from sim.scenario.behaviour import Behaviour
from sim.scenario.evidence import drawn_between, uncertain
from sim.scenario.learned import TABLE, posterior
from sim.scenario.paths import bounds
from sim.show.calibration import show
from sim.study.history import calibration, checks, coverage, fitting, inference
from sim.study.history import reference as tables
from sim.study.history.beside import beside
from sim.study.history.calibration import learn
from sim.study.history.counted import read_study
from sim.study.history.episodes import read_episodes
from sim.study.history.hindcast import run_episodes
from sim.study.history.inference import Prior
from sim.study.history.priors import PRIORS, PosteriorDraws, PriorDraws, by_path, prior
from sim.study.history.ratios import Ratio
from sim.study.history.reference import DAYS
from sim.study.saving import RunFolderError, check_target

HOME = Path(__file__).parent.parent
MINIMAL = Path(__file__).parent / "minimal.yaml"


def test_priors_are_of_parameters_and_within_their_bounds() -> None:
    for name, (low, high, why) in PRIORS.items():
        least, most = bounds(f"behaviour.{name}")
        assert least <= low < Behaviour.model_fields[name].default < high <= most, name
        assert why


def test_the_table_in_the_package_is_the_one_in_the_results() -> None:
    own, made = HOME / "sim" / "scenario" / TABLE, HOME / "results" / "calibration" / TABLE
    assert own.read_text(encoding="utf-8") == made.read_text(encoding="utf-8")
    assert list(posterior()) == list(PRIORS)
    for name, values in posterior().items():
        assert len(values) == calibration.KEPT
        assert PRIORS[name][0] <= min(values) < max(values) <= PRIORS[name][1]


def test_a_world_takes_a_row() -> None:
    scenario = load(MINIMAL)
    drawn = {name: Draws(3, 0, 400).quantity(what) for name, what in uncertain(scenario).items() if what.learned is not None}
    assert set(drawn) == {f"behaviour.{name}" for name in posterior()}
    rows = set(zip(*posterior().values(), strict=True))
    assert set(zip(*(drawn[f"behaviour.{name}"].tolist() for name in posterior()), strict=True)) <= rows
    assert len({tuple(row) for row in np.column_stack(list(drawn.values()))}) > 150, "most rows are taken by somebody"


def test_what_a_scenario_sets_is_taken_out_of_the_row() -> None:
    first = next(iter(posterior()))
    found = uncertain(load(MINIMAL).with_({f"behaviour.{first}": 0.4}))
    assert f"behaviour.{first}" not in found
    assert sum(what.learned is not None for what in found.values()) == len(posterior()) - 1


def test_ranges_that_are_told_are_those_that_are_drawn() -> None:
    name = next(iter(posterior()))
    assert drawn_between(name) == (min(posterior()[name]), max(posterior()[name]))
    assert drawn_between("temperature") == (0.12, 0.18)


def test_priors_take_the_place_of_what_is_drawn_otherwise() -> None:
    what = uncertain(load(MINIMAL))
    draws = PriorDraws(3, 0, 500, Prior(("threshold",), np.array([[0.0, 1.0]])))
    found = draws.quantity(what["behaviour.threshold"])
    u = Draws(3, 0, 500).uniform("parameters", "behaviour.threshold")
    assert_allclose(found, u, rtol=1e-6)
    other = what["behaviour.temperature"]
    assert_allclose(draws.quantity(other), Draws(3, 0, 500).quantity(other))


def test_a_world_takes_a_row_of_a_posterior_that_is_handed_to_it() -> None:
    what = uncertain(load(MINIMAL))
    rows = pd.DataFrame({"threshold": [0.1, 0.2, 0.3], "motivation": [2.1, 2.2, 2.3]})
    draws = pickle.loads(pickle.dumps(PosteriorDraws(3, 0, 500, by_path(rows))))
    first, second = (draws.quantity(what[f"behaviour.{name}"]) for name in rows)
    assert set(zip(first, second, strict=True)) == {(0.1, 2.1), (0.2, 2.2), (0.3, 2.3)}
    other = what["behaviour.temperature"]
    assert_allclose(draws.quantity(other), Draws(3, 0, 500).quantity(other))
    own = pd.DataFrame({name: list(values) for name, values in posterior().items()})
    packaged = PosteriorDraws(3, 0, 500, by_path(own)).quantity(what["behaviour.threshold"])
    assert_allclose(packaged, Draws(3, 0, 500).quantity(what["behaviour.threshold"]), err_msg="the same row as in any run")


@pytest.fixture(scope="module")
def table() -> tables.Reference:
    """Four episodes and no counts: small."""
    episodes, _ = read_episodes([HOME / "scenarios" / "history" / f"{name}.yaml" for name in NAMES])
    study = read_study(HOME / "scenarios" / "regularities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "run_fates", lambda *_, **__: None)
        patch.setattr(tables, "row_values", lambda *_: {})
        patch.setattr(tables, "row_value", lambda *_: Ratio(np.ones(WORLDS), np.full(WORLDS, 2.0)))
        return tables.reference(episodes, study, worlds=WORLDS, seed=5)


@pytest.fixture(scope="module")
def found(table: tables.Reference) -> calibration.Calibration:
    """What is learned from it, with few draws."""
    episodes, _ = read_episodes([HOME / "scenarios" / "history" / f"{name}.yaml" for name in NAMES])
    with pytest.MonkeyPatch.context() as patch:
        for name, count in (("WALKING", 10), ("ELSEWHERE", 6)):
            patch.setattr(inference, name, count)
        patch.setattr(checks, "WORLDS", 200)
        own = fitting.fit(table, seed=5, draws=800)
        said = learn(table, episodes, learned=own)
        places = np.linspace(0, 1, 20)[:, None] * np.ones(len(PRIORS))
        wide = calibration._with_places(said.parameters, places)
        patch.setattr(coverage, "WORLDS", 800)
        unseen, held = checks.checks(own, episodes, posterior=said.posterior, seed=5), coverage.coverage(own, episodes, seed=5)
        return replace(said, parameters=wide, checks=unseen, coverage=held)


WORLDS = 400
NAMES = ("prisoners_2022_03", "prisoners_2022_06", "gas_2019_12", "sea_2024_01")


def test_rows_are_those_that_are_scored(table: tables.Reference) -> None:
    names = [row.name for row in table.rows]
    assert "prisoners_2022_03 prisoners" in names
    assert f"prisoners_2022_03 ended {DAYS}" in names
    assert "sea_2024_01 food" in names
    assert f"sea_2024_01 ended {DAYS}" not in names, "there was no agreement"
    assert table.theta.shape == (WORLDS, len(PRIORS))
    assert (table.hits <= table.tries).all()
    kinds = {row.name: row.kind for row in table.rows}
    assert kinds["prisoners_2022_03 came"] == "came"
    assert kinds["prisoners_2022_03 as recorded"] == "record"
    assert kinds["prisoners_2022_03 ended 30"] == "watched"


def test_the_record_of_an_episode_is_that_of_worlds_to_which_both_come_by_themselves(table: tables.Reference) -> None:
    place = {row.name: n for n, row in enumerate(table.rows)}
    came = table.hits[:, place["sea_2024_01 came"]] > 0
    assert 0 < came.sum() < WORLDS
    assert_allclose(table.tries[:, place["sea_2024_01 food"]] > 0, came)
    assert_allclose(table.hits[:, place["sea_2024_01 as recorded"]], came & (table.hits[:, place["sea_2024_01 food"]] == 0))


def test_the_common_stake_of_a_world_is_the_one_it_lives_with() -> None:
    change = {"behaviour.stakes_sd": 0.3, "behaviour.stakes_common": 1.0}
    asked = load(MINIMAL).with_(change)
    found = [World(asked, next(iter(asked.file.processes)), seed=7, number=n).record for n in range(3)]
    stakes = [[position.stake for me in w.sides for position in me.positions[: w.issue_count]] for w in found]
    for own, z in zip(stakes, tables.common_stakes(7, 3), strict=True):
        assert_allclose(own, 0.3 * z)


def test_draws_of_the_table_are_those_of_the_runs(table: tables.Reference) -> None:
    """A row of ``theta`` is what its world drew: a run with that world's threshold high up has nobody coming."""
    episodes, _ = read_episodes(HOME / "scenarios" / "history" / "gas_2019_12.yaml")
    fates = run_episodes(episodes, WORLDS, 5, drawn=partial(PriorDraws, prior=prior()))[0]
    place = [row.name for row in table.rows].index("gas_2019_12 came")
    assert_allclose(table.hits[:, place], fates.by_themselves)
    threshold, ready = table.theta[:, prior().names.index("threshold")], fates.ready["gas_transit"]
    assert threshold[ready].mean() < threshold[~ready].mean()


def test_learning_moves_towards_what_was_seen_and_leaves_an_affair_out(found: calibration.Calibration) -> None:
    rows = found.rows.set_index("row")
    recorded = rows[rows["kind"] == "record"]
    assert (recorded["posterior"] > recorded["prior"] - 0.02).all()
    assert recorded["posterior"].sum() > recorded["left_out"].sum(), "who has not seen an affair expects less of what came of it"
    assert set(found.scores["figures"]) == {"prior", "posterior", "left_out"}
    assert found.parameters["parameter"].tolist() == [*PRIORS]
    assert list(found.posterior) == list(PRIORS)
    assert len(found.posterior) == calibration.KEPT
    assert found.parameters["contraction"].between(-1, 1).all()


def test_what_is_predicted_of_an_affair_is_made_again_from_the_posterior_without_it(found: calibration.Calibration) -> None:
    held, rows = found.coverage.set_index("of"), found.rows[found.rows["kind"] == "issue"].set_index("cluster")
    alone = [name for name in held.index if held.loc[name, "cases"] == 1 and not held.loc[name, "flag"]]
    assert len(alone) > 1
    for name in alone:  # what was smoothed for the fit and what is run again are of one posterior
        assert abs(held.loc[name, "predicted"] - rows.loc[name, "left_out"]) < 0.12
        assert held.loc[name, "observed"] == rows.loc[name, "k"]


def test_intervals_of_whole_numbers_worked_by_hand() -> None:
    shares = np.array([1, 6, 8, 4, 0, 1]) / 20
    row = coverage._row("sea", "affair", 3, shares, 20)
    assert (row["low_50"], row["high_50"], row["inside_50"]) == (1, 2, False)
    assert (row["low_90"], row["high_90"], row["inside_90"]) == (0, 3, True)
    assert (row["cases"], row["flag"]) == (5, "few worlds")
    assert [row[name] for name in ("expected_50", "expected_90", "predicted")] == pytest.approx([0.7, 0.95, 1.95])


@pytest.mark.parametrize("n", [12, 204])
def test_a_count_is_beta_binomial_over_the_draws_of_its_chance(n: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    chances = np.array([0.2, 0.2, 0.7])
    apart = np.array([0.0, 0.5, 0.9])
    masses = inference.mass_of(n, chances, apart)
    known = [stats.betabinom(n, p * mass, (1 - p) * mass).pmf(np.arange(n + 1)) for p, mass in zip(chances, masses, strict=True)]
    assert_allclose(coverage._of_count(chances, n, apart), np.mean(known, axis=0), rtol=1e-9)


@pytest.mark.parametrize("level", coverage.LEVELS)
def test_an_interval_holds_what_it_promises(level: int) -> None:
    n = 30
    shares = coverage._of_count(np.linspace(0.05, 0.6, 50), n, np.full(50, 0.4))
    rows = [coverage._row("", "count", k, shares) for k in range(n + 1)]
    inside = float(shares @ [row[f"inside_{level}"] for row in rows])
    assert inside == pytest.approx(rows[0][f"expected_{level}"])
    assert level / 100 <= inside < level / 100 + 0.1


def test_what_was_said_is_counted_by_row_and_by_affair(found: calibration.Calibration) -> None:
    scored = found.record[found.record["rule"] == "model"].set_index("counted")
    for way, own in found.reliability.groupby("counted"):
        assert own["rows"].sum() == scored.loc[way, "rows"]
        assert own["probability"].is_monotonic_increasing
    text = shown(found)
    assert "Predicted, left out of the fit, and what came out" in text
    assert "in the 90% interval" in text


def test_a_predecessor_is_held_against_as_a_rule(table: tables.Reference) -> None:
    episodes, _ = read_episodes([HOME / "scenarios" / "history" / f"{name}.yaml" for name in NAMES])
    names = [row.name for row in table.rows]
    rows = pd.DataFrame({"row": names, "prior": 0.4, "posterior": 0.5, "left_out": 0.6})
    for known, wanted in ((dict.fromkeys(names, 0.7), True), ({names[0]: 0.7}, False), ({}, False)):
        scores = calibration._scores(rows, episodes, known)
        assert ("predecessor" in set(scores["rule"])) == wanted


def test_a_truth_is_recorded_only_where_both_came(table: tables.Reference) -> None:
    episodes, _ = read_episodes(HOME / "scenarios" / "history" / "sea_2024_01.yaml")
    (fates,) = run_episodes(episodes, 60, 5, drawn=partial(PriorDraws, prior=prior()))
    lines = list(tables.lines_of(episodes[0], fates))
    for world in range(60):
        rows = calibration.simulated(lines, world)
        assert bool(rows) == fates.by_themselves[world]
        if rows:
            assert {row.name: row.k for row in rows} == {"sea_2024_01 came": 1.0, "sea_2024_01 food": float(fates.agreed["food"][world])}


def test_a_calibration_is_saved_whole(found: calibration.Calibration, tmp_path: Path) -> None:
    folder = found.save(tmp_path / "found")
    names = ("checks", "coverage", "parameters", "posterior", "record", "reliability", "rows", "scores")
    tables_of = {f"{name}.csv" for name in names}
    assert {p.name for p in folder.iterdir()} == {"manifest.json", "parameters.png", "parameters.svg", *tables_of}
    with (folder / "parameters.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["parameter"] for row in csv.DictReader(stream)] == [*PRIORS]
    assert len(pd.read_csv(folder / "posterior.csv")) == calibration.KEPT


def shown(found: calibration.Calibration) -> str:
    text = io.StringIO()
    show(found, Console(file=text, width=110))
    return text.getvalue()


def test_what_was_not_asked_for_is_not_shown(found: calibration.Calibration) -> None:
    text = shown(found)
    assert "Of what was not fitted" in text
    assert "both came by week 26" in text
    assert "Without one mechanism" not in text
    assert "prior beside posterior" not in text


def test_alternatives_and_results_are_shown(found: calibration.Calibration) -> None:
    rows = [
        {"alternative": "full", "log_evidence": -20.0, "change": 0.0, "error": 0.0, "verdict": "", "agreed_change": 0.0},
        {"alternative": "no_pull", "log_evidence": -24.0, "change": -4.0, "error": 0.5, "verdict": "strong for the mechanism", "agreed_change": 0.031},
    ]
    common = {"agreed_brier": 0.25, "agreed_low": 0.01, "agreed_high": 0.05, "inside_posterior": 8, "inside_left_out": 7, "scenarios": 3}
    results = beside([load(MINIMAL)], found.posterior, worlds=60, seed=1)
    both = replace(
        found, alternatives=pd.DataFrame([row | common for row in rows]), results=results,
        manifest=found.manifest | {"alternatives_worlds": 60, "results_worlds": 60},
    )  # fmt: skip
    text = shown(both)
    assert re.search(r"no pull +\u22124\.0 ±0\.5 +strong for +\+0\.031\*", text)
    assert "prior beside posterior" in text
    assert all(name.replace("_", " ") in text for name in load(MINIMAL).file.processes)


def test_one_bar_for_all_that_is_run() -> None:
    told: list[tuple[int, int]] = []
    steps = calibration._Steps(lambda done, of: told.append((done, of)), 10, 100, [load(MINIMAL)], True)
    for size in (10, 20, 1000, 7):
        tick = steps.next()
        assert tick is not None
        tick(size // 2, size)
        tick(size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]
    assert told[1][0] == 1000
    assert told[3][0] == 1750


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
def test_the_posterior_is_made_again(tmp_path: Path) -> None:
    """Twenty minutes on two cores, so this is run by hand: ``pytest -m exhaustive tests/test_calibration.py``."""
    found = calibration.calibrate(HOME / "scenarios" / "history", HOME / "scenarios" / "regularities", jobs=2)
    folder = found.save(tmp_path / "again")
    assert (folder / TABLE).read_text(encoding="utf-8") == (HOME / "results" / "calibration" / TABLE).read_text(encoding="utf-8")


def test_a_run_of_another_kind_is_not_replaced(found: calibration.Calibration, tmp_path: Path) -> None:
    folder = found.save(tmp_path / "found")
    with pytest.raises(RunFolderError, match="holds a calibration, not a comparison"):
        check_target(folder, {"kind": "comparison"})
    assert check_target(folder, found.manifest) == folder
    with pytest.raises(RunFolderError, match="holds a calibration with another seed"):
        check_target(folder, found.manifest | {"seed": 77})
