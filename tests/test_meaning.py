"""What an assumption is, in words, and whether the record informed it."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import sim
from sim.scenario import load
from sim.scenario.evidence import uncertain
from sim.scenario.meaning import meaning
from sim.show import assumptions
from sim.study.history.priors import PRIORS, contraction

HOME = Path(__file__).parent.parent
MINIMAL = Path(__file__).parent / "minimal.yaml"
SHIPPED = sorted((HOME / "scenarios").glob("*.yaml"))


def test_a_number_means_what_the_schema_says() -> None:
    scenario = load(HOME / "scenarios" / "two-neighbours.yaml")
    for path, said in {
        "parties.harbour.pull": "how strongly its invitation draws the sides",
        "parties.upland.trust.harbour": "per other party, and per third actor that controls a side deal: belief that it keeps its word",
        "parties.upland.positions.road.gains.open": "per option: what it brings if the other side keeps it",
        "formats.experts.side_deals.0.delivery": "share that is in fact delivered",
        "formats.experts.monitoring": "capacity of a coordination centre",
        "parties.upland.positions.water": "one factor on 5 numbers: salience, gains, losses",
        "events.dry_spell": "one factor on 3 numbers: rate, grievance, optimism",
        "behaviour.mandate_gap": "hurdle at home for a text that officials without a mandate agreed [utility]",
    }.items():
        assert meaning(scenario, path) == said


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_assumption_of_the_shipped_scenarios_has_a_meaning(path: Path) -> None:
    scenario = load(path)
    assert [name for name in uncertain(scenario) if not meaning(scenario, name)] == []


def test_contraction_is_that_of_the_calibration_as_far_as_its_table_tells() -> None:
    made = pd.read_csv(HOME / "results" / "calibration" / "parameters.csv").set_index("parameter")["contraction"]
    for name in PRIORS:
        assert contraction(f"behaviour.{name}") == pytest.approx(made[name], abs=0.27), name  # three standard errors of a variance of 256 draws
    assert math.isnan(contraction("behaviour.temperature"))
    assert math.isnan(contraction("parties.north.grievance"))


def test_words_for_what_the_record_told() -> None:
    shares = (-0.03, 0.02, 0.19, 0.49, 0.81, math.nan)
    assert [assumptions.learned(share) for share in shares] == [
        "hardly (0%)", "hardly (2%)", "a little (19%)", "in part (49%)", "mostly (81%)", "not asked: assumed",
    ]  # fmt: skip


def test_the_meaning_and_what_was_learned_are_shown_and_saved(tmp_path: Path) -> None:
    """A parameter that the scenario sets is its own assumption, whatever was learned of it elsewhere."""
    asked = ["behaviour.mandate_gap", "behaviour.temperature", "parties.north.grievance"]
    found = sim.sensitivity(
        load(MINIMAL), processes=("direct_talks", "both"), metric="weeks_in_force", n=100, parameters=asked, out=tmp_path / "out"
    )
    saved = pd.read_csv(tmp_path / "out" / "sensitivity.csv").drop_duplicates("parameter").set_index("parameter")
    assert saved.loc["behaviour.mandate_gap", "contraction"] == pytest.approx(contraction("behaviour.mandate_gap"), abs=1e-5)
    assert saved["contraction"].isna().to_dict() == {name: name != "behaviour.mandate_gap" for name in [*asked, "dummy"]}
    out = io.StringIO()
    assumptions.show(found, Console(file=out, width=140))
    said = " ".join(out.getvalue().split())
    for row in saved.itertuples():
        assert row.meaning in said or row.Index == "dummy"
    learned = assumptions.learned(contraction("behaviour.mandate_gap"))
    assert f"hurdle at home for a text that officials without a mandate agreed [utility] {learned}" in said
    assert "sense of injury at week 0, events not counted not asked: assumed" in said
