"""Words of a scenario are words wherever they are shown, and what would steer a terminal or a chart is refused at its line."""

from __future__ import annotations

import html
import os
import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from scenario_texts import CLAIMS, HERE, MINIMAL, changed, errors, line_of, odd_files, write
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario import ScenarioError, load
from sim.scenario.scenario import Scenario
from sim.show.assumptions import in_words
from sim.study.workers import GoBetweenWarning


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "mine"
    here.mkdir()
    monkeypatch.chdir(here)
    write("minimal-claims.yaml", CLAIMS)
    return here


# ---------------------------------------------------------------- refused

WRONG = {
    "\\u001b[31mRED": "the control character \\x1b",
    "a\\u0007": "the control character \\x07",
    "a\\0b": "the control character \\x00",
    "a\\rb": "the control character \\r",
    "a\\x7f": "the control character \\x7f",
    "a\\u009b": "the control character \\x9b",
    "a\\u202eb": "the control character \\u202e",
    "a\\u2066b": "the control character \\u2066",
    "a\\uffff": "the control character \\uffff",
    "a\\ud800": "half a character",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_steers_a_terminal_is_refused_at_its_line(text: str) -> None:
    for old, key in (
        ("title: Two small neighbours", "title"),
        ("label: North", "parties.north.label"),
        ("label: The ferry", "issues.ferry.label"),
        ("label: no ferry", "issues.ferry.options.stopped.label"),
    ):
        whole, line = changed(old, f'{old.partition(":")[0]}: "{text}"')
        (said,) = errors(write("a.yaml", whole))
        assert said.startswith(f"a.yaml:{line}: {key}: holds {WRONG[text]}")
        assert said.isprintable()


def test_it_is_refused_in_claims_in_reasons_and_in_keys() -> None:
    whole = CLAIMS.replace("says: Nobody on this side fired.", 'says: "Nobody\\u001b"')
    write("minimal-claims.yaml", whole)
    (said,) = errors(write("a.yaml", MINIMAL))
    line = line_of(whole, 'says: "Nobody')
    assert said.startswith(f"minimal-claims.yaml:{line}: claims.M03.says: holds the control")
    write("minimal-claims.yaml", CLAIMS)
    whole, line = changed("weeks: 40", 'weeks: 40\n"a\\u001b": 1')
    assert f"a.yaml:{line + 1}: " in errors(write("a.yaml", whole))[0]


def test_it_is_refused_where_there_are_no_lines() -> None:
    one = load(write("a.yaml", MINIMAL))
    with pytest.raises(ScenarioError, match=r"holds the control character \\x1b"):
        one.with_({"title": "\x1b[31m"})
    with pytest.raises(ScenarioError, match="holds the control character"):
        Scenario.from_dict({**one.document.data, "about": "\u202e"})
    done = CliRunner().invoke(cli.app, ["check", "a.yaml", "--set", 'title="\\u001b"'])
    assert done.exit_code == 2


def test_lines_and_tabs_are_text() -> None:
    whole, _ = changed("about: North", 'about: "Lines\\nand\\ttabs, \\u200f and north"\n#')
    assert "\n" in load(write("a.yaml", whole)).file.about


# ---------------------------------------------------------------- shown as they are

TEXTS = {
    "title: Two small neighbours": "[bold]Two[/] [/] [sic] $x_1$ %s {} <b>&amp; 'it' =1+1",
    "label: North": "North [/] $x$",
    "label: South": "_South [sic] %d {0}",
    "label: The elder": "<b>&elder</b>",
    "label: The ferry": "[red]ferry[/red] :smile:",
    "label: The border": "=border+1",
    "label: no agreed line": "\u5317\u4eac \U0001f600",
    "label: an agreed line": "\u0645\u0631\u062d\u0628\u0627",
    "label: Shots at the pier": "%% \\x {nosuch}",
    "label: Direct talks": "[/] $p$ _%",
}
LONG = "long " * 60


def _hostile() -> str:
    text = MINIMAL
    for old, new in TEXTS.items():
        assert old in text, old
        quoted = new.replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace(old, f'{old.partition(":")[0]}: "{quoted}"', 1)
    return text.replace("about: North", f"about: {LONG}North", 1)


def _call(*args: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = CliRunner().invoke(cli.app, list(args), env={"COLUMNS": "300"}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "bug" not in done.stderr
    return done.stdout


@pytest.fixture
def hostile(folder: Path) -> str:
    return write("hostile.yaml", _hostile())


def test_words_stand_verbatim_in_tables_and_stories(hostile: str) -> None:
    title = TEXTS["title: Two small neighbours"]
    said = _call("check", hostile)
    for text in (title, *(TEXTS[f"label: {name}"] for name in ("North", "South", "The elder", "The ferry", "The border"))):
        assert text in said
    told = " ".join(_call("story", hostile).split())
    for text in (title, "[/] $p$ _%", "[red]ferry[/red] :smile:", "=border+1"):
        assert text in told


def test_words_stand_verbatim_in_a_comparison_and_its_charts(hostile: str, folder: Path) -> None:
    said = _call("compare", hostile, "--worlds", "40", "--out", "found")
    for text in (TEXTS["title: Two small neighbours"], "[/] $p$ _%", "[red]ferry[/red] :smile:", "=border+1"):
        assert text in said
    for file in (folder / "found").glob("*.svg"):
        ET.parse(file)
        drawn = html.unescape(" ".join(re.findall(r"<!--(.*?)-->", file.read_text(encoding="utf-8"), re.DOTALL)))
        if file.stem not in {"agreement", "texts"}:  # parties are on neither
            assert "$p$" in drawn, file.name
        assert TEXTS["title: Two small neighbours"][:18] in drawn or "$p$" in drawn or "ferry[/red]" in drawn
    assert sim.load(folder / "found" / "scenario.yaml").file == load(hostile).file.model_copy(
        update={"evidence": ["claims.yaml"]}
    )
    _call("plot", "found")


def test_words_stand_verbatim_in_sweeps_and_sensitivities(hostile: str) -> None:
    _call("sweep", hostile, "--vary", "parties.north.grievance=0.1,0.9", "--worlds", "20", "--out", "swept")
    for file in Path("swept").glob("*.svg"):
        ET.parse(file)
    both = [part for name in list(load(hostile).file.processes)[:2] for part in ("--process", name)]
    said = _call("sensitivity", hostile, "--worlds", "200", *both, "--out", "moved")
    assert in_words(load(hostile), "parties.north.trust.south") == "North [/] $x$: trust, _South [sic] %d {0}"
    assert "[/] $p$ _%" in said


def test_what_a_font_lacks_is_a_line(hostile: str) -> None:
    result = sim.compare(load(hostile).with_({"processes.both.label": "\u5317\u4eac"}), worlds=10)
    with pytest.warns(GoBetweenWarning, match="the font has no .*boxes are drawn"):
        result.plot()


def test_tables_are_printed_without_markup_everywhere() -> None:
    makers = [
        path.name for path in (HERE.parent / "sim").rglob("*.py") if re.search(r"\bConsole\(", path.read_text(encoding="utf-8"))
    ]
    assert makers == ["screen.py"]
    texts = [path for path in (HERE.parent / "sim").rglob("*.py") if "TextColumn(" in path.read_text(encoding="utf-8")]
    assert not texts  # their words are markup unless told otherwise


# ---------------------------------------------------------------- files that are named


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../outside.yaml", "/dev/zero", "/dev/stdin", "link.yaml", "link/outside.yaml"]
)
@pytest.mark.parametrize("how", ["extends", "evidence"])
@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_files_outside_of_the_project_are_not_read(name: str, how: str, folder: Path) -> None:
    outside = folder.parent.parent
    (outside / "outside.yaml").write_text("secret: hush\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(outside / "outside.yaml")
    (folder / "link").symlink_to(outside)
    text = f"title: x\nextends: {name}\n" if how == "extends" else MINIMAL.replace("[minimal-claims.yaml]", f"[{name}]")
    line = line_of(text, f"{how}:")
    (said,) = errors(write("a.yaml", text))
    assert said.startswith(f"a.yaml:{line}: {how}{'.0' if how == 'evidence' else ''}: ")
    assert "outside of the project" in said
    assert "hush" not in said
    assert "root:" not in said
    (outside / "outside.yaml").unlink()


@pytest.mark.parametrize("how", ["extends", "evidence"])
@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_what_is_no_file_is_named_where_it_stands(how: str, folder: Path) -> None:
    os.mkfifo("pipe.yaml")
    for name, words in (("pipe.yaml", "is not a regular file"), ("..", "is a directory"), (".", "is a directory")):
        text = f"title: x\nextends: {name}\n" if how == "extends" else MINIMAL.replace("[minimal-claims.yaml]", f"['{name}']")
        (said,) = errors(write("a.yaml", text))
        assert said.startswith(f"a.yaml:{line_of(text, f'{how}:')}: {how}")
        assert words in said
    assert errors("pipe.yaml") == ["pipe.yaml: is not a regular file; expected a YAML file"]


def test_the_content_of_what_is_no_scenario_is_not_printed() -> None:
    write("notes.yaml", "hush: hush\n")
    Path("plain").write_text("root:x:0:0:hush\n", encoding="utf-8")
    (said,) = errors(write("a.yaml", "title: x\nextends: plain\n"))
    assert said == "plain:1: got a single value at the top, expected a mapping"


def test_a_project_is_the_folder_that_holds_the_scenarios(folder: Path) -> None:
    deep = folder / "scenarios" / "history" / "more"
    deep.mkdir(parents=True)
    (folder / "seeds").mkdir()
    (folder / "seeds" / "c.yaml").write_text(CLAIMS, encoding="utf-8")
    text = MINIMAL.replace("minimal-claims.yaml", "../../../seeds/c.yaml")
    assert load(write(str(deep / "a.yaml"), text)).claims
    text = MINIMAL.replace("minimal-claims.yaml", "../../../../c.yaml")
    (folder.parent / "c.yaml").write_text(CLAIMS, encoding="utf-8")
    assert "outside of the project" in errors(write(str(deep / "a.yaml"), text))[0]


# ---------------------------------------------------------------- slips


@pytest.mark.parametrize(
    ("old", "new", "offset", "words"),
    [
        ("title: Two small neighbours", "title: Two: small", 0, 'expected quotes, such as title: "A: b"'),
        ("    role: disputant", "\trole: disputant", 0, "a tab; expected spaces"),
        ("weeks: 40", "weeks:40", 0, "no colon and space after a key; expected key: value"),
        ("title: Two small", 'title: "Two small', 0, "a quotation mark is opened here and never closed"),
        ("title: Two small neighbours", "title: 'Two neighbour's'", 0, "expected quotes around all of it"),
        ("[minimal-claims.yaml]", "[minimal-claims.yaml", 0, "a [ is opened here and not closed"),
        ("{weekly: 0.8}", "{weekly: 0.8", 0, "a { is opened here and not closed"),
        ("    optimism: 0.5", "   optimism: 0.5", 0, "expected the same spaces for keys of one mapping"),
        ("title: Two", "title: %Two", 0, "expected quotes around it"),
        ("title: Two small neighbours", 'title: "\\q"', 0, "a backslash in double quotes"),
        ("status_quo: true", "status_quo: yes", 0, "got 'yes', expected true or false"),
        ("weeks: 40", "weeks: 40\nweeks: 41", 1, "duplicate key, first on line"),
    ],
)
def test_a_slip_in_a_file_says_what_to_do(old: str, new: str, offset: int, words: str) -> None:
    whole, line = changed(old, new)
    said: Any = errors(write("a.yaml", whole))
    assert said[0].startswith(f"a.yaml:{line + offset}: ")
    assert words in said[0]


# ---------------------------------------------------------------- shown

ODD = {
    "markup": "<script>alert(1)</script> [bold]x[/bold] '{{ 7 * 7 }}'",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u200f[\u200e(abc",
    "long": "\u05e9\u200f[" + "x" * 10_000,
    "many words": "a b " * 2_500,
}
SHOWN = {
    "compare": "compare FILE --worlds 20 --force",
    "full": "compare FILE --worlds 20 --force --full",
    "against": "compare FILE --worlds 20 --force --against plain.yaml",
    "base": "compare plain.yaml --worlds 20 --force --against FILE",
    "json": "compare FILE --worlds 20 --force --json",
    "story": "story FILE --process both --world 3 --against direct_talks",
    "check": "check FILE",
    "levers": "levers FILE both --worlds 10 --force",
    "explain": "explain FILE both direct_talks --worlds 10 --force",
    "explain against": "explain FILE both --against calm.yaml --worlds 10 --force",
    "design": "design FILE --issue ferry --levers term --worlds 10 --force",
    "sweep": "sweep FILE --vary parties.north.grievance=0.1,0.9 --worlds 20 --force",
    "sensitivity": "sensitivity FILE --process direct_talks --process both --worlds 200 --force",
}
EVERY = [(name, verb) for name in ODD for verb in SHOWN if verb == "compare" or name == "long"]


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_no_label_steers_or_fills_a_terminal(name: str, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    label = ODD[name]
    monkeypatch.setattr("sim.show.found.draw", lambda *_, **__: {})
    write("plain.yaml", MINIMAL)
    write("calm.yaml", MINIMAL.replace("grievance: 0.3", "grievance: 0.2"))
    words = SHOWN[verb].replace("FILE", str(odd_files(label, Path()))).split()
    done = CliRunner().invoke(cli.app, words, env={"COLUMNS": "100"})
    assert done.exit_code == 0, done.output
    found = done.output
    assert not {c for c in found if not c.isprintable() and c != "\n"} | set("\u200e\u200f") & set(found)
    if verb != "json":
        assert len(found) < 15_000
        assert max(len(line) for line in done.stdout.splitlines() if not line.startswith("Written to")) <= 100
    if label == ODD["markup"]:
        assert "<script>alert(1)</script>" in found


def test_charts_of_words_without_end_are_drawn_soon() -> None:
    figures = sim.compare(load(odd_files(ODD["long"], Path())), worlds=10).plot()
    assert max(max(figure.get_size_inches()) for figure in figures.values()) < 40
