"""What ``check`` says of a scenario: names and paths to copy, why a zone is empty, whether it passed."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sim.cli.app import app
from sim.scenario import load
from sim.scenario.scenario import Scenario
from sim.scenario.setting import parse_set
from sim.show.inventory import examples, show
from sim.show.written import points
from sim.study.zones import zones

HOME = Path(__file__).parent.parent
MINIMAL = Path(__file__).parent / "minimal.yaml"
SHIPPED = [*sorted((HOME / "scenarios").glob("*.yaml")), MINIMAL]


def said(scenario: Scenario, width: int = 80) -> str:
    out = io.StringIO()
    show(scenario, Console(file=out, width=width))
    assert max(map(len, out.getvalue().splitlines())) <= width
    return out.getvalue()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_paths_that_are_shown_can_be_set_as_printed(path: Path) -> None:
    scenario = load(path)
    text = said(scenario, 120)
    found = examples(scenario)
    assert {name.split(".")[0] for name in found} >= {"parties", "issues", "formats", "tables", "processes", "behaviour"}
    for name, value in found.items():
        assert f"  --set {name}={value}\n" in text
        key, parsed = parse_set(f"{name}={value.strip(chr(39))}")
        changed = scenario.with_({key: parsed})
        if parsed is not None:
            assert changed.file == scenario.file, "it is the value that stands there"
        else:
            assert list(changed.file.events) == list(scenario.file.events)[1:]


def test_every_name_is_listed() -> None:
    file = load(MINIMAL).file
    said_words = said(load(MINIMAL)).replace(",", " ").split()
    for part in (file.parties, file.formats, file.tables, file.processes, file.events, *(i.options for i in file.issues.values())):
        assert set(part) <= set(said_words)


def test_strict_says_that_it_passed() -> None:
    found = CliRunner().invoke(app, ["check", str(MINIMAL), "--strict"])
    assert found.exit_code == 0
    count = len(load(MINIMAL).numbers())
    assert found.stdout.endswith(f": every number has a claim, an assumption or a choice: {count} numbers\n")
    assert "every number" not in CliRunner().invoke(app, ["check", str(MINIMAL)]).stdout


BORDER = "positions.border"


def test_an_empty_zone_is_laid_to_the_side_that_empties_it() -> None:
    """North would take the line for nothing; South loses all that it could ever gain by it."""
    base = load(MINIMAL).with_({"tables.border_alone": {"agenda": ["border"], "format": "face_to_face"}, "processes.alone": {"tables": ["border_alone"]}})
    asked = base.with_({
        f"parties.north.{BORDER}.gains": {"line": 1.0}, f"parties.north.{BORDER}.losses": {"line": 0.0},
        f"parties.south.{BORDER}.gains": {"line": 0.0}, f"parties.south.{BORDER}.losses": {"line": 1.0},
        "issues.border.self_enforcing": 1.0,
    })  # fmt: skip
    rows = zones(asked, ["alone"])
    assert len(rows) == 1
    row = rows.iloc[0]
    assert row["north"] > 0 > row["south"]
    text = " ".join(said(asked, 200).split())
    sentence = text[text.index("border_alone, empty") :].split("•")[0]
    least = points(row["alternative_south"] + row["home_south"])
    assert f"no package reaches what South asks for at least ({least}: {points(row['alternative_south'])} is its" in sentence
    assert f"the best for it falls {points(-row['south'])} short; 1 would do for North." in sentence
    assert f"falls short by {points(-row['south'])} for South." in sentence


def test_an_empty_zone_may_be_nobodys_alone() -> None:
    """Each side would take one of the two options, neither the other's."""
    asked = load(MINIMAL).with_({
        "issues.border.options.bend": {"label": "a bend"}, "tables.border_alone": {"agenda": ["border"], "format": "face_to_face"},
        "processes.alone": {"tables": ["border_alone"]}, "issues.border.self_enforcing": 1.0,
        f"parties.north.{BORDER}.gains": {"line": 1.0}, f"parties.north.{BORDER}.losses": {"bend": 1.0},
        f"parties.south.{BORDER}.gains": {"bend": 1.0}, f"parties.south.{BORDER}.losses": {"line": 1.0},
    })  # fmt: skip
    text = " ".join(said(asked, 200).split())
    assert "border_alone, empty: 1 would do for North; 1 would do for South; none is among both. The least bad," in text


def test_packages_are_explained() -> None:
    text = " ".join(said(load(MINIMAL)).split())
    assert "A package takes one option of each issue on the agenda." in text


def test_the_anchors_of_the_guide_are_those_of_the_scenarios() -> None:
    """Anchors are drawn from shipped values: whoever changes one changes the guide."""
    kursk, sea = (load(HOME / "scenarios" / f"{name}.yaml").numbers() for name in ("kursk-2024", "black-sea-2022"))
    two = load(HOME / "scenarios" / "two-neighbours.yaml").numbers()
    anchors = {
        "Turkey in 2022 and 2024": (kursk["parties.turkey.pull"], 0.6), "the UN 0.40": (kursk["parties.un.pull"], 0.4),
        "Qatar 0.08": (kursk["parties.qatar.leverage"], 0.08), "Turkey 0.10": (kursk["parties.turkey.leverage"], 0.1),
        "could promise little": (kursk["parties.un.leverage"], 0.03),
        "once undelivered, 0.15": (kursk["formats.black_sea.side_deals.0.benefit"], 0.15),
        "which we take for 0.42": (sea["formats.black_sea.side_deals.0.benefit"], 0.42),
        "`two-neighbours.yaml` has 0.25": (two["formats.experts.side_deals.0.benefit"], 0.25),
    }  # fmt: skip
    guide = (HOME / "scenarios" / "README.md").read_text(encoding="utf-8")
    for words, (stated, value) in anchors.items():
        assert words in guide
        assert stated == value, words


def test_the_anchor_of_pull_by_hand() -> None:
    """Even odds, trust 0.6, a mediator who cares fully: pull times trust times attraction, over the temperature."""
    behaviour = load(MINIMAL).file.behaviour
    readiness = [pull * 0.6 * behaviour.attraction / behaviour.temperature for pull in (0.1, 0.3, 0.6)]
    assert [round(100 / (1 + math.exp(-r))) for r in readiness] == [55, 65, 77]
