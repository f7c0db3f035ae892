"""What the pages of the documentation tell a reader to type: every command that can be run here is run, in few worlds.

The commands of a page stand in a folder with what ships and run in order, so that one may read what another wrote.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from sim.cli import app as cli

HOME = Path(__file__).parent.parent
PAGES = [
    "README.md", "scenarios/README.md", "scenarios/history/README.md", "scenarios/regularities/README.md", "results/README.md",
    "sim/docs/propose.md",
]  # fmt: skip
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
CELL = re.compile(r"^\|[^|]*\| `([a-z]+ [^`]*)`.*\|$", re.MULTILINE)
"""A command in the second column of a table, without the name of the program."""

YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)

PYTHON_OF = {
    "README.md": "test_widths.py", "sim/docs/mesa.md": "test_agents.py",
    **{f"sim/docs/{name}.md": "test_tutorials.py" for name in ("compare", "conflict", "rule")},
}  # fmt: skip
"""Pages with Python on them, and the test that runs it; that of a tutorial runs its commands as well."""

OTHERS = {
    "python3": "makes an environment, which takes minutes", "pip": "installs", "pytest": "runs this test",
    "solara": "waits until it is stopped; is no dependency",
}  # fmt: skip
"""Programs that are no ``gobetween``, and why they are not run."""

NOT_RUN = {
    "calibrate": "takes twenty minutes; tests/test_calibration.py runs it with few draws",
    "serve": "waits until it is stopped; tests/browser runs it",
    "regularities": "takes minutes; tests/test_regularities.py runs it",
    "hindcast": "takes half a minute in few worlds as well; tests/test_hindcast.py runs it",
}
FEW: dict[str, list[str]] = {
    **{verb: ["--worlds", "12"] for verb in ("compare", "run", "levers", "explain", "sweep")},
    "design": ["--worlds", "12", "--proposals", "12", "--levers", "sponsor"],
    "sensitivity": ["--worlds", "700"],  # at least three for every assumption
    "discover": ["--n", "80"],
    "story": [], "check": [], "report": [], "plot": [], "init": [], "gather": [], "schema": [],
}  # fmt: skip
"""What is added to a command so that it ends soon."""


def commands(text: str) -> Iterator[list[str]]:
    """The commands of a page, in order: lines of blocks, or of what follows && there, and cells of the table of questions."""
    for found in sorted([*BLOCK.finditer(text), *CELL.finditer(text)], key=lambda match: match.start()):
        lines = found[1].splitlines() if found.re is BLOCK else [f"gobetween {found[1]}"]
        for line in lines:
            for part in line.split("&&"):
                if not (words := shlex.split(part, comments=True)):
                    continue
                program = words[0].removeprefix(".venv/bin/")
                if program == "gobetween":
                    yield words[1:]
                else:
                    assert program in OTHERS, f"{part}: expected gobetween or one of {', '.join(OTHERS)}"


def few(words: list[str]) -> list[str]:
    """The command in few worlds, with one worker."""
    verb, *rest = words
    found, skip = [], False
    added = FEW[verb]
    for word in rest:
        if skip or word in {"--jobs", *added[::2]}:
            skip = not skip
            continue
        found.append(word)
    return [verb, *found, *added]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ema_workbench.analysis.prim", reason="the EMA Workbench is not installed")
    CliRunner().invoke(cli.app, ["init", str(tmp_path / "mine")])
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.setattr("sim.show.found.draw", lambda *_, **__: {})  # charts have tests of their own
    text = (HOME / page).read_text(encoding="utf-8")
    own = list(commands(text))
    assert own
    for words in own:
        if words[0] not in NOT_RUN:
            done = CliRunner().invoke(cli.app, few(words), env={"COLUMNS": "100"})
            assert done.exit_code == 0, f"gobetween {' '.join(words)}\n{done.output}"


def test_a_command_that_is_misspelt_would_be_found() -> None:
    text = "```sh\n.venv/bin/gobetween compare scenarios/kursk-2024.yaml --metrik x\n```\n| Why? | `levels a.yaml` |\n"
    assert list(commands(text)) == [["compare", "scenarios/kursk-2024.yaml", "--metrik", "x"], ["levels", "a.yaml"]]
    done = CliRunner().invoke(cli.app, few(next(commands(text))))
    assert done.exit_code == 2
    with pytest.raises(KeyError):
        few(["levels", "a.yaml"])
    with pytest.raises(AssertionError, match="gobetwen check"):
        list(commands("```sh\ngobetwen check a.yaml\n```\n"))


def test_every_page_is_run() -> None:
    for path in [HOME / "README.md", *sorted((HOME / "sim" / "docs").rglob("*.md"))]:
        page, text = str(path.resolve().relative_to(HOME)), path.read_text(encoding="utf-8")
        kinds = set(re.findall(r"^ *```+ *(\w+)", text, re.MULTILINE))
        assert kinds <= {"sh", "python", "yaml", "text", "csv"}, page
        assert "python" not in kinds or page in PYTHON_OF, page
        assert "sh" not in kinds or page in {*PAGES, *PYTHON_OF}, page
        list(commands(text))
    for test in PYTHON_OF.values():
        assert (HOME / "tests" / test).exists()


def test_every_verb_is_run_or_named_with_the_reason() -> None:
    known = {command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert set(FEW) | set(NOT_RUN) == known
    assert not set(FEW) & set(NOT_RUN)


@pytest.mark.parametrize("page", [*PAGES, "sim/README.md", "sim/docs/conflict.md"])
def test_yaml_on_a_page_is_yaml(page: str) -> None:
    reader: Any = YAML(typ="safe")
    for found in YAML_BLOCK.finditer((HOME / page).read_text(encoding="utf-8")):
        reader.load(found[1])
