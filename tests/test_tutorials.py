"""The tutorials of sim/docs: their code runs, in order, and prints what they say. ``python tests/test_tutorials.py`` writes it anew.

Blocks of Python share one namespace; blocks of shell are lines of ``gobetween``. A block of text that follows is what they print.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app as cli

FOLDER = Path(__file__).parent.parent / "sim" / "docs"
TUTORIALS = [FOLDER / f"{name}.md" for name in ("compare", "conflict", "rule")]
BLOCK = re.compile(r"```(python|sh|yaml|text)\n(.*?)```\n", re.DOTALL)
NAMED = re.compile(r"^# (\S+\.yaml)\n")


def gobetween(line: str, *, may_fail: bool = False) -> str:
    """What a line of the command line prints, errors with it."""
    program, *words = shlex.split(line, comments=True)
    assert program == "gobetween"
    done = CliRunner().invoke(cli.app, words, env={"COLUMNS": "100"})
    assert done.exit_code in ({0, 2} if may_fail else {0}), done.output
    return done.output


def told(kind: str, code: str, names: dict[str, Any], *, shown: bool) -> str:
    """What a block prints; one of YAML that begins with the name of a file is written to it. Only what is shown may be an error."""
    if kind == "yaml":
        named = NAMED.match(code)
        if named:
            Path(named[1]).write_text(code[named.end() :], encoding="utf-8")
        return ""
    if kind == "sh":
        return "".join(gobetween(line, may_fail=shown) for line in code.splitlines())
    said, file = io.StringIO(), f"<block {len(linecache.cache)} of a tutorial>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)  # as if it stood in a file
    with contextlib.redirect_stdout(said):
        exec(compile(code, file, "exec"), names)
    return said.getvalue()


def lived(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Every block of text in a tutorial: where it stands, what it says, and what was printed by the one before it."""
    names: dict[str, Any] = {"__name__": "tutorial"}
    printed, blocks = "", [*BLOCK.finditer(text), None]
    for block, after in pairwise(blocks):
        assert block is not None
        kind, code = block.groups()
        if kind == "text":
            yield block, code, plain(printed)
        else:
            printed = told(kind, code, names, shown=after is not None and after[1] == "text")


def plain(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def begin(folder: Path) -> None:
    """A reader's folder, with the shipped scenarios."""
    gobetween(f"gobetween init {folder / 'mine'}")
    os.chdir(folder / "mine")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_prints_what_it_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begin(tmp_path)
    blocks = list(lived(path.read_text(encoding="utf-8")))
    assert len(blocks) >= 4
    for _, said, printed in blocks:
        assert printed == said


def test_there_are_three_and_the_readme_names_them() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(TUTORIALS) == 3
    assert [path.name for path in TUTORIALS if f"({path.name})" not in text] == []


def refresh() -> None:
    for path in TUTORIALS:
        text = path.read_text(encoding="utf-8")
        here = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            begin(Path(folder))
            for block, _, printed in reversed(list(lived(text))):
                text = text[: block.start(2)] + printed + text[block.end(2) :]
            os.chdir(here)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh()
