"""Counts of real cases against synthetic conflicts: intervals and weights by hand, reproducibility, the chart."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_charts import clashes
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.model.draws import Draws, Parameters
from sim.scenario import load
from sim.scenario.evidence import coverage
from sim.scenario.problems import ScenarioError
from sim.show.found import draw
from sim.study.history.counted import Selection, Study, read_study
from sim.study.history.ratios import Ratio, wilson
from sim.study.history.regularities import RANDOM, SELECTED, Regularities, report, row_value, row_values
from sim.study.history.synthetic import Fate, Fates, chance_of_harder, hardness, run_fates

FOLDER = Path(__file__).parent.parent / "scenarios" / "regularities"
WORLDS = 30
WEEKS = 46
"""A short run: whether agreements last five years is not what is tested here."""


@cache
def study() -> Study:
    """The study that ships, cut short."""
    found = read_study(FOLDER)
    counted = found.counted
    rows, context = ({n: r.model_copy(update={"within": 20}) for n, r in group.items()} for group in (counted.rows, counted.context))
    contrasts = {n: c.model_copy(update={"within": 20}) for n, c in counted.contrasts.items()}
    short = counted.model_copy(update={"rows": rows, "context": context, "contrasts": contrasts})
    return Study(short, {name: asked.with_({"weeks": WEEKS}) for name, asked in found.scenarios.items()})


@cache
def fates() -> Fates:
    return run_fates(study(), worlds=WORLDS, seed=5)


@cache
def result() -> Regularities:
    return report(study(), fates())


# ---------------------------------------------------------------- the files


@pytest.mark.parametrize("name", ["crisis", "war", "attempt"])
def test_every_number_of_the_synthetic_conflicts_has_a_ground(name: str) -> None:
    assert coverage(load(FOLDER / f"{name}.yaml")).missing == ()


def test_both_sides_have_the_same_priors() -> None:
    for name in ("crisis", "war", "attempt"):
        numbers = load(FOLDER / f"{name}.yaml").numbers()
        for path, value in numbers.items():
            swapped = path.replace("east", "*").replace("west", "east").replace("*", "west")
            assert numbers[swapped] == value, path


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("formats: {unmediated: 1}", "formats: {unmediatd: 1}", "rows.direct.formats: unknown process unmediatd; did you mean unmediated?"),
        ("k: 19, n: 57", "k: 59, n: 57", "rows.direct.k: got 59 of 57"),
        ("harder: [153, 482]", "harder: [0, 482]", "conflicts.crisis.harder: got [0, 482]"),
        ("within: 260, conflict: crisis", "within: 460, conflict: crisis", "needs a run of 486 weeks"),
        ("issues.status.sensitivity: 2.0", "issues.statu.sensitivity: 2.0", "no number of crisis.yaml"),
        ("conflict: war,", "conflict: wars,", "rows.war_mediated.conflict: unknown conflict wars; did you mean war?"),
    ],
)
def test_what_is_wrong_with_the_counts_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    for file in FOLDER.glob("*.yaml"):
        text = file.read_text()
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if file.name == "observed.yaml" else text)
    with pytest.raises(ScenarioError) as caught:
        read_study(tmp_path)
    assert words in str(caught.value)


# ---------------------------------------------------------------- by hand


def test_wilson_intervals_of_the_table() -> None:
    by_hand = {"direct": (0.225, 0.463), "facilitation": (0.216, 0.640), "chaired": (0.323, 0.456), "no_contact": (0.032, 0.141)}
    table = result().table.set_index("row")
    for row, bounds in by_hand.items():
        assert (table.low[row], table.high[row]) == pytest.approx(bounds, abs=5e-4)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == pytest.approx(1)


def test_the_table_has_ten_rows_and_says_inside_of_those_that_are() -> None:
    table = result().table
    assert len(table) == 10
    for row in table.itertuples():
        assert row.inside == (row.low <= row.model <= row.high)
    assert result().misses == [row.label for row in table.itertuples() if not row.low <= row.model <= row.high]
    assert result().inside + len(result().misses) == 10


def test_chance_of_a_harder_format_by_hand() -> None:
    # A quarter of all; log-odds two steeper at hardness one: odds 1/3 times e squared.
    chance = chance_of_harder(np.array([-1.0, 0.0, 1.0]), [25, 100], 2.0)
    odds = np.array([np.exp(-2) / 3, 1 / 3, np.exp(2) / 3])
    assert chance == pytest.approx(odds / (1 + odds))
    assert chance_of_harder(np.array([-1.0, 1.0]), [25, 100], 0.0) == pytest.approx([0.25, 0.25])


def test_hardness_by_hand() -> None:
    asked = study().scenarios["crisis"]
    parts = {"parties.east.grievance": 1.0, "parties.east.trust.west": -1.0, "zone": -2.0, "parties.patron.capacity": 1.0}
    selection = Selection(slope=1.0, range=[0.0, 2.0], why="", hardness=parts, zone_scale=0.1)
    parameters = Parameters(asked, Draws(1, 0, 3))
    parameters.drawn["parties.east.grievance"] = np.array([0.0, 0.2, 0.4])  # prior 0 to 0.4
    parameters.drawn["parties.east.trust.west"] = np.array([0.05, 0.25, 0.45])  # prior 0.05 to 0.45
    found = hardness(asked, selection, parameters, np.array([0.05, -0.2, 0.0]))
    # (grievance - trust - 2 zone + 0) / 5; the zone is cut at one; the capacity is not drawn.
    assert found == pytest.approx([(-1 + 1 - 1) / 5, (0 - 0 + 2) / 5, (1 - 1 - 0) / 5])


def test_cases_of_a_fate_by_hand() -> None:
    fate = Fate(
        came=np.array([3, 3, 30, -1, 3]), agreed=np.array([5, -1, 33, -1, 6]), ended=np.array([14, -1, -1, -1, 40]),
        sessions=np.array([1, 3, 2, 0, 1], np.int16), texts=np.array([1, 0, 1, 0, 1], np.int16),
    )  # fmt: skip
    assert fate.counted("agreed", 26, 0).share == pytest.approx(2 / 5)
    assert fate.counted("agreed_if_came", 26, 0).share == pytest.approx(2 / 3)  # the third came too late
    assert fate.counted("text_per_session", 26, 0).share == pytest.approx(3 / 7)
    assert fate.counted("ended", 26, 10).share == pytest.approx(1 / 2)
    assert fate.counted("ended", 26, 9).share == 0


def test_a_ratio_and_its_interval_by_hand() -> None:
    found = Ratio(np.array([1.0, 0, 1, 0]), np.array([1.0, 1, 2, 0]))
    assert found.share == 1 / 2
    # Residuals 1/2, -1/2, 0, 0 over four cases: 1.96 * sqrt(4/3 * 2/64).
    assert found.estimate().high - 0.5 == pytest.approx(1.96 * np.sqrt(4 / 3 / 32), rel=1e-4)
    assert found.less(found).low == found.less(found).high == 0
    assert np.isnan(Ratio(np.zeros(2), np.zeros(2)).share)


def test_a_ratio_over_single_cases_has_the_interval_of_a_share() -> None:
    hits = np.array([1.0] * 30 + [0] * 70)
    found = Ratio(hits, np.ones(100)).estimate()
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.sqrt(0.3 * 0.7 / 99), rel=1e-4)


# ---------------------------------------------------------------- selection and contrast


def test_a_selection_of_zero_slope_is_an_assignment_by_lot() -> None:
    flat = study().counted.selection.model_copy(update={"slope": 0.0})
    found = report(Study(study().counted.model_copy(update={"selection": flat}), study().scenarios), fates())
    changes = found.contrast.pivot(index=["contrast", "format"], columns="assignment", values=["difference", "low", "high"])
    for column in ("difference", "low", "high"):
        assert changes[column, SELECTED].to_numpy() == pytest.approx(changes[column, RANDOM].to_numpy(), nan_ok=True)
    assert found.table["model"].to_numpy() == pytest.approx(found.table["by_lot"].to_numpy(), nan_ok=True)


def test_selection_gives_mediators_the_harder_conflicts() -> None:
    hard = fates().hardness["crisis"]
    assert np.abs(hard).max() <= 1
    chance = chance_of_harder(hard, [153, 482], study().counted.selection.slope)
    assert np.average(hard, weights=chance) > hard.mean() > np.average(hard, weights=1 - chance)


def test_a_row_is_the_sum_of_its_worlds() -> None:
    values = row_values(study(), fates())
    assert list(values) == list(result().table["row"])
    for name, found in values.items():
        assert found.numerator.shape == found.denominator.shape == (WORLDS,)
        assert (found.numerator <= found.denominator + 1e-12).all()
        assert found.share == pytest.approx(result().table.set_index("row").model[name], nan_ok=True)


def test_a_mixture_of_formats_weighs_them_as_cases_do() -> None:
    row = study().counted.rows["war_mediated"].model_copy(update={"who": "all"})
    parts = [row_value(study(), fates(), row.model_copy(update={"formats": {form: 1.0}})) for form in row.formats]
    cases = sum(weight * part.denominator.sum() for weight, part in zip(row.formats.values(), parts, strict=True))
    hits = sum(weight * part.numerator.sum() for weight, part in zip(row.formats.values(), parts, strict=True))
    assert row_value(study(), fates(), row).share == pytest.approx(hits / cases)


# ---------------------------------------------------------------- reproducible


@pytest.mark.verification
def test_jobs_change_nothing_and_the_first_worlds_are_those_of_a_shorter_run(tmp_path: Path) -> None:
    only = ["chaired"]
    small = study().counted.model_copy(
        update={"rows": {n: r for n, r in study().counted.rows.items() if n in only}, "context": {}, "contrasts": {}}
    )
    cut = Study(small, study().scenarios)
    one, two, half = (run_fates(cut, worlds=n, seed=5, jobs=j) for n, j in ((20, 1), (20, 2), (10, 1)))
    for fate, other in zip(one.fate.values(), two.fate.values(), strict=True):
        for column, values in vars(fate).items():
            assert values.tobytes() == vars(other)[column].tobytes()
    for fate, other in zip(one.fate.values(), half.fate.values(), strict=True):
        assert all((vars(fate)[column][:10] == values).all() for column, values in vars(other).items())
    assert (one.hardness["attempt"][:10] == half.hardness["attempt"]).all()
    first, second = (report(cut, f).save(tmp_path / name, charts=False) for name, f in (("one", one), ("two", two)))
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}


def test_the_verb_writes_and_says_what_was_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.history.counted.read_study", lambda folder: study())
    monkeypatch.setattr("sim.study.history.synthetic.run_fates", lambda asked, **kind: fates())
    done = CliRunner().invoke(cli.app, ["regularities", "--worlds", str(WORLDS), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert f"{result().inside} of 10 counts" in done.output
    assert done.output.count("• missed:") == len(result().misses)
    names = {"table.csv", "context.csv", "contrast.csv", "manifest.json", "regularities.png", "regularities.svg"}
    assert {file.name for file in (tmp_path / "out").iterdir()} == names
    table = pd.read_csv(tmp_path / "out" / "table.csv")
    assert table["inside"].tolist() == result().table["inside"].tolist()


@pytest.mark.parametrize(("arguments", "words"), [(["nowhere"], "no such file"), (["--worlds", "1"], "at least 2")])
def test_the_verb_refuses_in_one_line(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(cli.app, ["regularities", *arguments])
    assert done.exit_code == 2
    assert words in done.output


# ---------------------------------------------------------------- the chart


def drawn(words: str = "") -> SimpleNamespace:
    """What the chart reads, with labels made long."""
    table = result().table.assign(label=lambda frame: frame["label"] + words)
    contrast = result().contrast.assign(format_label=lambda frame: frame["format_label"] + words)
    return SimpleNamespace(kind="regularities", table=table, contrast=contrast, inside=result().inside, count=WORLDS, seed=5)


@pytest.mark.parametrize("words", ["", " with a label that is a good deal longer than anybody would wish for"])
def test_words_of_the_chart_neither_overlap_nor_leave_the_page(words: str) -> None:
    figures = draw(drawn(words))  # type: ignore[arg-type]
    assert clashes(figures["regularities"]) == []


def test_the_chart_calls_a_miss_a_miss() -> None:
    texts = [text.get_text() for text in draw(drawn())["regularities"].axes[0].texts]  # type: ignore[arg-type]
    assert sum(text.endswith(", outside") for text in texts) == len(result().misses)
    assert sum(text.endswith(", inside") for text in texts) == result().inside
