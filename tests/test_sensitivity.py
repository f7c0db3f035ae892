"""Which assumptions move a difference: points given, indices known by hand, the hand-over to two libraries, the verb."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ruamel.yaml
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.model.batch import live
from sim.model.draws import Draws
from sim.scenario.scenario import Scenario
from sim.study.exploration import handover as handing
from sim.study.exploration import indices
from sim.study.exploration.given import DUMMY, LUCK, Given, Trial, metrics, quantities, stated
from sim.study.exploration.inquiry import SCREENING, ask
from sim.study.exploration.sensitivity import COLUMNS
from sim.study.outcomes import table_rows

pytest.importorskip("SALib", reason="SALib is not installed")

HERE = Path(__file__).parent
PAIR = ("direct_talks", "both")
RATE = "behaviour.occasion_rate"


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    return sim.load(str(HERE / "minimal.yaml"))


@pytest.fixture(scope="module")
def wide() -> Scenario:
    """The same, but how often there is an occasion to meet is hardly known: it decides how long anything is in force."""
    data = ruamel.yaml.YAML(typ="safe").load((HERE / "minimal.yaml").read_text(encoding="utf-8"))
    data["behaviour"] = {"occasion_rate": 0.1}
    data["provenance"][RATE] = {"why": "hardly known", "range": [0.005, 0.3]}
    return Scenario.from_dict(data, folder=HERE)


@pytest.fixture(scope="module")
def result(minimal: Scenario) -> sim.Result:
    return sim.compare(minimal, worlds=120, seed=7)


# ---------------------------------------------------------------- points


def test_worlds_at_what_they_drew_are_the_worlds_of_a_comparison(minimal: Scenario, result: sim.Result) -> None:
    for process in PAIR:
        found = result.worlds[result.worlds["process"] == process]
        first = found.drop_duplicates("world")
        given = {name: first[f"parameter:{name}"].to_numpy() for name in quantities(minimal)}
        rows = table_rows(live(minimal, process, Given(7, 0, 120, np.arange(120), given)))
        assert len(rows) == len(found)
        for column in rows:
            a, b = rows[column].reset_index(drop=True), found[column].reset_index(drop=True)
            pd.testing.assert_series_equal(a, b.astype(a.dtype), check_exact=True, obj=column)


def test_luck_of_other_worlds_draws_what_they_draw(minimal: Scenario, result: sim.Result) -> None:
    which = np.array([5, 5, 119, 0])
    batch = live(minimal, "both", Given(7, 0, 4, which, {}))
    there = result.worlds[(result.worlds["process"] == "both") & (result.worlds["table"] == "ferry_table")]
    mine = table_rows(batch).query("table == 'ferry_table'")
    assert list(mine["weeks_in_force"]) == list(there["weeks_in_force"].to_numpy()[which])
    assert len(set(batch.parameters.drawn["parties.north"])) == 3


def test_points_with_the_rest_drawn_have_the_mean_of_a_comparison(minimal: Scenario, result: sim.Result) -> None:
    handed = sim.handover(minimal, processes=PAIR, metric="weeks_in_force", parameters=[DUMMY], rest="drawn", lucks=120, seed=7)
    summary = result.summary.query("table == ''").set_index(["process", "metric", "issue"])["estimate"]
    assert handed.model([[0.3]])[0] == pytest.approx(summary["both", "weeks_in_force_difference", ""])


def test_points_with_the_rest_held_are_at_the_stated_values(minimal: Scenario) -> None:
    handed = sim.handover(minimal, processes="both", metric="weeks_in_force", parameters=[RATE], lucks=30)
    low, high = handed.problem["bounds"][0]
    at = stated(minimal)[RATE]
    assert low < at < high
    first, second = handed.model([[at], [high]])
    batch = live(minimal, "both", Draws(handed.trial.seed, 0, 30), stated=True)
    assert first == pytest.approx(batch.records["headline_in_force"].mean())
    assert first != second


def test_metrics_are_those_of_a_summary(minimal: Scenario, result: sim.Result) -> None:
    there = result.summary[~result.summary["metric"].str.endswith("_difference")].query("table == ''")
    for issue in ("", "ferry"):
        own = set(there.loc[there["issue"] == issue, "metric"]) - {"weeks_to_agreement"}
        assert own == set(metrics(minimal, issue))


@pytest.mark.verification
def test_same_bytes_for_any_number_of_jobs(minimal: Scenario) -> None:
    trial = Trial(minimal, PAIR, lucks=2048)
    names = (RATE, LUCK)
    x = np.array([[0.2, 0.0], [0.25, 0.9], [0.27, 0.4]])
    seen: list[tuple[int, int]] = []
    one = trial.run(names, x, progress=lambda done, total: seen.append((done, total)))
    pd.testing.assert_frame_equal(one, trial.run(names, x, jobs=2), check_exact=True)
    assert seen == [(8192, 12288), (12288, 12288)]


# ---------------------------------------------------------------- indices that are known


def ishigami(self: Trial, names: tuple[str, ...], x: np.ndarray, **_: object) -> pd.DataFrame:
    """Ishigami, Homma 1990, a=7, b=0.1, of the first three columns; all others enter nothing."""
    low, high = handing.ranges(self.scenario, names).T
    a, b, c = (np.pi * (2 * (x - low) / (high - low) - 1)).T[:3]
    y = np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)
    return pd.DataFrame({(self.processes[0], "agreed"): 0 * y + 3.0, (self.processes[1], "agreed"): y + 3.0})


THREE = ["parties.north", RATE, "issues.ferry"]


def test_sobol_finds_what_is_known_of_ishigamis_function(minimal: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trial, "run", ishigami)
    found = sim.sensitivity(minimal, processes=PAIR, method="sobol", n=4096, parameters=THREE)
    table = found.table.pivot_table(index="parameter", columns="index", values="estimate")
    assert table.loc[THREE, "S1"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert table.loc[THREE, "ST"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert list(found.ranked()["parameter"]) == [*THREE, DUMMY, LUCK]
    assert found.ranked()["estimate"].to_numpy()[3:] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert found.clear() == THREE[:2]


def test_morris_finds_the_signs_of_a_sum(minimal: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def total(self: Trial, names: tuple[str, ...], x: np.ndarray, **_: object) -> pd.DataFrame:
        low, high = handing.ranges(self.scenario, names).T
        u = (x - low) / (high - low)
        return pd.DataFrame(
            {(self.processes[0], "agreed"): u[:, 0], (self.processes[1], "agreed"): -2 * u[:, 1] + u[:, 2] ** 2 / 2}
        )

    monkeypatch.setattr(Trial, "run", total)
    found = sim.sensitivity(minimal, processes=PAIR, method="morris", n=20, parameters=THREE)
    table = found.table.pivot_table(index="parameter", columns="index", values="estimate")
    assert table.loc[THREE[:2], "mu"].to_numpy() == pytest.approx([-1.0, -2.0])
    assert table.loc[THREE[:2], "sigma"].to_numpy() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert table.loc[DUMMY, "mu_star"] == pytest.approx(0.0)
    assert table.loc[THREE[2], "sigma"] > 0.05
    assert list(found.ranked()["parameter"][:3]) == [THREE[1], THREE[0], THREE[2]]


@pytest.mark.parametrize("worlds", [4000, 10])
def test_given_finds_a_sum_in_noise(worlds: int) -> None:
    """Twelve parameters, two of which matter; with ten worlds each is fitted alone."""
    draws = Draws(1, 0, 4000)
    u = np.array([draws.uniform("test", f"u{k}") for k in range(12)], dtype=float).T[:worlds]
    noise = draws.uniform("test", "noise").astype(float)[:worlds]
    problem = {"num_vars": 12, "names": [f"u{k}" for k in range(12)], "bounds": [[2.0, 6.0]] * 12}
    y = 3 * u[:, 0] - 1.5 * u[:, 1] + 2 * noise
    if worlds == 10:
        slope, error = indices._slopes_alone(u - u.mean(axis=0), y - y.mean())
        assert slope[0] == pytest.approx(np.polyfit(u[:, 0], y, 1)[0])
        assert error.min() > 0
        return
    found = indices.effects(problem, 2 + 4 * u, y) | indices.first_order(u, y, 0)
    effect, low, high = found["effect"]
    assert effect[:3] == pytest.approx([3.0, -1.5, 0.0], abs=0.1)
    assert ((low < [3, -1.5, *[0] * 10]) & (high > [3, -1.5, *[0] * 10])).sum() >= 11
    shares = np.array([9, 2.25, *[0] * 10]) / (9 + 2.25 + 4)
    assert found["S1"][0] == pytest.approx(shares, abs=0.03)
    assert indices.explained(u, y) == pytest.approx(shares.sum(), abs=0.03)


# ---------------------------------------------------------------- a scenario


def test_what_matters_comes_first_with_its_sign(wide: Scenario) -> None:
    found = sim.sensitivity(wide, processes=PAIR, metric="weeks_in_force", n=400, parameters=8)
    table = found.table.set_index(["parameter", "index"])
    assert list(found.table.columns) == list(COLUMNS)
    assert found.ranked()["parameter"][0] == RATE
    assert table.loc[(RATE, "effect"), "low"] > 2
    assert table.loc[(RATE, "effect"), ["range_low", "range_high"]].tolist() == [0.005, 0.3]
    assert abs(table.loc[(DUMMY, "effect"), "estimate"]) < table.loc[(RATE, "effect"), "estimate"] / 3
    assert table.loc[(DUMMY, "S1"), "estimate"] < 0.05 < table.loc[(RATE, "S1"), "low"]
    assert set(found.table["role"]) == {"assumption", DUMMY}
    assert found.clear()[0] == RATE
    assert found.manifest["looked_at"] == len(quantities(wide))
    assert len(found.clear()) <= found.manifest["told_from_zero"] < 30
    assert 0.1 < found.manifest["explained"] < 1
    json.dumps(found.manifest, allow_nan=False)


@pytest.mark.parametrize(("method", "n"), [("morris", 5), ("sobol", 16)])
def test_designed_points_agree_and_the_dummy_is_nothing(wide: Scenario, method: str, n: int) -> None:
    asked = [RATE, "parties.elder", "issues.border"]
    found = sim.sensitivity(wide, processes=PAIR, metric="weeks_in_force", method=method, n=n, parameters=asked, lucks=30)
    ranked = found.ranked()
    assert ranked["parameter"][0] == RATE
    assert list(ranked["role"][-2:]) == [LUCK, DUMMY]
    assert ranked["estimate"].iloc[-1] == 0
    assert ranked["low"][0] > 0
    if method == "morris":
        assert found.table.query("index == 'mu' and parameter == @RATE")["low"].iloc[0] > 0


def test_sobol_looks_at_what_a_screening_finds(wide: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.exploration.sensitivity.SCREENING", 400)
    monkeypatch.setattr("sim.study.exploration.inquiry.SCREENING", 400)
    monkeypatch.setattr("sim.study.exploration.indices.FEW_RESAMPLES", 3)
    ticks: list[tuple[int, int]] = []
    found = sim.sensitivity(
        wide, processes=PAIR, metric="weeks_in_force", method="sobol", n=8, parameters=2, lucks=10,
        progress=lambda done, total: ticks.append((done, total)),
    )  # fmt: skip
    assert found.manifest["stages"] == {"given": 400, "sobol": 8 * 6}
    assert ticks[-1] == (2 * (400 + 480), 2 * (400 + 480))
    assert [done for done, _ in ticks] == sorted(done for done, _ in ticks)
    assert len(found.ranked()) == 4
    assert len(found.ranked("given")) == len(quantities(wide)) + 1
    assert set(found.ranked()["parameter"][:2]) == set(found.ranked("given")["parameter"][:2])
    assert found.manifest["looked_at"] == 2
    assert set(found.explain()) == {"given effect", "given S1", "sobol S1", "sobol ST"}


# ---------------------------------------------------------------- runs, folders


def test_a_run_its_folder_and_the_scenario_give_the_same(minimal: Scenario, result: sim.Result, tmp_path: Path) -> None:
    asked = {"processes": PAIR, "metric": "surplus_south", "parameters": 5}
    result.save(tmp_path / "run", charts=False)
    tables = [
        sim.sensitivity(result, **asked).table,
        sim.sensitivity(tmp_path / "run", **asked).table,
        sim.sensitivity(minimal, **asked, n=120, seed=7, jobs=1).table,
    ]
    assert len(tables[0]) == 2 * 6
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other, check_exact=True)


def test_a_folder_is_whole_and_of_its_own_kind(wide: Scenario, result: sim.Result, tmp_path: Path) -> None:
    def run(out: Path) -> sim.Sensitivity:
        return sim.sensitivity(wide, processes=PAIR, n=100, metric="weeks_in_force", parameters=[RATE], out=out)

    found = run(tmp_path / "a")
    foot = found.plot()["tornado"].texts[-1].get_text()
    assert foot.startswith(f"{wide.file.title}. {found.manifest['worlds']:,} worlds, seed ")
    run(tmp_path / "a")
    run(tmp_path / "b")
    files = ["claims.yaml", "manifest.json", "scenario.yaml", "sensitivity.csv", "tornado.png", "tornado.svg"]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == files
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    read = pd.read_csv(tmp_path / "a" / "sensitivity.csv", keep_default_na=False)
    assert list(read.columns) == list(COLUMNS)
    assert read["estimate"].to_numpy() == pytest.approx(found.table["estimate"].to_numpy(), rel=1e-5)
    result.save(tmp_path / "run", charts=False)
    for taken, act in ((tmp_path / "run", run), (tmp_path / "a", lambda out: result.save(out, charts=False))):
        with pytest.raises(sim.study.saving.RunFolderError, match=r"holds a (comparison, not a sensitivity|sensitivity, not a comparison); name a new folder, or --force"):
            act(taken)


# ---------------------------------------------------------------- wrong input


BAD_X = [
    ([[0.1]], "X: got the shape (1, 1), expected (points, 2): a column for each of the problem's names"),
    ([0.1, 0.2], "X: got the shape (2,), expected (points, 2)"),
    (np.zeros((0, 2)), "X: got the shape (0, 2), expected (points, 2)"),
    ([[0.3, float("nan")]], f"X: {RATE}: got nan, expected "),
    ([[0.3, 0.2], [0.3, 9.0]], f"X: {RATE}: row 1: got 9, expected 0.18 to 0.28"),
    ([["a", "b"]], "X: got what is not a table of numbers, expected (points, 2)"),
]


@pytest.mark.parametrize(("x", "words"), BAD_X)
def test_wrong_points_are_refused_in_a_line(minimal: Scenario, x: object, words: str) -> None:
    handed = sim.handover(minimal, processes=PAIR, parameters=["parties.north.grievance", RATE])
    with pytest.raises(sim.ScenarioError) as error:
        handed.model(x)
    assert str(error.value).startswith(words)
    assert "\n" not in str(error.value)


BAD = [
    ({"processes": ["both"]}, "processes: got both, expected two"),
    ({"processes": None, "metric": "agred"}, "metric: unknown metric 'agred'; did you mean agreed?"),
    ({"processes": ["both", "both"]}, "processes: got both, both, expected two"),
    ({"processes": ["both", "direct"]}, "unknown process direct; did you mean direct_talks?"),
    ({"metric": "weeks_to_agreement"}, "metric: weeks_to_agreement has no value in worlds without an agreement"),
    ({"issue": "fery"}, "issue: unknown issue 'fery'; did you mean ferry?"),
    ({"issue": "ferry", "metric": "weeks_in_force"}, "metric: unknown metric 'weeks_in_force'; did you mean in_force_end?"),
    ({"method": "sobl"}, "method: unknown method 'sobl'; did you mean sobol?"),
    ({"method": "sobol", "n": 100}, "n: got 100, expected a power of two for method sobol, such as 64"),
    ({"n": 5}, "n: got 5, expected a whole number of at least 100 for method given"),
    ({"method": "morris", "n": 1}, "n: got 1, expected a whole number of at least 2"),
    ({"method": "morris", "lucks": 5000}, "lucks: got 5000, expected a whole number of at most 4,096"),
    ({"method": "morris", "n": 10**8}, "n: comes to "),
    ({"parameters": ["parties.nort"]}, "parameters: no uncertain quantity 'parties.nort'; did you mean parties.north?"),
    ({"parameters": [RATE, RATE]}, f"parameters: {RATE}: named twice, expected once"),
    ({"parameters": 0}, "parameters: got 0, expected a whole number of at least 1, or a list of names"),
    ({"seed": -1}, "seed: got -1, expected a whole number of at least 0"),
]


@pytest.mark.parametrize(("asked", "words"), BAD, ids=lambda case: str(case)[:40])
def test_wrong_questions_are_refused_in_a_line(minimal: Scenario, asked: dict[str, object], words: str) -> None:
    with pytest.raises(sim.ScenarioError) as error:
        ask(minimal, **{"processes": PAIR, **asked})
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_what_cannot_be_asked_of_a_run(result: sim.Result, minimal: Scenario) -> None:
    with pytest.raises(sim.ScenarioError, match="morris runs points of its own"):
        sim.sensitivity(result, method="morris")
    with pytest.raises(sim.StudyError, match="is 0 everywhere: nothing moves it"):
        sim.sensitivity(minimal.with_({"behaviour.occasion_rate": 0.0}), processes=PAIR, n=100)


def test_without_salib_it_says_how_to_install_it(minimal: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(handing, "import_module", gone)
    with pytest.raises(sim.ScenarioError, match=r"SALib: is not installed; pip install 'gobetween\[sensitivity\]'"):
        sim.sensitivity(minimal, processes=PAIR)
    with pytest.raises(sim.ScenarioError, match="ema_workbench: is not installed; pip install ema_workbench"):
        _ = sim.handover(minimal, processes=PAIR).uncertainties


# ---------------------------------------------------------------- the hand-over


EXAMPLES = [textwrap.dedent(part) for part in re.findall(r"::\n\n((?:    .*\n|\n)+)", handing.__doc__ or "")]


@pytest.mark.smoke
def test_the_example_with_salib_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent)
    assert len(EXAMPLES) == 2
    assert all(len([line for line in example.splitlines() if line]) <= 12 for example in EXAMPLES)
    seen: dict[str, object] = {}
    exec(EXAMPLES[0], seen)  # what we ourselves show
    assert "dummy" in capsys.readouterr().out
    assert seen["found"]["S1"][2] == 0


@pytest.mark.smoke
def test_the_example_with_the_ema_workbench_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ema_workbench", reason="the EMA Workbench is not installed")
    monkeypatch.chdir(HERE.parent)
    seen: dict[str, object] = {}
    exec(EXAMPLES[1], seen)
    assert len(seen["experiments"]) == 6
    assert seen["outcomes"]["agreed_difference"].shape == (6,)


def test_the_function_takes_uncertainties_and_levers_and_returns_outcomes(minimal: Scenario) -> None:
    monitoring, visible = "formats.go_between.monitoring", "formats.go_between.visibility"
    levers = {monitoring: (0.0, 1.0), visible: ["secret", "discreet"]}
    handed = sim.handover(minimal, processes=PAIR, levers=levers, lucks=20, seed=3)
    found = handed.function(behaviour__occasion_rate=0.2, formats__go_between__monitoring=0.9, **{visible: "secret"})
    again = sim.handover(minimal.with_({monitoring: 0.9, visible: "secret"}), processes=PAIR, lucks=20, seed=3)
    assert found == again.function(**{RATE: 0.2})
    assert {"weeks_in_force", "weeks_in_force_difference"} <= set(found)
    with pytest.raises(sim.ScenarioError, match=r"function: unknown parameter behaviour\.occasion_rat; did you mean"):
        handed.function(**{"behaviour.occasion_rat": 0.1})
    with pytest.raises(sim.ScenarioError, match=r"function: behaviour\.occasion_rate: got 9, expected 0\.18 to 0\.28"):
        handed.function(behaviour__occasion_rate=9)
    with pytest.raises(sim.ScenarioError, match="expected it within 0 to 1"):
        sim.handover(minimal, processes=PAIR, levers={monitoring: (0.0, 2.0)})


def test_a_lever_is_no_uncertainty(wide: Scenario) -> None:
    assert RATE in sim.handover(wide, processes=PAIR).names
    assert RATE not in sim.handover(wide, processes=PAIR, levers={RATE: (0.0, 1.0)}).names


# ---------------------------------------------------------------- the verb


def call(*arguments: str | Path) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["sensitivity", *map(str, arguments)], env={"COLUMNS": "100"})
    return found.exit_code, found.output


BOTH = ("--process", "direct_talks", "--process", "both")


def test_the_verb_prints_words_and_writes_a_table(tmp_path: Path) -> None:
    out = tmp_path / "found"
    code, text = call(HERE / "minimal.yaml", *BOTH, "--metric", "weeks_in_force", "--worlds", "100", "--top", "3", "--out", out)
    assert code == 0, text
    assert "The difference (weeks in force, Both side by side less Direct talks) hangs most on" in text
    assert "(dummy: enters nothing)" in text
    assert f"Written to {out}: sensitivity.csv" in text
    assert len(pd.read_csv(out / "sensitivity.csv")) == 2 * 4


def test_the_verb_says_what_it_will_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = call(HERE / "minimal.yaml", *BOTH, "--method", "sobol", "--n", "8", "--top", "2", "--lucks", "10", "--dry-run")
    assert code == 0, text
    assert f"{SCREENING:,} worlds (draws of a run) and 48 points (sobol), 10,960 worlds in all" in text
    assert "about " in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--process", "both"), "--process: got both, expected two"),
        ((*BOTH, "--method", "given", "--n", "5"), "--n: method given has no use for it; expected --worlds"),
        ((*BOTH, "--method", "sobol", "--worlds", "500"), "--worlds: method sobol has no use for it; expected --n or --lucks"),
        ((*BOTH, "--top", "2", "--parameter", RATE), "expected either --top K or --parameter PATH"),
        ((*BOTH, "--parameter", "behaviour.occasion"), "no uncertain quantity 'behaviour.occasion'"),
        ((*BOTH, "--worlds", "0"), "--worlds: got 0, expected 1 to"),
        ((*BOTH, "--top", "0"), "--top: got 0, expected at least 1"),
    ],
)
def test_the_verb_refuses_in_a_line(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = call(HERE / "minimal.yaml", *arguments)
    assert words in text
    assert code == 2
    assert len(text.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_verb_takes_the_folder_of_a_run(result: sim.Result, tmp_path: Path) -> None:
    result.save(tmp_path / "run", charts=False)
    code, text = call(tmp_path / "run", "--issue", "ferry", "--metric", "units_passengers", "--top", "2")
    assert code == 0, text
    assert "units passengers on The ferry, Both side by side less Direct talks" in " ".join(text.split())
    assert (tmp_path / "run-sensitivity" / "sensitivity.csv").is_file()
    code, text = call(tmp_path / "run", "--worlds", "500")
    assert (code, len(text.splitlines())) == (2, 1)
