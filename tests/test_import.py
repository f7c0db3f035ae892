"""Reading a folder with a domain in NegMAS's file layouts, and saying in one line what is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bargains import hold, world_of
from ruamel.yaml import YAML
from typer.testing import CliRunner

from sim.cli.app import app
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.bargain import MOST_STEPS, Bargainer, Domain, names_of, scenario_of, text_of
from sim.scenario.evidence import coverage
from sim.scenario.negmas import UTILITY, read_domain

DATA = Path(__file__).parent / "data"
FERRY = DATA / "negmas-domain"
XML = DATA / "negmas-domain-xml"
LAYOUTS = ("negmas-domain", "negmas-domain-json", "negmas-domain-xml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FERRY, tmp_path / "ferry"))


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    return Path(shutil.copytree(XML, tmp_path / "ferry"))


def rewrite(path: Path, change: Callable[[Any], None]) -> None:
    yaml = YAML()
    data = yaml.load(path)
    change(data)
    yaml.dump(data, path)


def refused(folder: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_domain(folder)
    (line,) = str(caught.value).splitlines()
    return line.replace(f"{folder}/", "").replace(str(folder), "FOLDER")


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_say_the_same(layout: str) -> None:
    domain = read_domain(DATA / layout, steps=20)
    assert domain == Domain(
        "ferry",
        ("price", "days", "crews"),
        (("low", "mid", "high"), ("0", "1", "2", "3"), ("2", "3", "4", "5")),
        (
            Bargainer("north", (0.5, 0.3, 0.2), ((0.0, 0.5, 1.0), (0.0, 0.3, 0.6, 1.0), (0.1, 0.3, 0.6, 1.0)), 0.25),
            Bargainer("south", (0.2, 0.3, 0.5), ((1.0, 0.5, 0.0), (1.0, 0.3, 0.6, 0.0), (1.0, 0.3, 0.6, 0.0)), 0.1),
        ),
        20,
    )


def test_value_functions_become_values() -> None:
    south = read_domain(DATA / "negmas-domain-functions").sides[1]
    assert south.weights == (1.0, 2.0, 3.0)
    assert south.values[1] == pytest.approx((0.1, 0.35, 0.6, 0.85))
    assert south.values[2] == pytest.approx((0.4, 0.6, 0.8, 1.0))


def test_names_given_instead_of_lists(folder: Path) -> None:
    def by_name(data: Any) -> None:
        data["weights"] = dict(zip(("crews", "price", "days"), (0.2, 0.5, 0.3), strict=True))
        data["values"] = dict(zip(("price", "days", "crews"), data["values"], strict=True))

    rewrite(folder / "north.yml", by_name)
    assert read_domain(folder) == read_domain(FERRY)


def test_what_lies_beside_a_domain_is_left_alone(folder: Path) -> None:
    (folder / "_stats.yaml").write_text("pareto: []\n", encoding="utf-8")
    (folder / "._north.yml").write_bytes(b"\x00\xff")
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    assert read_domain(folder) == read_domain(FERRY)


# ---------------------------------------------------------------- the scenario that says the same


def test_scenario_is_whole_and_every_number_has_a_ground(tmp_path: Path) -> None:
    file = tmp_path / "ferry.yaml"
    file.write_text(text_of(scenario_of(read_domain(FERRY), "ferry"), "read from ferry"), encoding="utf-8")
    scenario = load(file)
    assert coverage(scenario).missing == ()
    assert scenario.hash == Scenario.from_dict(scenario_of(read_domain(FERRY), "ferry")).hash
    assert file.read_text(encoding="utf-8").startswith("# read from ferry\n")


def test_only_complete_packages_are_on_the_table() -> None:
    (table,) = world_of(read_domain(FERRY)).program.tables
    assert len(table.agenda.packages) == 3 * 4 * 4
    assert table.agenda.moved.all()


def test_the_two_bargain_to_an_agreement() -> None:
    session = hold(read_domain(FERRY, steps=30))
    assert session.offers[:2] == ((0, 0, (2, 3, 3)), (0, 1, (0, 0, 0))), "each side begins with its best package"
    assert session.agreement is not None


def test_values_beyond_one_are_scaled_as_a_whole() -> None:
    """Utility 6 x scenario's utility + 0: shares of value between packages, and of the reservation value, stay."""
    domain = Domain(
        "scaled", ("a", "b"), (("x", "y"), ("x", "y")),
        (
            Bargainer("one", (2.0, 4.0), ((-1.0, 3.0), (0.0, 2.0)), 4.0),
            Bargainer("two", (1.0, 1.0), ((0.0, 1.0), (1.0, 0.0)), 0.5),
        ),
    )  # fmt: skip
    one = scenario_of(domain, "here")["parties"]["one"]
    assert [one["positions"][i]["salience"] for i in ("a", "b")] == pytest.approx([1 / 3, 2 / 3])
    assert one["positions"]["a"]["gains"] == {"x": 0.0, "y": 1.0}
    assert one["positions"]["b"]["gains"] == {"x": 0.0, "y": 0.5}
    assert one["alternatives"]["a"]["value"] == pytest.approx((4 + 2) / 6 / 4)  # worst -2, so 6 above it; 24 from 0 to 1
    assert Scenario.from_dict(scenario_of(domain, "here"))


