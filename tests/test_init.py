"""``gobetween init``: what ships lies there, byte for byte, and runs; nothing is overwritten, nothing half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli

ROOT = Path(__file__).parent.parent
FOLDERS = ("scenarios", "seeds")


def init(folder: str | Path) -> Result:
    return CliRunner().invoke(cli.app, ["init", str(folder)])


def files(home: Path) -> dict[str, bytes]:
    """Everything in the folders that ship, by its path."""
    found = [file for folder in FOLDERS for file in (home / folder).rglob("*") if file.is_file()]
    return {file.relative_to(home).as_posix(): file.read_bytes() for file in found}


def everything(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*"))


def test_what_is_written_is_what_the_repository_has(tmp_path: Path) -> None:
    done = init(tmp_path / "new" / "mine")
    assert done.exit_code == 0, done.output
    written = files(tmp_path / "new" / "mine")
    assert written == files(ROOT)
    assert {"scenarios/history/coding/a.yaml", "scenarios/regularities/observed.yaml", "seeds/record.yaml"} <= set(written)
    assert sorted(path.name for path in (tmp_path / "new" / "mine").iterdir()) == list(FOLDERS)
    assert f"cd {tmp_path / 'new' / 'mine'} && gobetween compare scenarios/kursk-2024.yaml" in done.stdout


def test_what_is_written_loads_without_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert init(".").exit_code == 0
    for name in ("kursk-2024", "two-neighbours", "history/grain_2022_04", "history/normandy_2015_02", "regularities/war"):
        file = Path("scenarios") / f"{name}.yaml"
        assert sim.load(file).hash == sim.load(ROOT / file).hash


@pytest.mark.parametrize("there", FOLDERS)
@pytest.mark.parametrize("kind", ["file", "folder", "lost link"])
def test_nothing_is_overwritten(there: str, kind: str, tmp_path: Path) -> None:
    taken = tmp_path / there
    {"file": taken.touch, "folder": taken.mkdir, "lost link": lambda: taken.symlink_to("nowhere")}[kind]()
    done = init(tmp_path)
    assert done.exit_code == 2
    assert done.stderr == f"{taken}: already there, expected a folder without {there}/\n"
    assert everything(tmp_path) == [there]


def test_what_else_lies_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert init(tmp_path).exit_code == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert files(tmp_path) == files(ROOT)


@pytest.mark.parametrize("stop", [OSError(28, os.strerror(28)), KeyboardInterrupt()], ids=["full disk", "interrupted"])
@pytest.mark.parametrize(("what", "at"), [("write_bytes", 5), ("rename", 2)])
def test_it_is_whole_or_not_there(what: str, at: int, stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").mkdir()
    honest, calls = getattr(Path, what), []

    def fails(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == at:
            raise stop
        return honest(*arguments)

    monkeypatch.setattr(Path, what, fails)
    for folder in ("old", "new/folder"):
        calls.clear()
        done = init(tmp_path / folder)
        assert done.exit_code == (1 if isinstance(stop, OSError) else 130)
        assert len(calls) == at
        assert len(done.stderr.splitlines()) == 1
        assert everything(tmp_path) == ["old"]


def test_a_folder_that_cannot_be_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, code, words in (("", 2, "DIR: got ''"), (tmp_path / "file", 1, "file: ")):
        done = init(folder)
        assert done.exit_code == code
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert everything(tmp_path) == ["file"]
