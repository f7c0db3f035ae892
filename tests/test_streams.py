"""What a shell may do to a command: closed or full streams, odd encodings and widths, empty options, an interruption while loading."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scenario_texts import MINIMAL, errors, line_of, write
from signals import signals_as_in_a_terminal
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.cli import streams

HERE = Path(__file__).parent
FILE = str(HERE / "minimal.yaml")
VARY = ("--vary", "parties.north.grievance=0:1:2")

posix = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")


def shell(command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """``gobetween`` stands for the command, which writes through a buffer, as it does where nothing else is asked of Python."""
    env = {**os.environ, "PYTHONPATH": str(HERE.parent), **more}
    env.pop("PYTHONUNBUFFERED", None)
    whole = command.replace("gobetween", f"'{sys.executable}' -m sim").replace("FILE", FILE)
    return subprocess.run(
        ["sh", "-c", whole], env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def call(*args: str) -> Any:
    return CliRunner().invoke(cli.app, list(args), env={"COLUMNS": "100"})


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ---------------------------------------------------------------- streams


@posix
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("gobetween --version >&-", 0, ""),
        ("gobetween story FILE >&-", 0, ""),
        ("gobetween story FILE >&- 2>&- <&-", 0, ""),
        ("gobetween story nosuch.yaml 2>&-", 2, ""),
        ("gobetween story nosuch.yaml >&-", 2, "nosuch.yaml: no such file\n"),
        ("gobetween --version >/dev/full", 1, "standard output: No space left on device\n"),
        ("gobetween story FILE >/dev/full", 1, "standard output: No space left on device\n"),
        ("gobetween story nosuch.yaml 2>/dev/full", 2, ""),
    ],
)
def test_closed_and_full_streams(command: str, code: int, said: str) -> None:
    done = shell(command)
    assert (done.returncode, done.stderr, done.stdout) == (code, said, "")


@posix
def test_a_file_does_not_take_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    done = shell("gobetween run FILE --worlds 5 --out found >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert shell("gobetween plot found").returncode == 0


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_a_minus_stays_a_minus_in_any_encoding(encoding: str) -> None:
    streams.open_streams()
    assert "\u22120.3 \u2026".encode(encoding, streams.HANDLER).decode(encoding).replace("\u2026", "...") == "-0.3 ..."
    assert "\u5317 \udcff".encode(encoding, streams.HANDLER) == b"\\u5317 \\udcff"


@posix
@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_an_encoding_without_our_signs_is_no_failure(encoding: str) -> None:
    write("north.yaml", MINIMAL.replace("title: Two", "title: \u5317 \u2212 Two"))
    write("minimal-claims.yaml", (HERE / "minimal-claims.yaml").read_text(encoding="utf-8"))
    done = shell("gobetween check north.yaml", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("\\u5317 - Two")


@posix
@pytest.mark.parametrize("columns", ["0", "-5", "x", ""])
def test_a_width_that_is_none_is_the_usual_one(columns: str) -> None:
    done = shell("gobetween check FILE", COLUMNS=columns)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == shell("gobetween check FILE", COLUMNS="80").stdout
    assert "Two small neighbours" in done.stdout


@posix
def test_a_name_that_is_no_text_is_shown() -> None:
    done = shell(r"""gobetween check "$(printf '\377')" 2>&1""")
    assert "Traceback" not in done.stdout
    assert "bug" not in done.stdout
    assert "\\udcff: no such file" in done.stdout


@posix
def test_an_interruption_while_loading_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n")
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{HERE.parent}"}
    command = [sys.executable, "-m", "sim", "--version"]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=60, check=False, preexec_fn=signals_as_in_a_terminal
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted; nothing was written\n")


@pytest.mark.parametrize("verb", ["plot", "gather", "discover", "sensitivity", "hindcast"])
@pytest.mark.parametrize("folder", ["/", "."])
def test_a_folder_that_is_no_run_is_said_in_a_line(
    verb: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    done = call(verb, folder)
    assert done.exit_code in (1, 2)
    assert len(done.stderr.splitlines()) == 1
    assert "bug" not in done.stderr


def test_the_command_is_that_of_the_module() -> None:
    project = (HERE.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'gobetween = "sim.__main__:main"' in project


# ---------------------------------------------------------------- options

EMPTY = [
    *(("compare", FILE, flag) for flag in ("--process", "--set", "--out")),
    *(("run", FILE, flag) for flag in ("--process", "--set", "--out")),
    *(("story", FILE, flag) for flag in ("--process", "--set")),
    *(("discover", FILE, flag) for flag in ("--process", "--metric", "--issue", "--set", "--out")),
    *(("sensitivity", FILE, flag) for flag in ("--process", "--metric", "--issue", "--method", "--parameter", "--set", "--out")),
    *(("sweep", FILE, *VARY, flag) for flag in ("--design", "--process", "--set", "--out", "--cluster", "--slice", "--vary")),
    ("sweep", FILE, "--points"),
    ("hindcast", "nowhere", "--out"),
    *(("calibrate", "nowhere", flag) for flag in ("--counted", "--out", "--compare")),
    ("regularities", "nowhere", "--out"),
]  # fmt: skip


@pytest.mark.parametrize("command", EMPTY, ids=" ".join)
@pytest.mark.parametrize("value", [""])
def test_an_empty_option_is_refused_by_its_name(command: tuple[str, ...], value: str, tmp_path: Path) -> None:
    done = call(*command, value)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{command[-1]}: got '{value}', expected ")
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "verb", ["check", "compare", "story", "plot", "gather", "discover", "sensitivity", "sweep", "init", "hindcast"]
)
def test_an_empty_argument_is_refused_by_its_name(verb: str) -> None:
    done = call(verb, "")
    assert done.exit_code == 2
    assert ": got '', expected " in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("discover", FILE, "--n", "0"),
        ("compare", FILE, "--worlds", "0"),
        ("sweep", FILE, *VARY, "--n", "0"),
        ("sweep", FILE, *VARY, "--worlds", "0"),
        ("sensitivity", FILE, "--method", "morris", "--n", "0"),
        ("sensitivity", FILE, "--method", "morris", "--lucks", "0"),
        ("sensitivity", FILE, "--worlds", "0"),
        ("sensitivity", FILE, "--top", "0"),
        ("sensitivity", FILE, "--metric", "nosuch"),
        ("sensitivity", FILE, "--parameter", "nosuch"),
        ("discover", FILE, "--metric", "nosuch"),
        ("discover", FILE, "--process", "nosuch", "--process", "both"),
        ("sweep", FILE, *VARY, "--slice", "3"),
        ("sweep", FILE, *VARY, "--cluster", "nowhere"),
        ("sweep", FILE, *VARY, "--design", "nosuch"),
        ("compare", FILE, "--jobs", "0"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_the_option_that_was_typed_is_blamed(command: tuple[str, ...], tmp_path: Path) -> None:
    done = call(*command)
    flag = next(part for part in command if part.startswith("--") and part not in ("--vary", "--method"))
    assert done.exit_code == 2, done.output
    assert done.stderr.splitlines()[-1].startswith(f"{flag}: "), done.stderr
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(("start", "wanted"), [("9999-12-31", "0001-01-01 to 9999-03-26"), ("9999-03-27", "to 9999-03-26")])
def test_a_start_from_which_weeks_have_no_date_is_refused(start: str, wanted: str) -> None:
    write("minimal-claims.yaml", (HERE / "minimal-claims.yaml").read_text(encoding="utf-8"))
    text = MINIMAL.replace("2030-01-07", start)
    line = line_of(text, "start:")
    assert errors(write("late.yaml", text)) == [
        f"late.yaml:{line}: start: got {start}, expected a date from 0001-01-01 to 9999-03-26, so that every week has one"
    ]
    assert wanted in errors("late.yaml")[0]


def test_the_last_start_is_told() -> None:
    write("minimal-claims.yaml", (HERE / "minimal-claims.yaml").read_text(encoding="utf-8"))
    write("late.yaml", MINIMAL.replace("2030-01-07", "9999-03-26"))
    done = call("story", "late.yaml")
    assert done.exit_code == 0, done.output
