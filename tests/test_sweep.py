"""Sweeps: designs, figures that add up to those of a comparison, study files, the verbs."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli
from sim.model.agents import World
from sim.model.draws import Draws
from sim.scenario import load
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.compare import compare, run_block
from sim.study.outcomes import Z, process_rows
from sim.study.sweeps import design as designs
from sim.study.sweeps.asked import parse_vary, read_points, read_study
from sim.study.sweeps.design import make_design
from sim.study.sweeps.sweep import Means, parse_slice
from sim.study.tally import Key, Tally, _Fit, _sums, merged, tally_block

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")
EXAMPLE = HERE / "study-example.yaml"
GRIEVANCE, OTHER, SEEN = "parties.north.grievance", "parties.south.grievance", "formats.face_to_face.visibility"
FIGURES = ["estimate", "low", "high"]
ASSUMED = ["assumed_low", "assumed_high"]
runner = CliRunner()


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(MINIMAL)


def call(*args: str | Path) -> Result:
    """The command in this process."""
    return runner.invoke(cli.app, [str(arg) for arg in args], env={"COLUMNS": "100"})


# ---------------------------------------------------------------- figures that add up


@pytest.mark.parametrize("worlds", [1, 2, 9, 400, 4130])
def test_figures_are_those_of_all_worlds_together(scenario: Scenario, worlds: int) -> None:
    """Shares, means and medians as anyone would compute them from the values of every world."""
    found = compare(scenario, worlds=worlds, seed=3).summary.query("table == ''").set_index(["process", "metric", "issue"])
    first: dict[str, np.ndarray] = {}
    for process in scenario.file.processes:
        sizes = [(block, min(4096, worlds - block * 4096)) for block in range(-(-worlds // 4096))]
        blocks = [run_block(scenario, process, 3, b, n) for b, n in sizes]
        frame = pd.concat([process_rows(p.rows, scenario) for p in blocks], ignore_index=True)
        values = {str(metric): frame[metric].to_numpy(float) for metric in frame}
        first = first or values
        for metric, own in values.items():
            _as_plain(found.loc[process, metric, ""], own, frame[metric].dtype == bool, metric)
            if first is not values:
                _as_plain(found.loc[process, f"{metric}_difference", ""], own - first[metric], False, "")


def _as_plain(row: pd.Series, values: np.ndarray, share: bool, metric: str) -> None:
    values = values[~np.isnan(values)]
    n = len(values)
    if not n:
        assert row[FIGURES].isna().all()
    elif metric == "weeks_to_agreement":
        assert row["estimate"] == np.median(values)
        assert row["low"] <= row["estimate"] <= row["high"]
        assert {row["low"], row["high"]} <= set(values)
    else:
        centre, half = values.mean(), Z * values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        low, high = centre - half, centre + half
        if share:  # Wilson's interval is where a share p differs from the one seen by Z standard errors of p
            low, high = (_wilson_end(centre, n, side) for side in (-1, 1))
        np.testing.assert_allclose([row["estimate"], row["low"], row["high"]], [centre, low, high], rtol=1e-9, atol=1e-9)


def _wilson_end(seen: float, n: int, side: int) -> float:
    """The share p on one side with ``(seen - p)^2 = Z^2 p (1 - p) / n``, as a root of that quadratic."""
    roots = np.roots([1 + Z**2 / n, -2 * seen - Z**2 / n, seen**2]).real
    return float(np.clip(roots.min() if side < 0 else roots.max(), 0, 1))


def test_what_the_assumptions_leave_open_is_the_spread_of_a_linear_fit() -> None:
    u = Draws(1, 0, 4096).uniform("test", "parameters", 20).astype(float)
    noise = Draws(1, 0, 4096).uniform("test", "noise").astype(float)
    values = 2 * u[0] - u[1] + 3 * noise
    spread = 2 * Z * np.sqrt(5 / 12)  # of 2 u0 - u1, known without any fit
    key = Key("process", "metric")

    def tally(*parts: slice) -> pd.Series:
        blocks = []
        for rows in parts:
            fit = _Fit.of({str(k): row[rows] for k, row in enumerate(u)}, len(values[rows]))
            blocks.append(Tally(len(values[rows]), (key,), _sums([values[rows]], fit), {}))
        return merged(blocks).table().iloc[0]

    whole, parts = tally(slice(0, 4096)), tally(slice(0, 3000), slice(3000, 4096))
    assert whole["estimate"] == pytest.approx(values.mean(), rel=1e-12)
    assert parts["estimate"] == pytest.approx(values.mean(), rel=1e-12)
    for found in (whole, parts):
        assert found["assumed_high"] - found["assumed_low"] == pytest.approx(spread, rel=0.05)


def test_merging_different_figures_is_an_error(scenario: Scenario) -> None:
    one, both = ([run_block(scenario, p, 1, 0, 5) for p in names] for names in (["both"], ["direct_talks", "both"]))
    with pytest.raises(ValueError, match="different figures"):
        tally_block(scenario, one).merge(tally_block(scenario, both))


def test_parameters_that_do_not_vary_are_fitted_all_the_same(scenario: Scenario) -> None:
    pieces = [run_block(scenario, "both", 1, 0, 400)]
    pieces[0].drawn["constant"] = np.ones(400)
    assert np.isfinite(tally_block(scenario, pieces).numbers[:, -2:]).all()


def test_a_finished_world_is_forgotten(scenario: Scenario) -> None:
    """Or the memory of many worlds would grow: Mesa keeps every model for good."""
    world = World(scenario, "both").run()
    there = weakref.ref(world)
    del world
    gc.collect()
    assert there() is None


# ---------------------------------------------------------------- designs


def test_a_grid_has_every_combination_and_the_last_path_runs_fastest(scenario: Scenario) -> None:
    found = make_design(scenario, {GRIEVANCE: (0.1, 0.5), SEEN: ["secret", "public"]}, n=3)
    assert found.count == 6
    assert [tuple(point.values()) for point in found] == [
        (g, seen) for g in (0.1, 0.3, 0.5) for seen in ("secret", "public")
    ]  # fmt: skip
    one = make_design(scenario, {"weeks": {"low": 30, "high": 40, "n": 3}})
    assert [point["weeks"] for point in one] == [30, 35, 40]
    assert all(type(point["weeks"]) is int for point in one)


@pytest.mark.parametrize("kind", ["latin", "sobol"])
def test_sampled_designs_fill_each_range_evenly(scenario: Scenario, kind: str) -> None:
    if kind == "sobol":
        pytest.importorskip("scipy")
    found = make_design(scenario, {GRIEVANCE: (0.2, 0.6), SEEN: ["secret", "public"], "weeks": (30, 39)}, kind=kind, n=32, seed=4)
    values = np.array([point[GRIEVANCE] for point in found])
    if kind == "latin":  # one value in each of 32 equal parts
        assert sorted(np.floor((values - 0.2) / 0.4 * 32).astype(int)) == list(range(32))
    assert values.min() >= 0.2
    assert values.max() <= 0.6
    assert abs(values.mean() - 0.4) < 0.01
    assert sum(point[SEEN] == "public" for point in found) == pytest.approx(16, abs=1)
    weeks = {point["weeks"] for point in found}
    assert weeks <= set(range(30, 40))
    assert len(weeks) == 10


def test_designs_are_the_same_for_the_same_seed_whatever_is_varied_beside(scenario: Scenario) -> None:
    def of(seed: int, *paths: str) -> list[float]:
        made = make_design(scenario, dict.fromkeys(paths, (0.1, 0.5)), kind="latin", n=7, seed=seed)
        return [point[GRIEVANCE] for point in made]

    assert of(1, GRIEVANCE) == of(1, GRIEVANCE, OTHER) == of(1, OTHER, GRIEVANCE)
    assert of(1, GRIEVANCE) != of(2, GRIEVANCE)


def test_a_list_of_points_is_taken_as_it_is(scenario: Scenario) -> None:
    points = [{GRIEVANCE: 0.3, SEEN: "secret"}, {GRIEVANCE: 0.1, SEEN: "public"}]
    assert list(make_design(scenario, points)) == points
    assert list(make_design(scenario, pd.DataFrame(points))) == points
    assert list(make_design(scenario, {GRIEVANCE: np.array([0.3, 0.1])})) == [{GRIEVANCE: 0.3}, {GRIEVANCE: 0.1}]


def test_values_are_tried_in_the_company_of_their_point(scenario: Scenario) -> None:
    """A value that only fits with another varied one is no error."""
    base = "parties.north.positions.ferry"
    points = [
        {f"{base}.gains": {"weekly": 0.5}, f"{base}.salience": 1.5},
        {f"{base}.gains": {"weekly": 0.9}, f"{base}.salience": 2.5},
    ]
    assert make_design(scenario, points).count == 2


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    ({}, {}, "vary: nothing is varied"),
    ([], {}, "vary: got no points: the design would be empty"),
    ({GRIEVANCE: []}, {}, f"vary: {GRIEVANCE}: got no values: the design would be empty"),
    ({"parties.nort.grievance": (0.1, 0.5)}, {"n": 2}, "did you mean north?"),
    ({"parties.nort.grievance": [0.1]}, {}, "did you mean north?"),
    ({GRIEVANCE: (0.1, 1.5)}, {"n": 2}, f"vary: {GRIEVANCE}: got the range 0.1 to 1.5, expected it within 0 to 1"),
    ({GRIEVANCE: [0.5, 1.5]}, {}, f"vary: {GRIEVANCE}: got 1.5, expected a number of at most 1"),
    ({GRIEVANCE: (0.5, 0.1)}, {"n": 2}, "expected a low end below the high one"),
    ({GRIEVANCE: (0.1, float("nan"))}, {"n": 2}, "expected two finite numbers"),
    ({GRIEVANCE: (0.1, 0.5)}, {}, "needs a number of steps"),
    ({GRIEVANCE: (0.1, 0.5)}, {"n": 0}, "n: got 0, expected a whole number of at least 1: the design would be empty"),
    ({GRIEVANCE: [0.1]}, {"n": 3}, "n: got a number of steps, but no range is without one"),
    ({GRIEVANCE: {"low": 0.1, "hi": 0.5}}, {}, "expected low, high and, in a grid, n"),
    ({GRIEVANCE: "0.1"}, {}, "expected a list of values"),
    ({GRIEVANCE: [0.1, None]}, {}, f"vary: {GRIEVANCE}: required key is missing"),
    ({GRIEVANCE: [0.1, 0.1]}, {}, "got 0.1 twice"),
    ({SEEN: (0.1, 0.5)}, {"n": 2}, f"vary: {SEEN}: got a range where no number can stand; expected a list of values"),
    ({SEEN: ["secret", "publc"]}, {}, "did you mean public?"),
    ({"weeks": (30.5, 40)}, {"n": 2}, "expected whole numbers"),
    ({GRIEVANCE: [0.1], "parties.north": [{}]}, {}, "lies within parties.north, which is varied as well"),
    ({GRIEVANCE: (0.1, 0.5)}, {"kind": "latin"}, "n: design latin needs a number of points"),
    ({GRIEVANCE: {"low": 0.1, "high": 0.5, "n": 3}}, {"kind": "latin", "n": 3}, "where no range has steps of its own"),
    ({GRIEVANCE: (0.1, 0.5)}, {"kind": "latni", "n": 3}, "did you mean latin?"),
    ({GRIEVANCE: (0.1, 0.5)}, {"kind": "latin", "n": 10**9}, "design: got 1,000,000,000 points, expected at most 1,000,000"),
    ({GRIEVANCE: (0.1, 0.5), OTHER: (0.1, 0.5)}, {"n": 40_000}, "design: got 1,600,000,000 points, expected at most"),
    ({GRIEVANCE: {"low": 0.1, "high": 0.5, "n": 10**30}}, {}, "got more than 10^15 points"),
    ([{GRIEVANCE: 0.1}, {OTHER: 0.1}], {}, "point 1: has not the same paths as point 0"),
    ([{GRIEVANCE: 0.1}, {}], {}, "point 1: got an empty mapping"),
    ([{GRIEVANCE: 0.1}, {GRIEVANCE: None}], {}, f"vary: {GRIEVANCE}: required key is missing"),
    ([{GRIEVANCE: 0.1}], {"n": 4}, "expected no n"),
    ([{GRIEVANCE: 0.1}], {"kind": "grid"}, "design grid: expected a mapping of path to values"),
    ({GRIEVANCE: [0.1]}, {"kind": "points"}, "design points: expected a list of points"),
]


@pytest.mark.parametrize(("vary", "given", "words"), REFUSED, ids=[words[:60] for *_, words in REFUSED])
def test_a_design_that_cannot_be_is_refused_in_a_line(scenario: Scenario, vary: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        make_design(scenario, vary, **given)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_sobol_says_what_it_needs(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(designs, "import_module", gone)
    with pytest.raises(ScenarioError, match=r"pip install 'gobetween\[sensitivity\]'"):
        make_design(scenario, {GRIEVANCE: (0.1, 0.5)}, kind="sobol", n=4)


# ---------------------------------------------------------------- sim.sweep


def test_every_point_is_a_comparison_on_the_same_worlds(scenario: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    found = sim.sweep(
        scenario,
        {GRIEVANCE: [0.1, 0.5]},
        worlds=12,
        seed=5,
        keep_worlds=True,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert list(found.points.columns) == ["point", GRIEVANCE]
    for point, value in enumerate((0.1, 0.5)):
        expected = compare(scenario.with_({GRIEVANCE: value}), worlds=12, seed=5)
        own = found.table[found.table["point"] == point].reset_index(drop=True)
        assert set(own[GRIEVANCE]) == {value}
        pd.testing.assert_frame_equal(own[expected.summary.columns], expected.summary, check_dtype=False, rtol=1e-12)
        worlds = found.worlds[found.worlds["point"] == point].reset_index(drop=True)
        for column in ("process", "table", "world", "weeks_in_force", "agreed_week", "parameter:behaviour.offers"):
            assert worlds[column].equals(expected.worlds[column].astype(worlds[column].dtype)), column
    assert seen == [(0, 48), (24, 48), (48, 48)]


def test_a_point_that_is_no_scenario_is_named(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "_try", lambda scenario, design: None)
    with pytest.raises(ScenarioError, match=r"^point 1: parties.north.grievance: got 1.5"):
        sim.sweep(scenario, {GRIEVANCE: [0.1, 1.5]}, worlds=2, processes=["direct_talks"])


def test_arguments_that_cannot_be_are_refused(scenario: Scenario) -> None:
    for given, words in (
        ({"worlds": 0}, "worlds: got 0"), ({"worlds": 1.5}, "worlds: got 1.5"), ({"seed": -1}, "seed: got -1"),
        ({"processes": ["nobody"]}, "unknown process nobody"), ({"jobs": 0}, "jobs: got 0"),
        ({"slice_": "1/2"}, "a slice needs a folder"), ({"slice_": "3/2"}, "expected the number of the slice"),
        ({"cluster": "nowhere"}, "expected an address such as tcp://host:8786"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError, match=words):
            sim.sweep(scenario, {GRIEVANCE: [0.1]}, **given)


def test_slices_share_all_pieces_between_them() -> None:
    shares = [list(Means(part=parse_slice(f"{part}/3")).share(10)) for part in (1, 2, 3)]
    assert shares[0] == [0, 3, 6, 9]
    assert sorted([*shares[0], *shares[1], *shares[2]]) == list(range(10))


# ---------------------------------------------------------------- as a person writes it


def test_ranges_and_values_as_they_are_typed() -> None:
    assert parse_vary("a.b=0.1:0.5:5") == ("a.b", {"low": 0.1, "high": 0.5, "n": 5})
    assert parse_vary("a.b=1:5") == ("a.b", {"low": 1, "high": 5})
    assert parse_vary("a.b=secret,public") == ("a.b", ["secret", "public"])
    assert parse_vary("a.b=true, 0.5, [x, y]") == ("a.b", [True, 0.5, ["x", "y"]])
    for text in ("a.b", "a.b=", "=1", "a.b=1:x", "a.b=1:2:3:4"):
        with pytest.raises(ScenarioError, match="--vary"):
            parse_vary(text)


def test_points_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text(f"point,{GRIEVANCE},{SEEN}\n0,0.5,secret\n1,1,public\n", encoding="utf-8")
    assert read_points(str(file)) == [{GRIEVANCE: 0.5, SEEN: "secret"}, {GRIEVANCE: 1, SEEN: "public"}]
    for text, words in (
        ("", ":1: expected a path"), ("a,a\n1,2\n", ":1: a: varied twice"), ("a,b\n1\n", ":2: got 1 values, expected 2"),
    ):  # fmt: skip
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=words):
            read_points(str(file))
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_points(str(tmp_path / "none.csv"))


SPONSOR = "formats.go_between.sponsor"


def test_no_sponsor_can_be_written_in_every_way_that_a_point_can(scenario: Scenario, tmp_path: Path) -> None:
    """An empty cell and null take the key away: the same design, and the same bytes, from a CSV file, a list, a study, a frame."""
    file, study = tmp_path / "points.csv", tmp_path / "study.yaml"
    wanted = [{SPONSOR: None}, {SPONSOR: "south"}]
    for cell in ("", "null", "~"):
        file.write_text(f"point,{SPONSOR}\n0,{cell}\n1,south\n", encoding="utf-8")
        assert read_points(str(file)) == wanted
    assert parse_vary(f"{SPONSOR}=null,south") == (SPONSOR, [None, "south"])
    study.write_text(f"scenario: {MINIMAL}\nset: {{{SPONSOR}: south}}\nvary: {{{SPONSOR}: [null, south]}}\n", encoding="utf-8")
    assert list(read_study(str(study)).study().design) == wanted
    assert list(make_design(scenario, pd.DataFrame(wanted))) == wanted
    found = sim.sweep(scenario.with_({SPONSOR: "south"}), file_points := read_points(str(file)), worlds=40, out=tmp_path / "out")
    text = (tmp_path / "out" / "points.csv").read_text(encoding="utf-8")
    assert text == f"point,{SPONSOR}\n0,\n1,south\n"
    assert read_points(str(tmp_path / "out" / "points.csv")) == file_points
    assert found.points[SPONSOR].isna().tolist() == [True, False]
    assert found.table[SPONSOR].isna().tolist() == (found.table["point"] == 0).tolist()
    for number, changes in enumerate(file_points):
        own = found.table[found.table["point"] == number].drop(columns=["point", SPONSOR]).reset_index(drop=True)
        alone = sim.compare(scenario.with_({SPONSOR: "south"}).with_(changes), worlds=40).summary
        pd.testing.assert_frame_equal(own, alone[list(own)], check_dtype=False)


def test_a_missing_number_of_a_frame_is_no_null(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match="point 1: got nan"):
        make_design(scenario, pd.DataFrame({"behaviour.guarantee": [0.1, float("nan")]}))


def test_the_example_is_a_study(scenario: Scenario) -> None:
    asked = read_study(str(EXAMPLE))
    study = asked.study()
    assert asked.out == "results/study-example"
    assert (study.design.count, study.worlds, study.seed, study.processes) == (9, 40, 7, ("direct_talks", "both"))
    assert study.scenario.hash == scenario.hash


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vary: {weeks: [30]}\n", "names no scenario"),
        ("scenario: minimal.yaml\n", "expected either vary or points"),
        ("scenario: minimal.yaml\nvary: {weeks: [30]}\nwrolds: 3\n", ":3: wrolds: unknown key; did you mean worlds?"),
        ("scenario: minimal.yaml\nvary: {weeks: [30]}\nworlds: many\n", ":3: worlds: got 'many', expected a whole number"),
        ("scenario: minimal.yaml\nvary:\n  weeks: [30]\n  parties.nort.grievance: [0.1]\n", ":2: vary.parties.nort: unknown key"),
        ("scenario: minimal.yaml\nvary:\n  weeks: [30]\n  weks: [0.1]\n", ":4: vary.weks: unknown key; did you mean weeks?"),
        ("scenario: minimal.yaml\nvary: {weeks: [30]}\nworlds: 0\n", ":3: worlds: got 0, expected a whole number of at least 1"),
        ("scenario: minimal.yaml\npoints: [{weeks: 30}, {weeks: 9999}]\n", ":2: points.weeks: got 9999"),
        ("scenario: none.yaml\nvary: {weeks: [30]}\n", "no such file"),
    ],
)
def test_mistakes_in_a_study_file_are_shown_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    file = tmp_path / "study.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_study(str(file)).study()
    assert words in str(caught.value)


def test_the_whole_job_as_a_person_types_it(tmp_path: Path) -> None:
    out = tmp_path / "found"
    arguments = ["sweep", EXAMPLE, "--worlds", "10", "--process", "both", "--out", out]
    planned = call(*arguments, "--dry-run")
    assert planned.exit_code == 0, planned.output
    assert "9 points, 10 worlds in each of 1 process, grid" in planned.stdout
    assert "90 worlds in all, in 9 pieces; 0 are finished" in planned.stdout
    assert "measured on one piece" in planned.stdout
    assert not out.exists()
    done = call(*arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(f"\nWritten to {out}: table.parquet, table.csv, curves.png and curves.svg\n")
    assert "9 points" in done.stderr
    table = pd.read_csv(out / "table.csv", keep_default_na=False)
    assert list(table.columns)[:6] == ["point", SEEN, GRIEVANCE, "process", "metric", "issue"]
    assert "9 are finished" in call(*arguments, "--dry-run").stdout


def test_slices_and_gather_as_a_batch_job_runs_them(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    arguments = [
        "sweep",
        MINIMAL,
        "--vary",
        f"{GRIEVANCE}=0.1:0.5:3",
        "--worlds",
        "8",
        "--process",
        "direct_talks",
        "--seed",
        "1",
    ]
    assert call(*arguments, "--out", whole).exit_code == 0
    first = call(*arguments, "--out", parts, "--slice", "1/2")
    assert "Slice 1/2 is finished" in first.stdout
    assert "1 of 3 pieces are missing" in first.stdout
    early = call("gather", parts)
    assert early.exit_code == 1
    assert early.stderr == f"{parts}: 1 of 3 pieces are missing; run the same sweep again\n"
    assert not (parts / "table.csv").exists()
    assert "all pieces are there" in call(*arguments, "--out", parts, "--slice", "2/2").stdout
    assert call("gather", parts).exit_code == 0
    assert {p.name: p.read_bytes() for p in parts.rglob("*.*")} == {p.name: p.read_bytes() for p in whole.rglob("*.*")}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((MINIMAL,), 2, "expected either --vary"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--points", "x.csv"), 2, "expected either --vary"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--vary", f"{GRIEVANCE}=0.2"), 2, "varied twice"),
        ((MINIMAL, "--vary", "parties.nort.grievance=0.1"), 2, "did you mean north?"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--worlds", "0"), 2, "worlds: got 0"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--jobs", "0"), 2, "--jobs: got 0"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--slice", "5/3"), 2, "slice: got '5/3'"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--cluster", "nowhere"), 2, "expected an address"),
        ((EXAMPLE, "--vary", f"{GRIEVANCE}=0.1"), 2, "--vary: stands in the study file"),
        (("none.yaml", "--vary", f"{GRIEVANCE}=0.1"), 2, "no such file"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--out", HERE), 1, "holds files that are not of an earlier run"),
        ((MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--out", MINIMAL), 1, "is a file, expected a folder"),
    ],
)
def test_wrong_input_is_one_line(arguments: tuple[str, ...], code: int, words: str, tmp_path: Path) -> None:
    extra = () if "--out" in arguments else ("--out", tmp_path / "out")
    found = call("sweep", *arguments, *extra)
    assert found.exit_code == code, found.output
    lines = [line for line in found.stderr.splitlines() if not line.startswith("sweeping ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert not (tmp_path / "out").exists()


def test_gather_says_where_nothing_is() -> None:
    found = call("gather", "nowhere")
    assert found.exit_code == 1
    assert found.stderr == "nowhere: no sweep is stored there\n"


def test_draws_of_a_design_are_not_those_of_the_worlds(scenario: Scenario) -> None:
    """A design's values must not hang together with the luck of the worlds that are run at its points."""
    u = designs._uniform(50, GRIEVANCE, "within", 5)
    assert not np.array_equal(u, Draws(5, 0, 50).uniform("parameters", GRIEVANCE))
