"""Loading scenario files: what is read, what cannot be, what is merged."""

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
from scenario_texts import HERE, MINIMAL, changed, errors, write

from sim.scenario import Scenario, ScenarioError, load, version
from sim.scenario.reading import MAX_BYTES
from sim.scenario.version import FORMAT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the evidence of the minimal scenario, so that errors show short names."""
    shutil.copy(HERE / "minimal-claims.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
        ("- a\n- b\n", "a.yaml:1: got a list at the top, expected a mapping"),
        ("\nhello\n", "a.yaml:2: got a single value at the top, expected a mapping"),
        ("title: x\nweeks: 3\ntitle: y\n", "a.yaml:3: title: duplicate key, first on line 1; expected each key once"),
        ("title: x\n1: 2\n", "a.yaml:2: got 1 as a key, expected text; put it in quotes if it is a name"),
        ("a:\n  [1]: 2\n", "a.yaml:2: a: got a list of 1 as a key, expected text; put it in quotes if it is a name"),
        ("a: &x [1]\n*x : 2\n", "a.yaml:2: got a list of 1 as a key, expected text; put it in quotes if it is a name"),
        ("a: !!python/object:os.system x\n",
         "a.yaml:1: a: tag 'tag:yaml.org,2002:python/object:os.system' is not allowed; expected plain YAML"),
        ("a: &x\n  b: *x\n", "a.yaml:2: a.b: alias *x refers to itself"),
        ("a: &north 1\nb: *nort\n", "a.yaml:2: b: alias *nort has no anchor before it; did you mean north?"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document starts here; expected one"),
        ("a: [1, 2\n", "a.yaml:1: not valid YAML: a [ is opened here and not closed, or a comma is missing;"
                       " expected [a, b]"),
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
        ('"a\\0b"', "holds the control character \\x00; expected text without"),
    ],
)
def test_extends_nothing(folder: Path, value: str, expected: str) -> None:
    write("base.yaml", MINIMAL)
    (line,) = errors(write("child.yaml", f"title: x\nextends: {value}\n"))
    assert line.startswith("child.yaml:2: extends: ")
    assert line.endswith(expected)


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


# ---------------------------------------------------------------- the form of a file


def formed(tmp_path: Path, number: object) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(f"# mine\nformat: {number}\n{(Path(__file__).parent / 'minimal.yaml').read_text(encoding='utf-8')}", encoding="utf-8")
    for claims in Path(__file__).parent.glob("*claims.yaml"):
        (tmp_path / claims.name).write_text(claims.read_text(encoding="utf-8"), encoding="utf-8")
    return file


def test_a_file_of_this_form_is_the_same_scenario_as_one_without_a_number(tmp_path: Path) -> None:
    assert load(formed(tmp_path, FORMAT)).hash == load(Path(__file__).parent / "minimal.yaml").hash


@pytest.mark.parametrize("number", [2, 0, "one", "1.0", "true", "[1]"])
def test_another_form_is_refused_at_its_line(tmp_path: Path, number: object) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.yaml:2: format: got") as caught:
        load(formed(tmp_path, number))
    assert len(caught.value.problems) == 1


def test_an_older_form_that_cannot_be_read_says_what_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "FORMAT", 2)
    monkeypatch.setattr(version, "CHANGED", {1: "rename tables to meetings"})
    with pytest.raises(ScenarioError, match="got 1, an older form; for 2 rename tables to meetings"):
        load(formed(tmp_path, 1))


def test_shipped_scenarios_say_their_form() -> None:
    for file in (Path(__file__).parent.parent / "scenarios").glob("*.yaml"):
        assert f"\nformat: {FORMAT}" in file.read_text(encoding="utf-8"), file.name
