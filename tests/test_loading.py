"""Loading scenario files: what is read, what is merged, and one clear line for whatever is wrong."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, json_schema, load, parse_set
from sim.scenario.reading import MAX_BYTES

HERE = Path(__file__).parent
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the evidence of the minimal scenario, so that errors show short names."""
    shutil.copy(HERE / "minimal-claims.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def line_of(text: str, part: str) -> int:
    """Line of the first line of ``text`` that contains ``part``."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def errors(path: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == min(len(caught.value.problems), 20) + (len(caught.value.problems) > 20)
    return lines


def changed(old: str, new: str) -> tuple[str, int]:
    """The minimal scenario with its first ``old`` made ``new``, and the line where ``new`` begins."""
    assert old in MINIMAL
    at = MINIMAL.index(old)
    return MINIMAL.replace(old, new, 1), MINIMAL[:at].count("\n") + 1


# ------------------------------------------------------------ what is read


def test_minimal_scenario_loads() -> None:
    scenario = load(HERE / "minimal.yaml")
    assert scenario.disputants == ["north", "south"]
    assert scenario.mediators == ["elder"]
    assert scenario.file.start.isoformat() == "2030-01-07"
    assert list(scenario.claims) == ["M01", "M02", "M03"]
    assert scenario.pinned == frozenset()
    assert scenario.numbers()["parties.north.trust.south"] == 0.3
    assert scenario.numbers()["formats.go_between.term"] == 17
    assert "parties.north.label" not in scenario.numbers()


def test_scenario_survives_pickle() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"weeks": 30})
    copy = pickle.loads(pickle.dumps(scenario))
    assert (copy.hash, copy.pinned, copy.file) == (scenario.hash, scenario.pinned, scenario.file)


def test_error_survives_pickle(folder: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("none.yaml")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_hash_follows_content_and_not_the_place(folder: Path) -> None:
    first = load(HERE / "minimal.yaml")
    assert load(write("copy.yaml", "# moved\n" + MINIMAL)).hash == first.hash
    assert first.with_({"weeks": 30}).hash != first.hash
    assert first.with_({"weeks": 40}).hash != first.hash, "pinning a number moves what is drawn"
    text = Path("minimal-claims.yaml").read_text(encoding="utf-8")
    write("minimal-claims.yaml", text.replace("120 people", "130 people"))
    assert load("copy.yaml").hash != first.hash


def test_anchors_and_aliases_are_fine(folder: Path) -> None:
    text, _ = changed("{talks: face_to_face, signing: face_to_face, implementation: face_to_face}",
                      "&c {talks: remote, signing: remote, implementation: remote}")  # fmt: skip
    text = text.replace("{talks: separate, signing: separate, implementation: remote}", "*c")
    forms = load(write("a.yaml", text)).file.formats
    assert forms["go_between"].contact == forms["face_to_face"].contact


def test_from_dict_is_the_same_scenario() -> None:
    scenario = load(HERE / "minimal.yaml")
    data = {**scenario.document.data, "start": "2030-01-07"}
    assert Scenario.from_dict(data, folder=HERE).hash == scenario.hash


def test_from_dict_names_no_line() -> None:
    data = {**load(HERE / "minimal.yaml").document.data, "wekes": 3}
    with pytest.raises(ScenarioError, match=r"^<dict>: wekes: unknown key; did you mean weeks\?$"):
        Scenario.from_dict(data, folder=HERE)


@pytest.mark.parametrize("data", [[], None, {1: 2}, {"title": object()}, {"title": {1, 2}}])
def test_from_dict_refuses_what_is_no_scenario(data: Any) -> None:
    with pytest.raises(ScenarioError, match=r"^<dict>: "):
        Scenario.from_dict(data)


def test_from_dict_refuses_a_mapping_within_itself() -> None:
    data: dict[str, Any] = {}
    data["parties"] = data
    with pytest.raises(ScenarioError, match="nested deeper than 20"):
        Scenario.from_dict(data)


# ------------------------------------------------------------ files that cannot be read


def test_missing_file_names_the_nearest(folder: Path) -> None:
    write("kursk.yaml", MINIMAL)
    assert errors("krusk.yaml") == ["krusk.yaml: no such file; did you mean kursk.yaml?"]


def test_directory(folder: Path) -> None:
    Path("sub").mkdir()
    assert errors("sub") == ["sub: is a directory; expected a YAML file"]


def test_special_file() -> None:
    assert errors(os.devnull) == [f"{os.devnull}: is not a regular file; expected a YAML file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(folder: Path) -> None:
    Path(write("a.yaml", MINIMAL)).chmod(0)
    assert errors("a.yaml") == ["a.yaml: cannot be read: Permission denied"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_empty_file(folder: Path, text: str) -> None:
    assert errors(write("a.yaml", text)) == ["a.yaml: the file is empty; expected a mapping"]


def test_binary_noise(folder: Path) -> None:
    Path("a.yaml").write_bytes(b"title: x\n\x80\xff\xfe\x00")
    assert errors("a.yaml") == ["a.yaml:2: is not UTF-8 text; expected a YAML file"]
    Path("b.yaml").write_bytes(b"title: x\x00\x01")
    assert errors("b.yaml")[0].startswith("b.yaml")


def test_huge_file(folder: Path) -> None:
    assert errors(write("a.yaml", "#" * (MAX_BYTES + 1))) == [
        "a.yaml: is larger than 2,000,000 bytes; expected a scenario"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- a\n- b\n", "a.yaml:1: got a list of 2 at the top, expected a mapping"),
        ("\nhello\n", "a.yaml:2: got 'hello' at the top, expected a mapping"),
        ("title: x\nweeks: 3\ntitle: y\n", "a.yaml:3: title: duplicate key, first on line 1; expected each key once"),
        ("title: x\n1: 2\n", "a.yaml:2: got 1 as a key, expected text; put it in quotes if it is a name"),
        ("a:\n  [1]: 2\n", "a.yaml:2: a: got a list of 1 as a key, expected text; put it in quotes if it is a name"),
        ("a: &x [1]\n*x : 2\n", "a.yaml:2: got a list of 1 as a key, expected text; put it in quotes if it is a name"),
        ("a: !!python/object:os.system x\n",
         "a.yaml:1: a: tag 'tag:yaml.org,2002:python/object:os.system' is not allowed; expected plain YAML"),
        ("a: &x\n  b: *x\n", "a.yaml:2: a.b: alias *x refers to itself"),
        ("a: &north 1\nb: *nort\n", "a.yaml:2: b: alias *nort has no anchor before it; did you mean north?"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document starts here; expected one"),
        ("a: [1, 2\n", "a.yaml:2: not valid YAML: expected ',' or ']', but got '<stream end>' while parsing a flow"
                       " sequence"),
        ("a: 1\nb: .nan\n", "a.yaml:2: b: got '.nan', expected a finite number"),
        ("a: 1\nb: [-.inf]\n", "a.yaml:2: b.0: got '-.inf', expected a finite number"),
        ("a: 1e999\n", "a.yaml:1: a: got '1e999', expected a finite number"),
        ('a: "\\ud800"\n', "a.yaml:1: a: holds half a character (a surrogate); expected Unicode text"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', "a.yaml:2: not valid YAML: unreadable characters"),
        ("a: &b {c: 1}\nd:\n  <<: *b\n",
         "a.yaml:3: d.<<: merge keys are not read; write the keys out or use an alias for the whole value"),
        ("a: " + "9" * 5000 + "\n", "a.yaml:1: a: got a number of 5000 digits, expected a number that can be used"),
    ],
)  # fmt: skip
def test_text_that_is_no_scenario(folder: Path, text: str, line: str) -> None:
    assert errors(write("a.yaml", text)) == [line]


def test_alias_bomb(folder: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert errors(write("a.yaml", "\n".join(lines))) == ["a.yaml:5: more than 50,000 values, aliases written out"]


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: " + "{b: " * 5000, "- " * 5000])
def test_deep_nesting(folder: Path, text: str) -> None:
    assert errors(write("a.yaml", text))[0].startswith("a.yaml:1: ")
    assert "nested deeper than 20" in errors("a.yaml")[0]


def test_deep_nesting_by_aliases(folder: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40))]
    assert errors(write("a.yaml", "\n".join(lines))) == ["a.yaml:20: a19.0: nested deeper than 20 by aliases"]


# ------------------------------------------------------------ what the schema refuses


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("optimism: 0.5", "optimsm: 0.5", "parties.north.optimsm: unknown key; did you mean optimism?"),
        ("weeks: 40", "weeks: 2.5", "weeks: got 2.5, expected a whole number"),
        ("weeks: 40", "weeks: forty", "weeks: got 'forty', expected a whole number"),
        ("start: 2030-01-07", "start: 2030-02-31", "start: got '2030-02-31', expected a date such as 2024-08-19"),
        ("salience: 1.0", "salience: -1.0",
         "parties.north.positions.ferry.salience: got -1.0, expected a number of at least 0"),
        ("grievance: 0.3", "grievance: 1.5", "parties.north.grievance: got 1.5, expected a number of at most 1"),
        ("grievance: 0.3", "grievance: true", "parties.north.grievance: got true, expected a number"),
        ("role: mediator", "role: meditor",
         "parties.elder.role: got 'meditor', expected disputant or mediator; did you mean mediator?"),
        ("visibility: public", "visibility: publc",
         "formats.face_to_face.visibility: got 'publc', expected one of secret, discreet, public; did you mean public?"),
        ("headline: true", "headline: yes", "issues.border.headline: got 'yes', expected true or false"),
        ("tables: [direct]", "tables: direct", "processes.direct_talks.tables: got 'direct', expected a list"),
        ("trust: {south: 0.3, elder: 0.6}", "trust: 0.3", "parties.north.trust: got 0.3, expected a mapping"),
        ("parties.north: {why: invented, range: 0.1}", "parties.north: {why: invented, range: a}",
         "provenance.parties.north.range: got 'a', expected a number or a list"),
        ("range: [0.2, 0.4]", "range: [0.2, b]",
         "provenance.parties.north.grievance.range.1: got 'b', expected a number"),
        ("issues:\n  ferry:", "issues:\n  Ferry:",
         "issues.Ferry: got 'Ferry' as a key, expected a name of small letters, digits and underscores that starts"
         " with a letter"),
    ],
)  # fmt: skip
def test_value_that_does_not_fit(folder: Path, old: str, new: str, expected: str) -> None:
    text, line = changed(old, new)
    if "\n" in old:
        line += 1
    assert f"a.yaml:{line}: {expected}" in errors(write("a.yaml", text))


def test_required_key_is_asked_for_at_its_parent(folder: Path) -> None:
    text, _ = changed("    war_cost: 0.35\n", "")
    line = line_of(text, "  south:")
    assert errors(write("a.yaml", text)) == [
        f"a.yaml:{line}: parties.south.war_cost: required key is missing; expected what the war costs this side, 0 to 1"
    ]


def test_all_problems_are_reported_by_line_and_at_most_twenty(folder: Path) -> None:
    text = MINIMAL.replace("salience: 1.0", "salience: -1").replace("optimism: 0.4", "optimism: x")
    lines = errors(write("a.yaml", text))
    numbers = [int(line.split(":")[1]) for line in lines]
    assert len(lines) == 4
    assert numbers == sorted(numbers)
    many = MINIMAL + "".join(f"extra{n}: 1\n" for n in range(30))
    assert errors(write("b.yaml", many))[-1] == "and 10 more"


# ------------------------------------------------------------ names that lead nowhere


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("trust: {south: 0.3", "trust: {soth: 0.3",
         "parties.north.trust.soth: unknown other party; did you mean south?"),
        ("      ferry:\n", "      fery:\n", "parties.north.positions.fery: unknown issue; did you mean ferry?"),
        ("gains: {weekly: 0.8}", "gains: {wekly: 0.8}",
         "parties.north.positions.ferry.gains.wekly: unknown option; did you mean weekly?"),
        ("losses: {weekly: 0.1}", "losses: {stopped: 0.1}",
         "parties.north.positions.ferry.losses.stopped: is the status quo, the zero of gains and losses; expected no"
         " value"),
        ("ferry: {value: 0.05", "fery: {value: 0.05",
         "parties.north.alternatives.fery: unknown issue; did you mean ferry?"),
        ("bias: {north: 0.1}", "bias: {nort: 0.1}", "parties.elder.bias.nort: unknown disputant; did you mean north?"),
        ("values: {weekly: 1.0}", "values: {weakly: 1.0}",
         "parties.elder.interests.ferry.values.weakly: unknown option; did you mean weekly?"),
        ("mediators: [elder]", "mediators: [eldr]",
         "formats.go_between.mediators.0: unknown mediator eldr; did you mean elder?"),
        ("mediators: [elder]", "mediators: [south]",
         "formats.go_between.mediators.0: unknown mediator south; expected one of elder"),
        ("    term: 17", "    denied_by: [suoth]",
         "formats.go_between.denied_by.0: unknown disputant suoth; did you mean south?"),
        ("    term: 17", "    invited: {elder: {}}",
         "formats.go_between.invited.elder: unknown disputant; expected one of north, south"),
        ("    term: 17", "    readings: {nort: 8}",
         "formats.go_between.readings.nort: unknown disputant; did you mean north?"),
        ("    term: 17", "    first_offer: noth",
         "formats.go_between.first_offer: unknown disputant noth; did you mean north?"),
        ("    term: 17",
         "    side_deals: [{to: suth, benefit: 0.1, controlled_by: banks, credibility: 0.5, delivery: 0.5}]",
         "formats.go_between.side_deals.0.to: unknown disputant suth; did you mean south?"),
        ("sponsor: south", "sponsor: soth",
         "formats.face_to_face.sponsor: unknown party or discounted sponsor soth; did you mean south?"),
        ("format: go_between}", "format: go_betwen}",
         "tables.ferry_table.format: unknown format go_betwen; did you mean go_between?"),
        ("agenda: [ferry, border]", "agenda: [ferry, boarder]",
         "tables.direct.agenda.1: unknown issue boarder; did you mean border?"),
        ("agenda: [ferry, border]", "agenda: [ferry, ferry]",
         "tables.direct.agenda.1: ferry is named twice; expected once"),
        ("format: go_between}", "format: go_between, luck: dirct}",
         "tables.ferry_table.luck: unknown other table dirct; did you mean direct?"),
        ("format: go_between}", "format: go_between, meets: 40}",
         "tables.ferry_table.meets: got week 40, expected a week of the run, 0 to 39"),
        ("format: go_between}", "format: go_between, opens: {after: dirct, when: failed}}",
         "tables.ferry_table.opens.after: unknown other table dirct; did you mean direct?"),
        ("format: face_to_face}", "format: face_to_face, opens: {after: ferry_table, when: failed}}",
         "tables.direct.opens.after: ferry_table is not in process direct_talks, but direct is"),
        ("tables: [direct]", "tables: [dirct]",
         "processes.direct_talks.tables.0: unknown table dirct; did you mean direct?"),
        ("tables: [direct]", "tables: [direct, direct]",
         "processes.direct_talks.tables.1: direct is named twice; expected once"),
        ("    week: 5", "    rate: 0.5\n    week: 5", "events.shooting: got both week and rate, expected exactly one"),
        ("    week: 5\n", "", "events.shooting: got neither week nor rate, expected exactly one"),
        ("grievance: {south: 0.2}", "grievance: {suth: 0.2}",
         "events.shooting.grievance.suth: unknown disputant; did you mean south?"),
        ("    week: 5", "    week: 5\n    issues: [fery]",
         "events.shooting.issues.0: unknown issue fery; did you mean ferry?"),
        ("stopped: {label: no ferry, status_quo: true}", "stopped: {label: no ferry}",
         "issues.ferry.options: got none with status_quo: true, expected exactly one option"),
        ("headline: true", "tradeable: false",
         "tables.direct.agenda.1: border is not tradeable; expected it alone on its agenda"),
        ("    mediators: [elder]\n", "",
         "formats.go_between.drafting: got single_text without mediators, expected at least one in mediators"),
    ],
)  # fmt: skip
def test_name_that_leads_nowhere(folder: Path, old: str, new: str, expected: str) -> None:
    text, _ = changed(old, new)
    found = errors(write("a.yaml", text))
    named = next((each for each in found if each.endswith(f": {expected}")), "")
    assert named, found
    place = int(named.split(":")[1])
    owner = text.splitlines()[place - 1].strip(" -")
    assert owner.split(":", maxsplit=1)[0] in expected.split(":", maxsplit=1)[0].split(".")


def test_options_without_values(folder: Path) -> None:
    text, _ = changed("        gains: {weekly: 0.8}\n        losses: {weekly: 0.1}\n", "")
    line = line_of(text, "      ferry:")
    assert errors(write("a.yaml", text))[0] == (
        f"a.yaml:{line}: parties.north.positions.ferry: option weekly has no value; expected a gain or a loss"
    )


def test_three_disputants(folder: Path) -> None:
    text, _ = changed("role: mediator", "role: disputant")
    assert any("parties.elder." in line and "unknown key" in line for line in errors(write("a.yaml", text)))
    data = load(HERE / "minimal.yaml").document.data
    third = {**data["parties"]["south"], "trust": {"north": 0.1, "south": 0.1, "elder": 0.1}}
    with pytest.raises(ScenarioError, match="parties: got 3 disputants, expected exactly two"):
        load(HERE / "minimal.yaml").with_({"parties.third": third})


def test_agenda_too_large(folder: Path) -> None:
    options = ", ".join(["o0: {status_quo: true}", *(f"o{n}: {{}}" for n in range(1, 9))])
    issue = f"{{group: technical, options: {{{options}}}, sensitivity: 0.1, self_enforcing: 0, front: 0, relief: 0}}"
    text = MINIMAL.replace("issues:\n", "issues:\n" + "".join(f"  i{n}: {issue}\n" for n in range(5)), 1)
    text = text.replace("agenda: [ferry, border]", "agenda: [i0, i1, i2, i3, i4]")
    line = line_of(text, "agenda: [i0")
    expected = "tables.direct.agenda: agenda too large to enumerate: got 59,049 packages, expected at most 20,000"
    assert f"a.yaml:{line}: {expected}" in errors(write("a.yaml", text))


def test_tables_that_wait_for_each_other(folder: Path) -> None:
    text = MINIMAL.replace("format: face_to_face}", "format: face_to_face, opens: {after: ferry_table, when: failed}}")
    text = text.replace("format: go_between}", "format: go_between, opens: {after: direct, when: failed}}")
    text = text.replace("tables: [direct]", "tables: [direct, ferry_table]")
    lines = errors(write("a.yaml", text))
    assert len(lines) == 2
    assert lines[0].endswith("tables.direct.opens.after: never opens: direct after ferry_table after direct")


# ------------------------------------------------------------ extends


def test_extends_merges_replaces_and_removes(folder: Path) -> None:
    write("base.yaml", MINIMAL)
    child = "extends: base.yaml\ntitle: Other\nparties:\n  north: {grievance: 0.25}\nevents: {shooting: null}\n"
    child += "processes:\n  both: {tables: [ferry_table]}\nformats:\n  go_between: {term: null}\n"
    scenario = load(write("child.yaml", child))
    base = load("base.yaml")
    assert scenario.file.title == "Other"
    assert scenario.file.parties["north"].grievance == 0.25  # type: ignore[union-attr]
    assert scenario.file.parties["north"].trust == base.file.parties["north"].trust  # type: ignore[union-attr]
    assert scenario.file.events == {}
    assert "events.shooting" not in scenario.file.provenance
    assert scenario.file.processes["both"].tables == ["ferry_table"]
    assert scenario.file.processes["both"].label == "Both side by side"
    assert scenario.file.formats["go_between"].term is None
    assert scenario.pinned == frozenset()


def test_extends_names_the_file_that_set_the_value(folder: Path) -> None:
    Path("sub").mkdir()
    text, line = changed("optimism: 0.5", "optimism: 5")
    write("base.yaml", text)
    child = "extends: ../base.yaml\nparties:\n  south:\n    grievance: 7\n    candor: 0.5\n"
    assert errors(write("sub/child.yaml", child)) == [
        f"base.yaml:{line}: parties.north.optimism: got 5, expected a number of at most 1",
        "sub/child.yaml:4: parties.south.grievance: got 7, expected a number of at most 1",
        "sub/child.yaml:5: parties.south.candor: unknown key; did you mean candour?",
    ]


def test_extends_finds_evidence_beside_the_file_that_names_it(folder: Path) -> None:
    Path("sub").mkdir()
    write("base.yaml", MINIMAL)
    scenario = load(write("sub/child.yaml", "extends: ../base.yaml\nweeks: 30\n"))
    assert scenario.file.weeks == 30
    assert "M01" in scenario.claims


def test_extends_removing_what_is_not_there(folder: Path) -> None:
    write("base.yaml", MINIMAL)
    child = "extends: base.yaml\nevents:\n  shoting: null\n"
    assert errors(write("child.yaml", child)) == [
        "child.yaml:3: events.shoting: got null, expected a mapping; did you mean shooting?"
    ]


def test_extends_removing_what_is_required(folder: Path) -> None:
    write("base.yaml", MINIMAL)
    child = "extends: base.yaml\nparties:\n  north:\n    war_cost: null\n"
    assert errors(write("child.yaml", child)) == [
        "child.yaml:4: parties.north.war_cost: required key is missing; expected what the war costs this side, 0 to 1"
    ]


def test_extends_in_a_circle(folder: Path) -> None:
    write("a.yaml", "extends: b.yaml\n")
    write("b.yaml", "title: x\nextends: ./a.yaml\n")
    assert errors("a.yaml") == ["b.yaml:2: extends: circular: a.yaml extends b.yaml extends a.yaml"]
    assert errors(write("c.yaml", "extends: c.yaml\n")) == ["c.yaml:1: extends: circular: c.yaml extends c.yaml"]


def test_extends_too_long(folder: Path) -> None:
    for n in range(12):
        write(f"f{n}.yaml", f"extends: f{n + 1}.yaml\n")
    assert errors("f0.yaml") == ["f9.yaml:1: extends: chain of more than 10 files"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bse.yaml", "no such file bse.yaml; did you mean base.yaml?"),
        ("[base.yaml]", "got a list of 1, expected the name of a file"),
        ("null", "got null, expected the name of a file"),
        ('"a\\0b"', "expected the name of a file"),
    ],
)
def test_extends_nothing(folder: Path, value: str, expected: str) -> None:
    write("base.yaml", MINIMAL)
    (line,) = errors(write("child.yaml", f"title: x\nextends: {value}\n"))
    assert line.startswith("child.yaml:2: extends: ")
    assert line.endswith(expected)


# ------------------------------------------------------------ values set by path


def test_with_sets_and_pins() -> None:
    scenario = load(HERE / "minimal.yaml")
    other = scenario.with_({"parties.north.grievance": 0.9, "parties.south.trust": {"north": 0.5, "elder": 0.5}})
    assert other.numbers()["parties.north.grievance"] == 0.9
    assert scenario.numbers()["parties.north.grievance"] == 0.3, "the first scenario is as it was"
    assert {"parties.north.grievance", "parties.south.trust", "parties.south.trust.elder"} <= other.pinned
    assert other.is_pinned("parties.south.trust.north")
    assert not other.is_pinned("parties.south.grievance")
    assert other.with_({"weeks": 20}).pinned == other.pinned | {"weeks"}


def test_with_sets_what_the_file_leaves_out() -> None:
    scenario = load(HERE / "minimal.yaml")
    other = scenario.with_({"formats.face_to_face.invited.north.status": "hinted", "behaviour.temperature": 0.2,
                            "parties.south.sponsor_discount.elder": 0.3, "formats.face_to_face.term": 9})  # fmt: skip
    assert other.file.formats["face_to_face"].invited["north"].believed == 1.0
    assert other.file.behaviour.temperature == 0.2
    assert other.numbers()["formats.face_to_face.term"] == 9


def test_with_none_gives_back_the_default() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"behaviour.temperature": 0.2})
    other = scenario.with_({"behaviour.temperature": None, "events.shooting": None})
    assert not other.is_pinned("behaviour.temperature")
    assert other.file.events == {}


def test_with_adds_a_whole_process() -> None:
    scenario = load(HERE / "minimal.yaml").with_({"processes.mine": {"tables": ("ferry_table",)}})
    assert list(scenario.file.processes) == ["direct_talks", "both", "mine"]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("parties.nroth.grievance", 0.2, "parties.nroth: unknown key; did you mean north?"),
        ("parties.north.grievence", 0.2, "parties.north.grievence: unknown key; did you mean grievance?"),
        ("behaviour.temprature", 0.2, "behaviour.temprature: unknown key; did you mean temperature?"),
        ("issues.ferry.options.weekly.units.passenger", 1.0,
         "issues.ferry.options.weekly.units.passenger: unknown key; did you mean passengers?"),
        ("events.shoting.week", 3, "events.shoting: unknown key; did you mean shooting?"),
        ("parties.north.trust.suth", 0.2, "parties.north.trust.suth: unknown other party; did you mean south?"),
        ("parties.north.grievance", 2, "parties.north.grievance: got 2, expected a number of at most 1"),
        ("parties.north.grievance", float("nan"), "parties.north.grievance: got nan, expected a finite number"),
        ("tables.direct.agenda.7", "ferry", "tables.direct.agenda.7: unknown key; expected one of 0, 1"),
        ("formats.go_between.visibility", "secrt",
         "formats.go_between.visibility: got 'secrt', expected one of secret, discreet, public; did you mean secret?"),
    ],
)  # fmt: skip
def test_with_refuses(path: str, value: Any, expected: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(HERE / "minimal.yaml").with_({path: value})
    assert str(caught.value) == f"<set>: {expected}"


def test_parse_set() -> None:
    assert parse_set("parties.north.grievance=0.2") == ("parties.north.grievance", 0.2)
    assert parse_set("tables.direct.agenda=[ferry]") == ("tables.direct.agenda", ["ferry"])
    assert parse_set("formats.x.sponsor = a=b") == ("formats.x.sponsor", "a=b")
    assert parse_set("events.shooting=null") == ("events.shooting", None)
    for text in ("weeks", "=3", "weeks=", "weeks=[1", "weeks=.nan"):
        with pytest.raises(ScenarioError, match=r"^--set"):
            parse_set(text)


def test_json_schema_describes_the_file() -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    assert "parties" in schema["else"]["required"]
    assert "extends" in schema["then"]["properties"]
    assert "required" not in schema["$defs"]["PartialDisputant"]
    assert "required" in schema["$defs"]["Disputant"]
    references = str(schema).split("#/$defs/")[1:]
    assert {part.split("'")[0] for part in references} <= set(schema["$defs"])


# ------------------------------------------------------------ nothing but ScenarioError


FUZZ = settings(max_examples=60, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip


def try_text(content: bytes) -> None:
    Path("fuzz.yaml").write_bytes(content)
    with contextlib.suppress(ScenarioError):
        load("fuzz.yaml")


@FUZZ
@given(content=st.binary(max_size=200))
def test_random_bytes(folder: Path, content: bytes) -> None:
    try_text(content)


@FUZZ
@given(text=st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%#?,\n\t ~<0.\\U@`"), max_size=80))
def test_random_punctuation(folder: Path, text: str) -> None:
    try_text(text.encode())


@FUZZ
@given(data=st.data())
def test_random_changes_of_text(folder: Path, data: st.DataObject) -> None:
    lines = MINIMAL.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        lines[index] = data.draw(
            st.sampled_from(["", lines[index] * 2, "  " + lines[index], lines[index].replace(":", ": [", 1),
                             lines[index].upper(), lines[index].replace("0.", "-9."), "\x07\n", "extends: fuzz.yaml\n",
                             lines[index].partition(":")[0] + ": null\n", lines[index].replace("e", "é")])
        )  # fmt: skip
    try_text("".join(lines).encode())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["north", "ferry"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=5,
)


@FUZZ
@given(data=st.data())
def test_random_changes_by_path(data: st.DataObject) -> None:
    scenario = load(HERE / "minimal.yaml")
    nodes = [".".join(str(part) for part in key[:size]) for key in scenario.document.lines.where
             for size in (len(key), max(1, len(key) - 1)) if key]  # fmt: skip
    path = data.draw(st.sampled_from(sorted(set(nodes))) | st.text(max_size=10))
    path += data.draw(st.sampled_from(["", ".0", ".x", ".", ".north"]))
    with contextlib.suppress(ScenarioError):
        scenario.with_({path: data.draw(VALUES)})
