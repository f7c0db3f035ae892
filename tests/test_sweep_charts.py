"""Charts of sweeps and of sensitivities, and the ranking behind the map: worked by hand; words neither overlap nor leave the page."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_charts import LONG, clashes
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario import load
from sim.scenario.problems import ScenarioError
from sim.show.charts import best_map, curves, dots, sweeps, tornado
from sim.show.charts.curves import Swept
from sim.show.charts.style import house_style
from sim.show.wording import metric_words, number_words, path_words
from sim.study.sweeps.gather import Sweep
from sim.study.sweeps.ranking import best

HERE = Path(__file__).parent
GRIEVANCE, OTHER, SEEN = "parties.north.grievance", "parties.south.grievance", "formats.face_to_face.visibility"
NAN = float("nan")


# ---------------------------------------------------------------- tables made by hand


def row(point: int, process: str, metric: str, estimate: float, half: float, **varied: Any) -> dict[str, Any]:
    """A row of a sweep's table with a symmetric interval."""
    figures = {"estimate": estimate, "low": estimate - half, "high": estimate + half, "worlds": 100}
    assumed = {"assumed_low": estimate - 3 * half, "assumed_high": estimate + 3 * half}
    return {"point": point, **varied, "process": process, "metric": metric, "issue": "", "table": "", "headline": "", **figures, **assumed}


def table(shares: dict[str, list[float]], points: list[dict[str, Any]], *, half: float = 0.05, metrics: tuple[str, ...] = ("agreed",)) -> pd.DataFrame:
    """Shares by process and point, the same for each metric, with differences to the first."""
    found, first = [], next(iter(shares))
    for point, varied in enumerate(points):
        for (process, values), metric in product(shares.items(), metrics):
            found.append(row(point, process, metric, values[point], half, **varied))
            if process != first:
                change = values[point] - shares[first][point]
                found.append(row(point, process, f"{metric}_difference", change, half, **varied))
    return pd.DataFrame(found)


def swept(found: pd.DataFrame, *paths: str, file: Any = None, base: dict[str, float] | None = None) -> Swept:
    return Swept(found, paths, tuple(dict.fromkeys(found["process"])), "100 worlds; no forecast.", file, base)


def words(name: str) -> SimpleNamespace:
    """A file whose every label is very long."""
    nodes = SimpleNamespace(label=f"{LONG} {name}")
    every = dict.fromkeys(("north", "south", "face_to_face", *(f"p{n}" for n in range(9))), nodes)
    return SimpleNamespace(parties=every, formats=every, issues=every, processes=every, tables={}, events={}, provenance={})


# ---------------------------------------------------------------- the ranking


def test_best_by_hand() -> None:
    points = [{GRIEVANCE: 0.1}, {GRIEVANCE: 0.2}, {GRIEVANCE: 0.3}]
    found = best(table({"a": [0.5, 0.5, 0.5], "b": [0.6, 0.4, 0.52], "c": [0.2, 0.45, 0.2]}, points), metric="agreed")
    assert list(found.columns) == ["point", GRIEVANCE, "best", "runner_up", "estimate", "margin", "low", "high", "assumed_low", "assumed_high", "told", "sure"]
    assert found["best"].tolist() == ["b", "a", "b"]
    assert found["runner_up"].tolist() == ["a", "c", "a"]
    assert found["margin"].tolist() == pytest.approx([0.1, 0.05, 0.02])
    assert found["low"].tolist() == pytest.approx([0.05, 0.0, -0.03], abs=1e-12)
    assert found["told"].tolist() == [True, False, False]  # an interval that ends at zero does not exclude it
    assert found["assumed_low"].tolist() == pytest.approx([-0.05, -0.1, -0.13], abs=1e-12)  # three times as wide
    assert found["sure"].tolist() == [False, False, False]


