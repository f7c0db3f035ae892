"""A comparison on one screen, what was agreed, and what a change does beside the unchanged: held against the tables."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from quarrel import values
from rich.cells import cell_len
from rich.console import Console

import sim
from sim.model.packages import options_in
from sim.scenario import Scenario, learned
from sim.scenario.problems import ScenarioError
from sim.show import overview
from sim.show.changed import Beside
from sim.show.obstacles import Obstacle, commonest, failures, main_obstacle, obstacle_words
from sim.show.written import Lookup, brief, names, percent
from sim.study import stored
from sim.study.against import differing
from sim.study.compare import Result
from sim.study.history.calibration import _predecessor
from sim.study.history.episodes import read_episodes
from sim.study.history.record import record, reliability

HOME = Path(__file__).parent.parent
MINIMAL = sim.load(HOME / "tests" / "minimal.yaml")


def screen(result: Result, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    overview.show(result, console)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def reference() -> Result:
    """The reference run, made again: its worlds are not kept."""
    return sim.compare(sim.load(HOME / "scenarios" / "kursk-2024.yaml"), worlds=2000, seed=2024)


@pytest.fixture(scope="module")
def changed() -> Result:
    other = MINIMAL.with_({"formats.face_to_face.visibility": "secret"})
    return sim.compare(other, worlds=400, seed=3, against=MINIMAL)


# ---------------------------------------------------------------- figures


def row(estimate: float, low: float, high: float, assumed: tuple[float, float] = (np.nan, np.nan)) -> Any:
    return SimpleNamespace(estimate=estimate, low=low, high=high, assumed_low=assumed[0], assumed_high=assumed[1])


@pytest.mark.parametrize(
    ("given", "change", "words"),
    [
        (row(0.61, 0.588, 0.631, (0.36, 0.85)), False, "61 ±2 (36,85)"),
        (row(0.0, 0.0, 0.002), False, "0 ±0.2 (?)"),
        (row(0.998, 0.994, 0.999, (0.98, 1.0)), False, "99.8 ±0.4 (98,100)"),
        (row(0.9999, 0.999, 1.0), False, ">99.9 ±0.1 (?)"),
        (row(0.0004, 0.0001, 0.0014), False, "<0.1 ±0.1 (?)"),
        (row(0.998, 0.994, 0.999, (0.996, 1.0)), False, "99.8 ±0.4 (100)"),
        (row(-0.076, -0.087, -0.065, (-0.168, 0.031)), True, "\u22128 ±1 (\u221217,+3)"),
        (row(0.0, 0.0, 0.0), True, "0 ±0.1 (?)"),
        (row(0.004, -0.002, 0.01, (-0.01, 0.02)), True, "+0.4 ±0.6 (\u22121,+2)"),
        (row(0.5, np.nan, np.nan), False, "50 ±? (?)"),
        (row(np.nan, np.nan, np.nan), False, "\u2013"),
        (None, False, "\u2013"),
    ],
)
def test_a_figure_in_brief(given: Any, change: bool, words: str) -> None:
    assert " ".join(brief(given, change=change)) == words


# ---------------------------------------------------------------- the screen


@pytest.mark.parametrize(("width", "most"), [(80, 40), (140, 38)])
def test_the_reference_run_fits_one_screen(reference: Result, width: int, most: int) -> None:
    lines = screen(reference, width)
    assert len(lines) <= most
    assert max(map(cell_len, lines)) <= width


def test_the_screen_has_every_process_of_an_issue_with_its_figures(reference: Result) -> None:
    lookup = Lookup(reference.summary)
    text = [" ".join(line.split()) for line in screen(reference, 140)]
    label = reference.scenario.file.processes["qatar_energy"].label
    figures = [brief(lookup("qatar_energy", metric, "energy")) for metric in ("came", "agreed", "in_force_end")]
    assert " ".join([label, *(" ".join(figure) for figure in figures)]) in text
    energy = text.index("Attacks on energy facilities · all energy facilities spared")
    agreed = [float(line.rsplit("±", 3)[1].split()[-1]) for line in text[energy + 1 : energy + 5]]
    assert agreed == sorted(agreed, reverse=True)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.1, 0.4, "not told apart from one half (Brier 0.20 [0.10, 0.40])"), (0.1, 0.24, "better than"), (0.26, 0.4, "worse than")],
)
def test_the_record_is_called_better_only_beyond_its_interval(low: float, high: float, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"brier": 0.2 if low < 0.25 else 0.33, "brier_low": low, "brier_high": high, "rows": 42, "under": 3, "happened": 1}
    monkeypatch.setattr(overview, "record", lambda: {("row", "model"): own, ("row", "half"): {"brier": 0.25}})
    assert words in overview.record_words()
    assert overview.record_words().endswith("; 1 of 3 put under 5% happened.")


def test_an_issue_that_is_hardly_ever_agreed_on_is_named_once(reference: Result) -> None:
    text = "\n".join(screen(reference, 140))
    assert text.count("Ceasefire") == 1
    assert "(Almost) never:" in text


def test_what_was_put_in_is_said_to_be_imposed() -> None:
    alone = {f"parties.{side}.positions.bridge": {"salience": 1.0, "losses": {"open": 0.8}} for side in ("east", "west")}
    result = sim.compare(Scenario.from_dict(values(alone)), worlds=60, seed=1)
    text = "\n".join(screen(result, 140))
    bridge = result.scenario.file.issues["bridge"].label or "bridge"
    assert f"Of these imposed by the values put in, and not found: {bridge}" in text


def test_the_main_obstacle_is_the_commonest_failure_of_a_main_table(reference: Result) -> None:
    found = main_obstacle(reference, "direct_officials")
    own = failures(reference)
    own = own[own["process"] == "direct_officials"].astype({"reason": str, "stage": str})
    most = own.groupby(["reason", "stage"])["share"].sum().max()
    assert found is not None
    assert found.share == pytest.approx(most)
    assert sum(found.whose.values()) == pytest.approx(found.share)
    assert found.mostly == ["both", "ukraine"]


def test_the_harm_of_each_process_is_on_the_screen(reference: Result) -> None:
    text = " ".join(" ".join(screen(reference, 140)).split())
    rows = reference.summary.query("metric == 'worse_than_none' and issue == '' and table == ''").set_index("process")["estimate"]
    most = rows.sort_values(ascending=False, kind="stable")
    labels = names(reference.scenario, "processes")
    said = ", ".join(f"{labels[process]} {percent(share)}" for process, share in most.head(2).items())
    assert f"Ends worse than without a process: {said}, any other at most {percent(most.iloc[2])} of 100 worlds." in text


def test_whose_it_mostly_is_is_said_so() -> None:
    parties = {"east": "East", "west": "West"}
    for whose, words in (
        ({"both": 0.2}, "(both sides)"), ({"both": 0.14, "east": 0.06}, "(mostly both sides)"),
        ({"east": 0.1, "west": 0.1}, "(East, West)"),
    ):  # fmt: skip
        one = Obstacle("t", "stayed away", "apart", 0.2, whose, 1.0)
        assert obstacle_words(one, parties) == f"stayed away {words}"


def test_named_reasons_account_for_four_fifths() -> None:
    rows = pd.DataFrame(
        [
            ("t", "talked", "a", "east", 0.3, np.nan), ("t", "talked", "a", "west", 0.1, np.nan),
            ("t", "apart", "b", "both", 0.4, 0.5), ("t", "apart", "c", "east", 0.1, 1.0), ("t", "apart", "d", "east", 0.1, 1.0),
        ],
        columns=["table", "stage", "reason", "whose", "share", "alone"],
    )  # fmt: skip
    found = commonest(rows)
    assert [(one.reason, round(one.share, 9)) for one in found] == [("a", 0.4), ("b", 0.4)]
    assert found[0].mostly == ["east"]
    assert found[1].alone == 0.5


# ---------------------------------------------------------------- what was agreed


def test_texts_count_what_was_agreed(reference: Result) -> None:
    texts = reference.texts
    mine = reference.worlds[(reference.worlds["process"] == "black_sea_model") & (reference.worlds["package"] != "")]
    own = texts[texts["process"] == "black_sea_model"]
    assert own["share"].sum() * reference.count == pytest.approx(len(mine))
    assert own["share"].is_monotonic_decreasing
    first = own.iloc[0]
    assert first["share"] * reference.count == (mine["package"] == first["text"]).sum()
    assert options_in(first["text"]) == {"energy": "all_energy", "food": "ports_spared", "prisoners": "exchanges"}
    assert options_in("") == {}


# ---------------------------------------------------------------- beside the unchanged


def test_a_change_is_that_of_two_runs_on_the_same_draws(changed: Result) -> None:
    base = sim.compare(MINIMAL, worlds=400, seed=3)
    now, before = Lookup(changed.summary), Lookup(base.summary)
    assert changed.changes is not None
    for line in changed.changes.itertuples():
        was, is_now = before(line.process, line.metric, line.issue), now(line.process, line.metric, line.issue)
        assert line.base == pytest.approx(was.estimate)
        assert line.estimate == pytest.approx(is_now.estimate)
        assert line.change == pytest.approx(is_now.estimate - was.estimate, abs=1e-12)
        assert line.low <= line.change <= line.high


def test_a_change_moves_only_what_it_can_move(changed: Result) -> None:
    assert changed.changes is not None
    wide = changed.changes.assign(width=changed.changes["high"] - changed.changes["low"]).groupby("process")["width"].max()
    assert wide["direct_talks"] > 0
    assert Beside(changed, Lookup(changed.summary)).moved() == [name for name in changed.processes if wide[name] > 0]


def test_a_run_beside_itself_changes_nothing() -> None:
    result = sim.compare(MINIMAL, worlds=50, seed=3, against=sim.load(HOME / "tests" / "minimal.yaml"))
    assert result.changes is not None
    assert (result.changes[["change", "low", "high"]] == 0).all(axis=None)
    text = "\n".join(screen(result, 100))
    assert "Changed: nothing." in text
    assert "Nothing changes in: " in text


def test_what_was_changed_is_said_and_saved(changed: Result, tmp_path: Path) -> None:
    assert changed.manifest["against"]["changed"] == {"formats.face_to_face.visibility": ["public", "secret"]}
    assert any(line.startswith("Changed: ") and "visibility secret, was public" in line for line in screen(changed, 140))
    again = stored.read(changed.save(tmp_path / "o", charts=False))
    assert again.changes is not None
    pd.testing.assert_frame_equal(again.changes, changed.changes, rtol=1e-5, check_dtype=False)
    assert screen(again, 100) == screen(changed, 100)


def test_scenarios_without_a_common_process_are_refused() -> None:
    other = sim.load(HOME / "scenarios" / "two-neighbours.yaml")
    with pytest.raises(ScenarioError, match="no process of the same name; expected one of direct_talks, both"):
        sim.compare(MINIMAL, worlds=5, against=other)


def test_differing_lists_values_by_path() -> None:
    other = MINIMAL.with_({"parties.north.grievance": 0.11, "weeks": 30})
    found = differing(MINIMAL, other)
    assert found["parties.north.grievance"][1] == 0.11
    assert found["weeks"][1] == 30
    assert set(found) == {"parties.north.grievance", "weeks"}
    assert differing(MINIMAL, MINIMAL.with_({"tables.direct.seated": True})) == {"tables.direct.seated": [False, True]}
    assert differing(MINIMAL, MINIMAL.with_({"tables.direct.seated": False})) == {}, "it goes without saying"


# ---------------------------------------------------------------- how good such figures have been


def test_the_record_that_ships_is_that_of_the_calibration() -> None:
    folder = HOME / "results" / "calibration"
    rows = pd.read_csv(folder / "rows.csv", dtype={"cluster": str})
    history = HOME / "scenarios" / "history"
    episodes, _ = read_episodes(history)
    found = record(rows, episodes, _predecessor(history))
    pd.testing.assert_frame_equal(found, pd.read_csv(folder / "record.csv"), check_dtype=False)
    alike = reliability(rows, episodes)
    pd.testing.assert_frame_equal(alike, pd.read_csv(folder / "reliability.csv"), check_dtype=False, rtol=1e-5, atol=1e-6)
    assert (folder / "record.csv").read_bytes() == (HOME / "sim" / "scenario" / "record.csv").read_bytes()
    agreed = rows[(rows["kind"] == "issue") & (rows["n"] > 0)]
    by_row = ((agreed["left_out"] - agreed["k"]) ** 2).mean()
    by_affair = ((agreed["left_out"] - agreed["k"]) ** 2).groupby(agreed["cluster"]).mean().mean()
    told = learned.record()
    assert told["row", "model"]["rows"] == len(agreed)
    assert told["row", "model"]["brier"] == pytest.approx(by_row, abs=1e-3)
    assert told["affair", "model"]["brier"] == pytest.approx(by_affair, abs=1e-3)
    assert told["row", "half"]["brier"] == 0.25
