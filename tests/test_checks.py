"""Scenarios that are wrong: one line for each problem, with file, line, key path and nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from quarrel import scenario
from scenario_texts import HERE, MINIMAL, changed, errors, line_of, write

from sim.scenario import ScenarioError, load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the evidence of the minimal scenario, so that errors show short names."""
    shutil.copy(HERE / "minimal-claims.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
         "formats.face_to_face.visibility: got 'publc', expected one of secret, discreet, public; did you mean"
         " public?"),
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
        ("    term: 17", "    convened_by: nort",
         "formats.go_between.convened_by: unknown party nort; did you mean north?"),
        ("    term: 17", "    hosts_if: one",
         "formats.go_between.hosts_if: got one with a mirrored instrument; a meeting of one side can only make a declaration"),
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
        ("tables: [direct]}", "tables: [direct], headline: [fery]}",
         "processes.direct_talks.headline.0: unknown issue on a table of the process fery; did you mean ferry?"),
        ("tables: [direct]}", "tables: [direct], headline: [ferry, ferry]}",
         "processes.direct_talks.headline.1: ferry is named twice; expected once"),
        ("agenda: [ferry, border]", "agenda: [ferry, ferry]",
         "tables.direct.agenda.1: ferry is named twice; expected once"),
        ("format: go_between}", "format: go_between, luck: dirct}",
         "tables.ferry_table.luck: unknown other table dirct; did you mean direct?"),
        ("format: go_between}", "format: go_between, meets: 40}",
         "tables.ferry_table.meets: got week 40, expected a week of the run, 0 to 39"),
        ("format: go_between}", "format: go_between, opens: {after: dirct, when: failed}}",
         "tables.ferry_table.opens.after: unknown other table dirct; did you mean direct?"),
        ("format: go_between}", "format: go_between, in_force: {text: {fery: weekly}}}",
         "tables.ferry_table.in_force.text.fery: unknown issue on the agenda; did you mean ferry?"),
        ("format: go_between}", "format: go_between, in_force: {text: {ferry: wekly}}}",
         "tables.ferry_table.in_force.text.ferry: unknown option wekly; did you mean weekly?"),
        ("format: go_between}", "format: go_between, in_force: {text: {ferry: stopped}}}",
         "tables.ferry_table.in_force.text: changes nothing; expected an option other than the status quo"),
        ("format: go_between}", "format: go_between, in_force: {text: {ferry: weekly}, accused: elder}}",
         "tables.ferry_table.in_force.accused: unknown disputant elder; expected one of north, south"),
        ("format: face_to_face}", "format: face_to_face, in_force: {text: {border: line}, left: 3}}",
         "tables.direct.in_force.left: format face_to_face has no term; expected a term there, or no weeks left here"),
        ("format: face_to_face}", "format: face_to_face, in_force: {text: {ferry: weekly}}}",
         "tables.direct.in_force.text: format face_to_face settles all or nothing; expected border to move as well"),
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


# ------------------------------------------------------------ agreements in force


def test_a_text_in_force_keeps_to_conditional_offers_on_issues_that_it_leaves_out() -> None:
    only_if = [{"offer": {"mill": "closed"}, "only_if": {"bridge": "closed"}}]
    offered = {"tables.table.agenda": ["bridge", "mill"], "parties.east.conditional_offers": only_if}
    running = {"tables.table.in_force": {"text": {"bridge": "open"}}}
    with pytest.raises(ScenarioError, match="east offers mill: closed only if bridge: closed; expected both"):
        scenario(offered, running)
    other = [{"offer": {"mill": "shared"}, "only_if": {"bridge": "closed"}}]
    kept = {"tables.table.in_force": {"text": {"mill": "shared"}}}
    assert scenario(offered, {"parties.east.conditional_offers": other}, kept).file.tables["table"].in_force is not None


def test_what_is_carried_out_is_not_in_force() -> None:
    short = {"issues.bridge.options.open": {"lasts": 3}}
    with pytest.raises(ScenarioError, match="all of it is carried out after 3 weeks; expected less"):
        scenario(short, {"tables.table.in_force": {"text": {"bridge": "open"}, "age": 3}})
    assert scenario(short, {"tables.table.in_force": {"text": {"bridge": "open"}, "age": 2}}).file.weeks