def test_two_others_are_told_apart_only_beyond_the_sum_of_their_intervals() -> None:
    """b against c: half-widths to the first add to 0.10, their own to 0.06; the smaller counts."""
    found = table({"a": [0.1, 0.1], "b": [0.60, 0.60], "c": [0.55, 0.50]}, [{GRIEVANCE: 0.1}, {GRIEVANCE: 0.2}])
    own = (found["metric"] == "agreed") & found["process"].isin(["b", "c"])
    found.loc[own, "low"] = found.loc[own, "estimate"] - 0.03
    found.loc[own, "high"] = found.loc[own, "estimate"] + 0.03
    ranked = best(found, metric="agreed")
    assert (ranked["high"] - ranked["low"]).tolist() == pytest.approx([0.12, 0.12])
    assert ranked["told"].tolist() == [False, True]


def test_the_bound_on_a_pair_is_never_narrower_than_their_paired_interval() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"processes.ferry_only": {"tables": ["ferry_table"]}})
    vary = {GRIEVANCE: [0.2, 0.5]}
    names = ["direct_talks", "both", "ferry_only"]
    bound = best(sim.sweep(scenario, vary, worlds=40, processes=names).table, metric="surplus_north", processes=names[1:])
    paired = best(sim.sweep(scenario, vary, worlds=40, processes=names[1:]).table, metric="surplus_north")
    assert bound["best"].tolist() == paired["best"].tolist()
    assert bound["margin"].tolist() == pytest.approx(paired["margin"].tolist())
    assert ((bound["high"] - bound["low"]) >= (paired["high"] - paired["low"])).all()


def test_less_is_better_where_a_world_ends_worse() -> None:
    found = table({"a": [0.3], "b": [0.1]}, [{GRIEVANCE: 0.1}], metrics=("worse_than_none",))
    ranked = best(found, metric="worse_than_none").iloc[0]
    assert (ranked["best"], ranked["estimate"]) == ("b", pytest.approx(0.1))
    assert (ranked["margin"], ranked["low"]) == (pytest.approx(0.2), pytest.approx(0.15))


def test_points_without_two_figures_are_left_out_and_equals_go_by_order() -> None:
    found = best(table({"a": [NAN, 0.4], "b": [0.5, 0.4]}, [{GRIEVANCE: 0.1}, {GRIEVANCE: 0.2}]), metric="agreed")
    assert found[["point", "best", "margin", "told"]].to_numpy().tolist() == [[1, "a", 0.0, False]]
    none = best(table({"a": [NAN], "b": [0.5]}, [{GRIEVANCE: 0.1}]), metric="agreed")
    assert none.empty
    assert "best" in none


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "agred"}, "metric: unknown metric agred; did you mean agreed?"),
        ({"metric": "weeks_to_agreement"}, "has no paired margin"),
        ({"metric": "agreed", "processes": ["a", "x"]}, "unknown process x"),
        ({"metric": "agreed", "processes": ["a"]}, "got 1, expected at least two"),
        ({"metric": "agreed", "issue": "ferry"}, "unknown metric agreed of issue ferry"),
    ],
)
def test_a_ranking_that_cannot_be_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        best(table({"a": [0.5], "b": [0.4]}, [{GRIEVANCE: 0.1}]), **asked)
    assert said in str(caught.value)


# ---------------------------------------------------------------- words


def test_paths_and_metrics_in_words() -> None:
    file = load(HERE / "minimal.yaml").file
    assert path_words("parties.north.trust.south", file) == "North: trust, South"
    assert path_words("parties.north.positions.ferry.gains.weekly", file) == "North: positions, The ferry, gains, weekly"
    assert path_words("formats.go_between.monitoring", file) == "Through the elder (format): monitoring"
    assert path_words("formats.go_between.side_deals.0.benefit") == "Go between (format): side deals, benefit"
    assert path_words("issues.ferry", file) == "The ferry (issue)"
    assert path_words("behaviour.relay_noise", file) == "Behaviour: relay noise"
    assert path_words("parties.north", file) == "North: all else that is stated"
    assert path_words("front_start") == "Front start"
    assert path_words("dummy") == "A dummy, which nothing depends on"
    assert metric_words("agreed", "ferry", file) == "A text agreed: The ferry"
    assert metric_words("surplus_north", "", file) == "Surplus of North"
    assert [number_words(v) for v in (0.25, -0.5, 12345.0)] == ["0.25", "\u22120.5", "12,345"]
    assert [number_words(v) for v in (4.37e-05, -0.0, 0.0, 999.7, 5e-9)] == ["0.00004", "0", "0", "1,000", "0.000000005"]
    assert [tornado._tick(v, percent=True, signed=True) for v in (0.1, -1e-14, -0.05)] == ["+10", "0", "\u22125"]