def test_reservation_value_below_the_worst_package_counts_as_the_worst() -> None:
    domain = read_domain(FERRY)
    low = Bargainer(**{**vars(domain.sides[0]), "reservation": -3.0})
    party = scenario_of(Domain(domain.name, domain.issues, domain.options, (low, domain.sides[1])), "here")["parties"]["north"]
    assert party["alternatives"]["price"]["value"] == pytest.approx(0.02, abs=1e-9)


def test_keys_are_made_of_any_label() -> None:
    assert names_of(["2", "Low price", "low-price", "ÄÖ", "no agreement"], "option", ["no_agreement"]) == [
        "option_2", "low_price", "low_price_2", "option", "no_agreement_2",
    ]  # fmt: skip


# ---------------------------------------------------------------- the verb


def test_import_then_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(app, ["import", str(FERRY), "--out", "ferry.yaml"])
    assert (made.exit_code, made.output) == (0, "Written to ferry.yaml\n")
    checked = CliRunner().invoke(app, ["check", "ferry.yaml", "--strict"])
    assert checked.exit_code == 0, checked.output
    again = CliRunner().invoke(app, ["import", str(FERRY), "--out", "ferry.yaml"])
    assert (again.exit_code, again.output) == (2, "ferry.yaml: already there, expected a new file, or --force to replace one\n")


def test_import_of_a_bad_folder_writes_nothing(folder: Path, tmp_path: Path) -> None:
    rewrite(folder / "north.yml", lambda data: data["weights"].pop())
    ended = CliRunner().invoke(app, ["import", str(folder), "--out", str(tmp_path / "out.yaml")])
    assert ended.exit_code == 2
    assert ended.output.endswith("weights: got 2 for 3 issues, expected a weight for each issue\n")
    assert not (tmp_path / "out.yaml").exists()


# ---------------------------------------------------------------- what is refused


def drop(name: str) -> Callable[[Any], None]:
    return lambda data: data.pop(name)


def put(name: str, value: Any) -> Callable[[Any], None]:
    return lambda data: data.update({name: value})


BAD: dict[str, tuple[str, Callable[[Any], None], str]] = {
    "short weights": ("north", lambda d: d["weights"].pop(), "weights: got 2 for 3 issues, expected a weight for each"),
    "no weights": ("north", drop("weights"), "weights: missing; expected a weight for each issue"),
    "negative weight": ("north", lambda d: d["weights"].__setitem__(1, -0.3), "weights.1: got -0.3, expected 0 or more"),
    "weights of zero": ("north", put("weights", [0, 0, 0]), "weights: are all zero"),
    "weight in words": ("north", put("weights", [1, "much", 0]), "weights.1: got 'much', expected a number"),
    "short values": ("north", lambda d: d["values"].pop(), "values: got 2 for 3 issues, expected a value function"),
    "an option without worth": ("north", lambda d: d["values"][0]["mapping"].pop("mid"), "no worth of price: mid"),
    "a strange option": ("north", lambda d: d["values"][0]["mapping"].update(medium=1), "is no value of issue price"),
    "missing type": ("north", drop("type"), "type: missing; expected the type of the outcome space or of the utility function"),
    "unknown class": ("north", put("type", "HyperUtility"), "type: unknown utility function 'HyperUtility'"),
    "unknown value function": ("north", lambda d: d["values"][1].update(type="CosFun"), "unknown value function 'CosFun'"),
    "value function without type": ("north", lambda d: d["values"][1].pop("type"), "values.1.type: missing"),
    "more than is read": ("north", put("discount", 0.9), "discount: not read here"),
    "no reservation value": ("north", drop("reserved_value"), "reserved_value: missing; expected what no agreement is worth"),
    "null reservation value": ("north", put("reserved_value", None), "reserved_value: missing"),
    "reserved outcome": ("north", put("reserved_outcome", ["low", 0, 2]), "reserved_outcome: is not read"),
    "continuous issue": ("ferry", lambda d: d["issues"][1].update(type="ContinuousIssue"), "'ContinuousIssue' cannot be listed"),
    "issue without type": ("ferry", lambda d: d["issues"][1].pop("type"), "issues.1.type: missing"),
    "issue without values": ("ferry", lambda d: d["issues"][0].pop("values"), "issues.0.values: missing"),
    "too many values": ("ferry", lambda d: d["issues"][1].update(values=[0, 10**9]), "got more than 8 values, expected 1 to 8"),
    "two issues alike": ("ferry", lambda d: d["issues"][1].update(name="price"), "a second issue called 'price'"),
    "no issues": ("ferry", put("issues", []), "issues: got 0 issues, expected 1 to 8"),
    "outcomes not by issue": ("ferry", put("type", "OddOutcomeSpace"), "'OddOutcomeSpace' cannot be listed issue by issue"),
}


