"""Scenario discovery: a box that was put there is found, nothing is found in noise, every source gives the same points."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.model.draws import Draws
from sim.scenario import load
from sim.scenario.problems import ScenarioError
from sim.show.boxes import show, told
from sim.study.exploration import discovery, turning
from sim.study.exploration.discovery import Discovery, binomial_tail, find_boxes
from sim.study.writing import StudyError

HERE = Path(__file__).parent
MINIMAL = HERE / "minimal.yaml"
GRIEVANCE, OTHER = "parties.north.grievance", "parties.south.grievance"


def drawn(points: int, count: int) -> pd.DataFrame:
    """Uniform parameters, ``(points, count)``."""
    u = Draws(1, 0, points).uniform("test", "parameters", count).astype(float)
    return pd.DataFrame(u.T, columns=[f"behaviour.number_{k}" for k in range(count)])


def noise(points: int) -> Any:
    return 2 * Draws(1, 0, points).uniform("test", "noise").astype(float) - 1


# ---------------------------------------------------------------- without the library


def test_binomial_tail_by_hand() -> None:
    assert binomial_tail(2, 2, 0.5) == pytest.approx(0.25)
    assert binomial_tail(1, 3, 0.2) == pytest.approx(1 - 0.8**3)
    assert [binomial_tail(0, 5, 0.1), binomial_tail(3, 5, 0.0), binomial_tail(3, 5, 1.0)] == [1.0, 0.0, 1.0]
    assert binomial_tail(600, 1000, 0.5) == pytest.approx(1.364e-10, rel=1e-3)


def test_a_limit_that_the_other_half_does_not_bear_out_is_dropped() -> None:
    x = drawn(2000, 2)
    y = ((x["behaviour.number_0"] > 0.7).to_numpy() ^ (noise(2000) > 0.8)).astype(float)
    ends = {("behaviour.number_0", "low"): 0.7, ("behaviour.number_1", "high"): 0.5}
    kept, chance = discovery._borne_out(x, y, ends)
    assert list(kept) == [("behaviour.number_0", "low")]
    assert chance["behaviour.number_0", "low"] < 1e-50
    assert discovery._borne_out(x, y, {("behaviour.number_1", "high"): 0.5}) == ({}, {})


def test_worlds_of_a_run_give_the_paired_difference_in_each() -> None:
    found = sim.compare(load(MINIMAL), worlds=60, seed=4)
    names = ("direct_talks", "both")
    parameters, difference = turning._of_worlds(found, names, "agreed", "")
    rows = found.summary[(found.summary["metric"] == "agreed_difference") & (found.summary["issue"] == "")].query("table == ''")
    assert -difference.mean() == pytest.approx(rows["estimate"].iloc[0])
    assert set(np.unique(difference)) <= {-1.0, 0.0, 1.0}
    own = found.worlds[(found.worlds["process"] == "both") & (found.worlds["table"] == "direct")]
    assert parameters[GRIEVANCE].tolist() == own[f"parameter:{GRIEVANCE}"].tolist()
    ferry = turning._of_worlds(found, names, "in_force_end", "ferry")[1]
    rows = found.summary[(found.summary["metric"] == "in_force_end_difference") & (found.summary["issue"] == "ferry")].query("table == ''")
    assert -ferry.mean() == pytest.approx(rows["estimate"].iloc[0])
    rows = found.summary[found.summary["metric"] == "weeks_in_force_difference"].query("table == ''")
    weeks = turning._of_worlds(found, names, "weeks_in_force", "")[1]
    assert -weeks.mean() == pytest.approx(rows["estimate"].iloc[0])


def test_points_of_a_sweep_give_the_difference_of_the_means() -> None:
    swept = sim.sweep(load(MINIMAL), {GRIEVANCE: [0.1, 0.3, 0.5]}, worlds=12, seed=5)
    points, difference = turning._of_points(swept, ("direct_talks", "both"), "agreed", "")
    rows = swept.table[(swept.table["metric"] == "agreed_difference") & (swept.table["issue"] == "")].query("table == ''")
    assert points[GRIEVANCE].tolist() == [0.1, 0.3, 0.5]
    assert difference.tolist() == pytest.approx((-rows["estimate"]).tolist())


def test_what_stops_it_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    x = drawn(50, 2)

    def gone(name: str) -> None:
        raise ImportError(name)

    with monkeypatch.context() as patch:
        patch.setattr(discovery, "import_module", gone)
        with pytest.raises(StudyError, match=r"pip install 'gobetween\[discovery\]'"):
            sim.discover((x, noise(50)))
        found = CliRunner().invoke(cli.app, ["discover", str(MINIMAL), "--n", "40"])
        lines = found.stderr.splitlines()
        assert (found.exit_code, len(lines)) == (1, 2), found.output
        assert lines[0] == "running 40 worlds of two processes"
        assert "needs the EMA Workbench" in lines[1]
    monkeypatch.setattr(discovery, "prim_library", lambda: None)
    monkeypatch.setattr(turning, "prim_library", lambda: None)
    for given, words in (
        ((x, noise(49)), "expected a value for each of 50 points"), ((x[:30], noise(30)), "got 30 points"),
        ((x.assign(a="text"), noise(50)), "parameters: a: got 'text', expected numbers"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError, match=words):
            sim.discover(given)
    for asked, words in (
        ({"processes": ["both"]}, "expected two"), ({"processes": ["both", "bth"]}, "did you mean both"),
        ({"metric": "weeks_to_agreement"}, "no paired difference"), ({"metric": "agred"}, "did you mean agreed"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError, match=words):
            sim.discover(load(MINIMAL), worlds=5, **asked)
    assert CliRunner().invoke(cli.app, ["discover", str(tmp_path)]).exit_code == 1


def test_boxes_in_words() -> None:
    box = {"box": 1, "points": 50, "turned": 20, "coverage": 0.8, "density": 0.4, "density_low": 0.3, "density_high": 0.5}
    limit = {"box": 1, "parameter": GRIEVANCE, "low": 0.2, "high": 0.3, "range_low": 0.2, "range_high": 0.4}
    boxes = pd.DataFrame([{**box, "difference": -0.05, "low": -0.08, "high": -0.02}])
    limits = pd.DataFrame([{**limit, "quasi_p_low": math.nan, "quasi_p_high": 0.0002}])
    manifest = {"metric": "agreed", "issue": "", "noisy": True, "points": 2000, "turned_points": 200, "enough": True, "equal": 0.25}
    file = load(MINIMAL).file
    said = list(told(Discovery("both", "direct_talks", 0.1, boxes, limits, manifest), file))
    assert said[0] == "Both side by side is ahead of Direct talks (A text agreed) in 65%, behind in 10%, level in 25% of 2,000 worlds."
    assert said[3] == "Box 1: behind in 40% [30, 50] of 50 worlds, 80% of all in which it is"
    assert said[4] == "  difference \u22125 [\u22128, \u22122] points of a hundred worlds; the ranking is turned"
    assert said[5] == "  North: grievance: 0.2 to 0.3, of 0.2 to 0.4 (quasi-p below 0.001)"
    none = boxes[:0], limits[:0]
    assert "No box" in list(told(Discovery("a", "b", 0.1, *none, manifest)))[1]
    few = {**manifest, "turned_points": 3, "enough": False}
    assert list(told(Discovery("a", "b", 0.0015, *none, few)))[1:] == ["The order turns in 3 of 2,000 worlds: too few to look for conditions."]
    never = {**manifest, "turned_points": 0, "enough": False, "equal": 1.0}
    assert list(told(Discovery("both", "direct_talks", 0.0, *none, never), file)) == [
        "Both side by side and Direct talks are level in all of 2,000 worlds (A text agreed).",
        "The order turns in none of them: there are no conditions to look for.",
    ]


@pytest.mark.parametrize("width", [60, 80, 140])
def test_boxes_hang_and_fit(width: int) -> None:
    box = {"box": 1, "points": 50, "turned": 20, "coverage": 0.8, "density": 0.4, "density_low": 0.3, "density_high": 0.5}
    limit = {"box": 1, "parameter": GRIEVANCE, "low": 0.2, "high": 0.3, "range_low": 0.2, "range_high": 0.4}
    boxes = pd.DataFrame([{**box, "difference": -0.05, "low": -0.08, "high": -0.02}])
    limits = pd.DataFrame([{**limit, "quasi_p_low": 0.0123, "quasi_p_high": 0.0002}])
    manifest = {"metric": "agreed", "issue": "", "noisy": True, "points": 2000, "turned_points": 200, "enough": True, "equal": 0.25}
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(Discovery("both", "direct_talks", 0.1, boxes, limits, manifest), console, load(MINIMAL).file)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "0.012, below 0.001)" in " ".join(text.split())
    assert "\n  difference" in text


# ---------------------------------------------------------------- with the library


@pytest.fixture(scope="module")
def library() -> None:
    """The EMA Workbench, imported as the package does it."""
    try:
        discovery.prim_library()
    except StudyError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("kind", ["differences", "truth values", "worlds"])
@pytest.mark.usefixtures("library")
def test_a_box_that_was_put_there_is_found(kind: str) -> None:
    points = 4000 if kind == "worlds" else 1000  # single worlds are noisier
    x = drawn(points, 6)
    inside = (x["behaviour.number_0"] > 0.6) & (x["behaviour.number_3"] < 0.5)
    d = np.where(inside, -0.3, 0.4) + noise(points) * (1.0 if kind == "worlds" else 0.45)
    given = d < 0 if kind == "truth values" else d
    found = find_boxes(x, given, names=("a", "b"), noisy=kind == "worlds", boxes=1)
    assert (found.ahead, found.behind) == ("a", "b")
    limits = found.limits.set_index("parameter")
    assert set(limits.index) == {"behaviour.number_0", "behaviour.number_3"}
    assert limits.loc["behaviour.number_0", "low"] == pytest.approx(0.6, abs=0.08)
    assert limits.loc["behaviour.number_3", "high"] == pytest.approx(0.5, abs=0.08)
    assert (limits[["quasi_p_low", "quasi_p_high"]].min(axis=1) < 1e-3).all()
    box = found.boxes.iloc[0]
    assert box["density_low"] > found.share
    assert box["density_low"] < box["density"] < box["density_high"]
    assert box["coverage"] > 0.5 if kind != "worlds" else box["coverage"] > 0.2
    if kind == "truth values":
        assert math.isnan(box["difference"])
    else:
        assert box["high"] < 0
    assert find_boxes(x, -d, names=("b", "a"), boxes=0).ahead == "a"


@pytest.mark.usefixtures("library")
def test_nothing_is_found_in_noise_and_nothing_where_none_is_turned() -> None:
    x = drawn(400, 6)
    assert find_boxes(x, noise(400) + 0.2).boxes.empty
    assert find_boxes(x, noise(400) + 0.2, noisy=True).boxes.empty


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("turned", [0, 4])
@pytest.mark.usefixtures("library")
def test_no_box_where_the_order_never_turns_or_hardly_ever(noisy: bool, turned: int) -> None:
    x = drawn(400, 6)
    ahead = np.where(x["behaviour.number_0"] > 0.5, 1.0, 0.0)  # ahead on one side of it, level on the other
    ahead[np.flatnonzero(ahead == 0)[:turned]] = -1.0
    never = find_boxes(x, ahead, noisy=noisy)
    assert never.boxes.empty
    assert never.limits.empty
    assert list(never.limits.columns)[:2] == ["box", "parameter"]
    assert (never.manifest["turned_points"], never.manifest["enough"]) == (turned, False)
    assert never.manifest["equal"] == pytest.approx((ahead == 0).mean())


@pytest.mark.usefixtures("library")
def test_from_a_scenario_to_files(tmp_path: Path) -> None:
    found = sim.discover(load(MINIMAL), worlds=80, seed=2, processes=("both", "direct_talks"))
    assert {found.ahead, found.behind} == {"both", "direct_talks"}
    for folder in ("first", "second"):
        found.save(tmp_path / folder)
    assert sorted(p.name for p in (tmp_path / "first").iterdir()) == ["boxes.csv", "limits.csv", "manifest.json"]
    assert all(p.read_bytes() == (tmp_path / "second" / p.name).read_bytes() for p in (tmp_path / "first").iterdir())
    run = tmp_path / "run"
    sim.compare(load(MINIMAL), worlds=80, seed=2).save(run, charts=False)
    again = sim.discover(run, processes=("both", "direct_talks"), seed=2)
    pd.testing.assert_frame_equal(found.boxes, again.boxes)
    said = CliRunner().invoke(cli.app, ["discover", str(run), "--process", "both", "--process", "direct_talks"])
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("Both side by side is ahead of Direct talks (A text agreed)")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"metric": "agred"}, "metric: unknown metric 'agred'; did you mean agreed?"),
        ({"metric": "weeks_to_agreement"}, "metric: weeks_to_agreement has no paired difference"),
        ({"issue": "fery"}, "issue: unknown issue 'fery'; did you mean ferry?"),
        ({"processes": ["direct_talks", "bth"]}, "processes: unknown process bth; did you mean both?"),
    ],
)
def test_what_cannot_be_found_is_refused_before_anything_is_run(
    asked: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ema_workbench")
    monkeypatch.setattr(turning, "compare", lambda *a, **k: pytest.fail("it ran"))
    with pytest.raises(sim.ScenarioError) as caught:
        sim.discover(load(MINIMAL), **asked)
    assert words in str(caught.value)