# ---------------------------------------------------------------- what is drawn

LINE = [{GRIEVANCE: v} for v in (0.0, 0.25, 0.5, 0.75, 1.0)]
PLANE = [{GRIEVANCE: a, OTHER: b} for a, b in product((0.0, 0.3, 0.6, 1.0), (0.2, 0.4, 0.6))]
FINE = [{GRIEVANCE: a, OTHER: b} for a, b in product(np.linspace(0, 1, 13), np.linspace(0.123456, 0.9, 16))]


def several(count: int, points: list[dict[str, Any]]) -> pd.DataFrame:
    luck = np.random.default_rng(4)
    shares = {f"p{n}": luck.random(len(points)).tolist() for n in range(count)}
    return table(shares, points, metrics=("came", "agreed", "in_force_end", "weeks_in_force"))


CASES: dict[str, tuple[pd.DataFrame, tuple[str, ...]]] = {
    "one process": (several(1, LINE), (GRIEVANCE,)),
    "two processes": (several(2, LINE), (GRIEVANCE,)),
    "a plane": (several(3, PLANE), (GRIEVANCE, OTHER)),
    "a plane, nine processes": (several(9, PLANE), (GRIEVANCE, OTHER)),
    "a fine plane": (several(2, FINE), (GRIEVANCE, OTHER)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_words_neither_overlap_nor_leave_the_page(case: tuple[pd.DataFrame, tuple[str, ...]]) -> None:
    found, paths = case
    file = None if len(paths) == 2 and len(found) < 100 else words("here")
    data = swept(found, *paths, file=file, base={GRIEVANCE: 0.3, OTHER: 0.35})
    with house_style():
        assert clashes(curves.draw(data)) == []
        assert best_map.fits(data) == (len(paths) == 2)
        if best_map.fits(data):
            assert clashes(best_map.draw(data)) == []


def test_the_map_shows_the_best_by_hand_and_hatches_what_is_not_told_apart() -> None:
    points = [{GRIEVANCE: a, OTHER: b} for a, b in product((0.0, 1.0), (0.2, 0.4))]
    found = table({"a": [0.8, 0.5, 0.5, 0.1], "b": [0.2, 0.48, 0.9, 0.3]}, points)
    with house_style():
        axes = best_map.draw(swept(found, GRIEVANCE, OTHER), metrics=("agreed",)).axes[0]
    cells = {(int(p.get_x()), int(p.get_y())): p for p in axes.patches}  # type: ignore[attr-defined]
    assert {place for place, p in cells.items() if p.get_hatch()} == {(0, 1)}
    said = {t.get_position(): t.get_text() for t in axes.texts if t.get_text().isdigit()}
    assert said == {(0.5, 0.5): "60", (1.5, 0.5): "40", (1.5, 1.5): "20"}
    assert not any("?" in t.get_text() for t in axes.texts)  # 20 points are more than the assumptions leave open, 15
    found.loc[found["metric"] == "agreed_difference", "assumed_low"] -= 1.0
    with house_style():
        axes = best_map.draw(swept(found, GRIEVANCE, OTHER), metrics=("agreed",)).axes[0]
    assert {t.get_text() for t in axes.texts if "?" in t.get_text()} == {"60?", "40?", "20?"}
    hues = {place: np.argmax(p.get_facecolor()[:3]) for place, p in cells.items()}
    assert [hues[0, 0], hues[1, 0], hues[1, 1]] == [2, 0, 0]  # blue: the first process; vermillion: the second


def test_no_map_where_a_combination_is_missing_or_a_path_has_no_numbers() -> None:
    assert not best_map.fits(swept(table({"a": [0.1] * 3, "b": [0.2] * 3}, PLANE[:2] + PLANE[3:4]), GRIEVANCE, OTHER))
    named = [{GRIEVANCE: a, SEEN: b} for a, b in product((0.1, 0.2), ("secret", "public"))]
    found = table({"a": [0.1] * 4, "b": [0.2] * 4}, named)
    assert not best_map.fits(swept(found, GRIEVANCE, SEEN))
    with house_style():
        figure = curves.draw(swept(found, SEEN, GRIEVANCE))  # along the one that is a number
    assert [t.get_text() for t in figure.texts if t.get_text() in ("secret", "public")] == ["public", "secret"]


def test_processes_for_different_issues_are_ranked_issue_by_issue() -> None:
    points = [{GRIEVANCE: a, OTHER: b} for a, b in product((0.0, 1.0), (0.2, 0.4))]
    whole = table({"a": [0.8] * 4, "b": [0.2] * 4}, points)
    whole["headline"] = ["ferry" if process == "a" else "ferry border" for process in whole["process"]]
    ferry = table({"a": [0.1] * 4, "b": [0.2] * 4}, points).assign(issue="ferry")
    found = pd.concat([whole[whole["metric"] == "agreed"], ferry], ignore_index=True)
    data = swept(found, GRIEVANCE, OTHER)
    assert best_map.fits(data)
    with house_style():
        figure = best_map.draw(data)
    assert len(figure.axes) == 1
    assert any(t.get_text() == "A text agreed: ferry" for t in figure.texts)
    assert not best_map.fits(swept(found[found["issue"] == ""], GRIEVANCE, OTHER))  # nothing that both have
    assert not best_map.fits(data, ("weeks_in_force",))  # which no issue has
    assert best_map.fits(data, ("agreed",), "ferry")


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_curves_show_what_the_assumptions_leave_open_however_many_they_are(count: int) -> None:
    with house_style():
        figure = curves.draw(swept(several(count, LINE), GRIEVANCE))
    assert any(t.get_text() == "what the assumptions leave open" for t in figure.legends[0].get_texts())
    ends = several(count, LINE).query("process == 'p0' and metric == 'agreed'")["assumed_high"].tolist()
    drawn = [list(line.get_ydata()) for axes in figure.axes for line in axes.lines]
    upright = [[segment[1][1] for segment in each.get_segments()] for axes in figure.axes for each in axes.collections if hasattr(each, "get_segments")]
    assert ends in drawn or ends in upright


def test_curves_have_the_figures_of_the_table() -> None:
    found = table({"a": [0.1, 0.2, 0.3], "b": [0.9, 0.8, 0.7]}, LINE[:3][::-1])
    with house_style():
        axes = curves.draw(swept(found, GRIEVANCE, base={GRIEVANCE: 0.3})).axes[0]
    lines = {tuple(line.get_ydata()) for line in axes.lines if line.get_marker() in curves.MARKS}
    assert lines == {(0.3, 0.2, 0.1), (0.7, 0.8, 0.9)}
    assert any(list(line.get_xdata()) == [0.3, 0.3] for line in axes.lines)


# ---------------------------------------------------------------- beside the tables of a sweep


@pytest.fixture(scope="module")
def small() -> Sweep:
    """Two numbers varied, held in memory."""
    vary = {GRIEVANCE: [0.1, 0.5], OTHER: [0.2, 0.4, 0.6]}
    return sim.sweep(load(HERE / "minimal.yaml"), vary, worlds=20, seed=3)


def test_written_charts_are_the_same_each_time(small: Sweep, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        assert list(small.plot(tmp_path / folder)) == ["curves", "map"]
    first = sorted((tmp_path / "first").iterdir())
    assert [f.name for f in first] == ["curves.png", "curves.svg", "map.png", "map.svg"]
    assert all(f.read_bytes() == (tmp_path / "second" / f.name).read_bytes() for f in first)
    assert any("North: grievance" in t.get_text() for t in small.plot()["map"].axes[0].texts)
    for figure in small.plot().values():
        assert any(t.get_text().startswith("Two small neighbours. 20 worlds per point and process") for t in figure.texts)


def test_one_metric_of_an_issue_is_drawn_where_it_is_asked_for(small: Sweep) -> None:
    figure = small.plot(metric="in_force_end", issue="ferry")["map"]
    assert len(figure.axes) == 1
    assert any(t.get_text() == "In force, at the end: The ferry" for t in figure.texts)
    with pytest.raises(ScenarioError, match="did you mean agreed"):
        small.plot(metric="agred")


def planned(design: str, count: int, **varied: list[Any]) -> Any:
    """What a sweep says of its design before its table is read."""
    kinds = ["text" if isinstance(v[0], str) else "number" for v in varied.values()]
    points = pd.DataFrame(list(product(*varied.values())), columns=list(varied))
    manifest = {"design": design, "points": {"paths": list(varied), "kinds": kinds, "count": count}}
    return SimpleNamespace(manifest=manifest, points=points)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (planned("grid", 3, a=[0.1, 0.2, 0.3]), ["curves"]),
        (planned("latin", 3, a=[0.1, 0.2, 0.3]), ["curves"]),
        (planned("grid", 4, a=[0.1, 0.2], b=[1.0, 2.0]), ["curves", "map"]),
        (planned("grid", 4, a=[0.1, 0.2], b=["x", "y"]), ["curves"]),
        (planned("latin", 4, a=[0.1, 0.2], b=[1.0, 2.0]), ["dots"]),
        (planned("points", 4, a=[0.1, 0.2], b=["x", "y"]), ["dots"]),
        (planned("points", 41, a=[0.1, 0.2], b=["x", "y"]), []),
        (planned("grid", 3, a=[0.1, 0.2, NAN]), ["dots"]),
        (planned("grid", 2, b=["x", "y"]), ["dots"]),
        (planned("grid", 1, a=[0.1]), ["dots"]),
        (planned("grid", 8, a=[0.1, 0.2], b=[1.0, 2.0], c=[3.0, 4.0]), ["dots"]),
        (planned("grid", 1_000_000, a=[0.1, 0.2]), []),
    ],
)
def test_charts_are_drawn_where_the_design_allows(asked: Any, names: list[str]) -> None:
    assert sweeps.which(asked) == names


LISTED = [{GRIEVANCE: a, SEEN: b, OTHER: 0.4} for a, b in ((0.1, "secret"), (0.2, "public"), (0.3, None))]


@pytest.mark.parametrize("count", [1, 3, 9])
def test_words_of_dots_neither_overlap_nor_leave_the_page(count: int) -> None:
    with house_style():
        assert clashes(dots.draw(swept(several(count, LISTED), GRIEVANCE, SEEN, OTHER, file=words("here")))) == []
        assert clashes(dots.draw(swept(several(count, LINE), GRIEVANCE))) == []


def test_dots_have_both_intervals_of_every_point_and_a_key_of_what_was_set() -> None:
    found = table({"a": [0.1, 0.2, 0.3], "b": [0.9, 0.8, 0.7]}, LISTED)
    found["assumed_low"], found["assumed_high"] = found["estimate"] - 0.09, found["estimate"] + 0.09
    with house_style():
        figure = dots.draw(swept(found, GRIEVANCE, SEEN, OTHER))
    spans = {tuple(np.round(line.get_xdata(), 2)) for line in figure.axes[0].lines}
    for value in (0.1, 0.2, 0.3, 0.9, 0.8, 0.7):
        ends = {tuple(np.round((value - half, value + half), 2)) for half in (0.05, 0.09)}
        assert {(value,), *ends} <= spans
    said = [text.get_text() for text in figure.texts]
    assert "At every point: South: grievance = 0.4" in " ".join(said)
    assert "0: North: grievance = 0.1; Face to face (format): visibility = secret" in said
    assert "2: North: grievance = 0.3; Face to face (format): visibility = none" in said


def test_a_study_of_points_gets_a_chart(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text(f"{GRIEVANCE},formats.go_between.sponsor\n0.1,\n0.5,south\n", encoding="utf-8")
    arguments = ["sweep", str(HERE / "minimal.yaml"), "--points", str(file), "--worlds", "6", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(cli.app, arguments)
    assert found.stdout.endswith("table.parquet, table.csv, dots.png and dots.svg\n"), found.output
    assert (tmp_path / "out" / "dots.svg").stat().st_size > 5000


# ---------------------------------------------------------------- tornado

COLUMNS = ["method", "metric", "issue", "process", "base", "parameter", "index", "estimate", "low", "high", "range_low", "range_high"]


def sensitivities(method: str, index: str, values: dict[str, float], *, half: float = 0.02) -> pd.DataFrame:
    found = [
        [method, "agreed", "", "p1", "p0", name, index, value, value - half, value + half, 0.2, 0.4] for name, value in values.items()
    ]
    return pd.DataFrame(found, columns=COLUMNS)


EFFECTS = {f"behaviour.number_{n}": (-1) ** n * 0.3 / (n + 1) for n in range(30)} | {"dummy": 0.01}


def test_a_tornado_has_the_longest_bars_on_top_and_the_dummy_at_the_foot() -> None:
    with house_style():
        axes = tornado.draw(sensitivities("given", "effect", EFFECTS), most=4).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([0.3, -0.15, 0.1, -0.075, 0.01])
    assert [bar.get_y() for bar in axes.patches] == sorted(bar.get_y() for bar in axes.patches)
    dashed = sorted(line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--")
    assert dashed == pytest.approx([-0.03, 0.03])  # as far as the dummy's interval reaches, either way
    assert "A dummy, which nothing" in " ".join(t.get_text() for t in axes.texts)


def test_the_line_of_noise_is_that_of_the_method() -> None:
    rows = {"behaviour.a": 0.3, "behaviour.b": -0.2, "dummy": 0.0, "luck": -0.1}
    morris = pd.concat([sensitivities("morris", "mu", rows), sensitivities("morris", "mu_star", {k: abs(v) for k, v in rows.items()})])
    sobol = sensitivities("sobol", "ST", rows)
    with house_style():
        found = [tornado.draw(t).axes[0].lines for t in (morris, sobol)]
    dashed = [sorted(line.get_xdata()[0] for line in lines if line.get_linestyle() == "--") for lines in found]
    assert dashed == [pytest.approx([-0.1, 0.1]), []]


TORNADOS = {
    "given": sensitivities("given", "effect", EFFECTS),
    "long": sensitivities("given", "effect", {"parties.north.positions.ferry.gains.weekly" + "_and" * n: 0.1 / n for n in range(1, 9)}),
    "sobol": pd.concat([sensitivities("sobol", i, {"behaviour.a": v, "behaviour.b": v / 3, "dummy": 0.0, "luck": 0.01}) for i, v in (("S1", 0.3), ("ST", 0.6))]),
    "morris, no interval": sensitivities("morris", "mu_star", {"behaviour.a": 0.3, "behaviour.b": 0.0}, half=NAN),
}


@pytest.mark.parametrize("found", TORNADOS.values(), ids=TORNADOS.keys())
def test_words_of_a_tornado_neither_overlap_nor_leave_the_page(found: pd.DataFrame) -> None:
    with house_style():
        assert clashes(tornado.draw(found, file=words("here"))) == []


def test_a_tornado_answers_one_question() -> None:
    two = pd.concat([sensitivities("given", "effect", EFFECTS), sensitivities("given", "effect", EFFECTS).assign(metric="came")])
    with pytest.raises(ValueError, match="got 2 questions"):
        tornado.draw(two)
    with pytest.raises(ValueError, match="no figures of method 'sobol'"):
        tornado.draw(sensitivities("given", "effect", EFFECTS), method="sobol")


def test_the_command_draws_unless_it_is_told_not_to(tmp_path: Path) -> None:
    arguments = ["sweep", str(HERE / "minimal.yaml"), "--vary", f"{GRIEVANCE}=0.1,0.5", "--worlds", "6", "--out", str(tmp_path / "out")]
    plain = CliRunner().invoke(cli.app, [*arguments, "--no-charts"])
    assert plain.stdout.endswith("table.parquet and table.csv\n"), plain.output
    assert not list(tmp_path.rglob("*.png"))
    again = CliRunner().invoke(cli.app, arguments)
    assert again.stdout.endswith("table.parquet, table.csv, curves.png and curves.svg\n"), again.output
    drawn = (tmp_path / "out" / "curves.svg").read_bytes()
    sim.gather(tmp_path / "out").plot(tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "curves.svg").read_bytes() == drawn