@pytest.mark.parametrize("what", BAD)
def test_says_less_than_it_should(what: str, folder: Path) -> None:
    name, change, expected = BAD[what]
    rewrite(folder / f"{name}.yml", change)
    line = refused(folder)
    assert expected in line
    assert line.startswith(f"{name}.yml:"), "the file and the line"
    assert line.split(":")[1].isdigit()


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf"])
def test_numbers_that_are_none(value: str, folder: Path) -> None:
    """NegMAS's own default reservation value is minus infinity, which says nothing of no agreement."""
    text = (folder / "north.yml").read_text(encoding="utf-8")
    (folder / "north.yml").write_text(text.replace("reserved_value: 0.25", f"reserved_value: {value}"), encoding="utf-8")
    assert refused(folder) == f"north.yml:3: reserved_value: got '{value}', expected a finite number"


def test_nan_in_json(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA / "negmas-domain-json", tmp_path / "ferry"))
    data = json.loads((folder / "north.json").read_text(encoding="utf-8"))
    data["values"][0]["mapping"]["mid"] = float("nan")
    (folder / "north.json").write_text(json.dumps(data, indent=2), encoding="utf-8")
    assert "values.0.mapping.mid: got 'NaN', expected a number" in refused(folder)


def test_not_exactly_two_utility_functions(folder: Path) -> None:
    shutil.copy(folder / "north.yml", folder / "west.yml")
    message = "FOLDER: got 3 files (north.yml, south.yml, west.yml) with a utility function, expected exactly two files"
    assert refused(folder) == message
    (folder / "west.yml").unlink()
    (folder / "south.yml").unlink()
    assert refused(folder) == "FOLDER: got 1 file (north.yml) with a utility function, expected exactly two files"


def test_not_exactly_one_outcome_space(folder: Path) -> None:
    (folder / "ferry.yml").unlink()
    assert refused(folder) == "FOLDER: got 0 files with an outcome space, expected exactly one file"


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    assert "cannot be read: No such file or directory; expected a folder with a domain" in refused(tmp_path / "nowhere")
    assert refused(tmp_path).startswith("FOLDER: no .yml, .yaml, .json or .xml file")


def test_too_many_packages(tmp_path: Path) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    issues = [{"name": f"i{k}", "type": "ContiguousIssue", "values": [0, 7]} for k in range(6)]
    (folder / "space.json").write_text(json.dumps({"type": "CartesianOutcomeSpace", "issues": issues}), encoding="utf-8")
    for name in ("one", "two"):
        side = {"type": UTILITY, "weights": [1] * 6, "values": [{"type": "IdentityFun"}] * 6, "reserved_value": 0}
        (folder / f"{name}.json").write_text(json.dumps(side), encoding="utf-8")
    assert "got 531,441 packages" in refused(folder)


@pytest.mark.parametrize("steps", [0, MOST_STEPS + 1])
def test_rounds_that_do_not_fit(steps: int) -> None:
    with pytest.raises(ScenarioError, match=f"got {steps} rounds, expected 1 to {MOST_STEPS}"):
        read_domain(FERRY, steps=steps)


BAD_XML: dict[str, tuple[str, str, str, str]] = {
    "not XML": ("north", "<objective", "<<objective", "north.xml:2: not valid XML"),
    "document type": ("north", "<utility_space", "<!DOCTYPE a><utility_space", "north.xml:1: has a document type"),
    "no reservation value": ("north", '<reservation value="0.25" />', "", "north.xml:1: reserved_value: missing"),
    "reservation value NaN": ("north", 'reservation value="0.25"', 'reservation value="NaN"', "expected a finite number"),
    "short weights": ("north", '<weight index="3" value="0.2">\n</weight>', "", "weights: got 2 for 3 issues"),
    "indices with a gap": ("north", '<weight index="3"', '<weight index="4"', "<weight> has indices 1, 2, 4; expected 1 to 3"),
    "discounted": ("north", 'factor value="1.0"', 'factor value="0.9"', "north.xml:27: utility is discounted"),
    "an evaluation missing": ("north", 'value="mid" evaluation="0.5"', 'value="mid"', "north.xml:5: <item> without evaluation"),
    "a value missing": ("north", '<item index="2" value="mid" evaluation="0.5" />', "", "no worth of price: mid"),
    "a real issue": ("ferry", 'vtype="integer" lowerbound="0"', 'vtype="real"', "'ContinuousIssue' cannot be listed"),
    "no upper bound": ("ferry", ' upperbound="3"', "", "<issue> without upperbound"),
}


@pytest.mark.parametrize("what", BAD_XML)
def test_xml_says_less_than_it_should(what: str, xml: Path) -> None:
    name, old, new, expected = BAD_XML[what]
    text = (xml / f"{name}.xml").read_text(encoding="utf-8")
    assert old in text
    (xml / f"{name}.xml").write_text(text.replace(old, new, 1), encoding="utf-8")
    line = refused(xml)
    assert expected in line
    assert line.startswith(f"{name}.xml:")
