"""The door: what a person types, what comes back, and that nothing is lost when something goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli
from sim.cli import options
from sim.scenario import load
from sim.study import compare as study
from sim.study import saving, stored

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")
runner = CliRunner()


def call(*args: str | Path) -> Result:
    """The command in this process."""
    return runner.invoke(cli.app, [str(arg) for arg in args], env={"COLUMNS": "100"})


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take a second each; most tests can do without."""
    monkeypatch.setattr(study.Result, "plot", lambda self, directory=None: {})


@pytest.fixture(scope="module")
def run() -> study.Result:
    """A small comparison."""
    return study.compare(load(MINIMAL), worlds=50)


def refused(result: Result, code: int, *words: str) -> None:
    """One clear message on standard error, the exit code, no traceback."""
    assert result.exit_code == code, result.output
    assert not result.stdout
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.output
    assert "bug in gobetween" not in result.output


# ---------------------------------------------------------------- what works


def test_the_whole_job_as_a_person_types_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "compare", MINIMAL, "--worlds", "50", "--out", "found"]
    env = {**os.environ, "PYTHONPATH": str(HERE.parent), "COLUMNS": "80"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "running 50 worlds, 2 processes\n"
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for words in ("Both side by side", "both came", "The ferry", "What stops it", "No forecast", "Written to found"):
        assert words in done.stdout
    found = set(files(tmp_path / "found"))
    assert {"summary.csv", "worlds.parquet", "manifest.json", "scenario.yaml", "funnel.png", "funnel.svg"} <= found
    assert list(tmp_path.iterdir()) == [tmp_path / "found"]


def test_json_is_all_there_is_on_standard_output(tmp_path: Path, no_charts: None) -> None:
    for name in (Path(MINIMAL).name, "minimal-claims.yaml"):
        shutil.copy(HERE / name, tmp_path)
    loath = tmp_path / "loath.yaml"  # nobody comes, so that how long it takes to agree is not known
    loath.write_text("extends: minimal.yaml\nbehaviour: {threshold: 40.0}\n", encoding="utf-8")
    done = call("compare", loath, "--worlds", "50", "--out", tmp_path / "o", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert set(document) == {"manifest", "summary", "reasons", "texts"}
    assert document["manifest"]["worlds"] == 50
    assert {"process", "metric", "issue", "estimate", "low", "high", "worlds"} <= set(document["summary"][0])
    assert any(row["estimate"] is None for row in document["summary"])


def test_run_takes_one_process(tmp_path: Path, no_charts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("run", MINIMAL, "--worlds", "50").exit_code == 0
    assert json.loads((tmp_path / "results/minimal-direct_talks/manifest.json").read_text())["processes"] == ["direct_talks"]
    assert call("run", MINIMAL, "--worlds", "50", "--process", "both").exit_code == 0
    assert (tmp_path / "results/minimal-both").is_dir()


def test_a_setting_reaches_the_run_and_its_archive(tmp_path: Path, no_charts: None) -> None:
    done = call(
        "run",
        MINIMAL,
        "--worlds",
        "50",
        "--out",
        tmp_path / "o",
        "--set",
        "parties.north.grievance=0.9",
        "--set",
        "weeks=30",
    )
    assert done.exit_code == 0, done.output
    again = stored.read(tmp_path / "o")
    assert again.scenario.file.weeks == 30
    assert again.scenario.pinned == {"parties.north.grievance", "weeks"}
    assert again.scenario.hash == load(MINIMAL).with_({"parties.north.grievance": 0.9, "weeks": 30}).hash


def test_check_prints_the_inventory_and_strict_fails_on_what_rests_on_nothing(tmp_path: Path) -> None:
    done = call("check", MINIMAL, "--strict")
    assert done.exit_code == 0
    for words in ("North", "mediator", "ferry_table", "1 of 1", "empty; least bad", "magnitude", "assumption"):
        assert words in done.stdout
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        (tmp_path / name).write_text((HERE / name).read_text().replace("  parties.south: {why: invented, range: 0.1}\n", ""))
    bare = tmp_path / "minimal.yaml"
    assert call("check", bare).exit_code == 0
    done = call("check", bare, "--strict")
    assert done.exit_code == 1
    assert "parties.south.grievance" in done.stdout
    assert "neither claim nor assumption" in done.stderr


def test_schema_and_version() -> None:
    assert json.loads(call("schema").stdout)["title"] == "Go-Between scenario"
    assert call("--version").stdout == f"gobetween {sim.__version__}\n"


def test_the_defaults_shown_are_those_of_the_study() -> None:
    assert (options.WORLDS, options.SEED) == (study.DEFAULT_WORLDS, study.DEFAULT_SEED)


def test_importing_sim_imports_nothing_heavy() -> None:
    code = "import sys, sim; print([m for m in ('numpy', 'pandas', 'matplotlib', 'mesa', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert {"load", "compare", "Result", "Scenario", "ScenarioError"} <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        _ = sim.lod


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--worlds", "0"], ["--worlds", "got 0"]),
        (["--worlds", "100000001"], ["--worlds"]),
        (["--worlds", "many"], ["--worlds", "many"]),
        (["--seed", "-1"], ["--seed"]),
        (["--seed", str(2**63)], ["--seed"]),
        (["--jobs", "0"], ["--jobs", "got 0"]),
        (["--jobs", "-2"], ["--jobs", "got -2"]),
        (["--process", "bth"], ["bth", "both"]),
        (["--set", "weeks"], ["--set", "path=value"]),
        (["--set", "parties.nort.grievance=0.1"], ["parties.nort", "north"]),
        (["--set", "parties.north.grievance=lots"], ["parties.north.grievance", "lots"]),
        (["--set", "weeks=3", "--set", "weeks=4"], ["weeks", "twice"]),
        (["--worlsd", "5"], ["--worlsd"]),
    ],
)
def test_wrong_arguments_exit_2(args: list[str], words: list[str], tmp_path: Path) -> None:
    refused(call("compare", MINIMAL, "--out", tmp_path / "o", *args), 2, *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", ["compare", "run", "check"])
def test_wrong_scenarios_exit_2(verb: str, tmp_path: Path) -> None:
    (tmp_path / "noise.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "empty.yaml").write_bytes(b"")
    for name, word in (
        ("none.yaml", "none.yaml"),
        (".", "directory"),
        ("noise.yaml", "noise.yaml"),
        ("empty.yaml", "empty"),
    ):
        refused(call(verb, tmp_path / name), 2, word)


def test_the_largest_seed_runs(tmp_path: Path, no_charts: None) -> None:
    assert call("run", MINIMAL, "--worlds", "2", "--seed", str(2**63 - 1), "--out", tmp_path / "o").exit_code == 0


# ---------------------------------------------------------------- folders


def test_a_folder_that_cannot_be_written_is_said_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "compare", lambda *a, **k: pytest.fail("it ran"))
    monkeypatch.setattr(sim, "compare", lambda *a, **k: pytest.fail("it ran"))
    (tmp_path / "file").write_text("mine")
    somebodys = tmp_path / "somebodys"
    somebodys.mkdir()
    (somebodys / "manifest.json").write_text('{"name": "a web page"}')
    before = files(tmp_path)
    for name in ("file", "file/below", "somebodys", "x" * 300, "a/" + "y" * 300):
        refused(call("compare", MINIMAL, "--out", tmp_path / name), 1, name.split("/")[0])
    refused(call("compare", MINIMAL, "--out", "/proc/nowhere/run"), 1, "/proc/nowhere/run")
    monkeypatch.chdir(somebodys)
    refused(call("compare", MINIMAL, "--out", "."), 1, "name a folder below it")
    assert files(tmp_path) == before
    assert {p.name for p in tmp_path.iterdir()} == {"file", "somebodys"}


def test_a_run_replaces_a_run_and_keeps_what_is_not_its_own(tmp_path: Path, no_charts: None) -> None:
    out = tmp_path / "deep" / "o"
    assert call("compare", MINIMAL, "--worlds", "50", "--out", out).exit_code == 0
    first = files(out)
    (out / "notes.txt").write_text("mine")
    (out / "more").mkdir()
    (out / "more" / "notes.txt").write_text("mine too")
    assert call("compare", MINIMAL, "--worlds", "50", "--out", out).exit_code == 0
    assert call("compare", MINIMAL, "--worlds", "60", "--out", out, "--force").exit_code == 0
    assert json.loads((out / "manifest.json").read_text())["worlds"] == 60
    assert call("compare", MINIMAL, "--worlds", "50", "--out", out, "--force").exit_code == 0
    assert files(out) == {**first, "notes.txt": b"mine", "more/notes.txt": b"mine too"}
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(143), ValueError("odd")]
)
def test_a_failure_while_saving_loses_nothing(
    error: BaseException, run: study.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.save(tmp_path / "o", charts=False)
    before = files(tmp_path)

    def fail(self: study.Result, directory: Path) -> None:
        raise error

    monkeypatch.setattr(study.Result, "plot", fail)
    expected = saving.RunFolderError if isinstance(error, OSError) else type(error)
    for target in ("o", "new/deeper/p"):
        with pytest.raises(expected):
            run.save(tmp_path / target)
    assert files(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["o"]


def test_a_failure_between_the_two_renames_is_mended(run: study.Result, tmp_path: Path) -> None:
    out = run.save(tmp_path / "o", charts=False)
    before = files(out)
    out.rename(saving._aside(out))
    saving.check_target(out, run.manifest)
    assert files(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["o"]


def test_a_run_that_cannot_be_saved_is_still_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: study.Result, directory: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(study.Result, "plot", full)
    done = call("compare", MINIMAL, "--worlds", "50", "--out", tmp_path / "o")
    assert done.exit_code == 1
    assert "both came" in done.stdout
    assert "Written" not in done.stdout
    assert "no space left" in done.stderr.lower()
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- saved runs


def test_what_is_read_is_what_was_saved(run: study.Result, tmp_path: Path) -> None:
    out = run.save(tmp_path / "o", charts=False)
    again = stored.read(out)
    assert again.scenario.hash == run.scenario.hash
    assert again.scenario.file.model_dump() == run.scenario.file.model_dump()
    assert again.scenario.claims == run.scenario.claims
    assert (again.seed, again.count, again.processes) == (run.seed, run.count, run.processes)
    for name in ("summary", "weekly", "reasons"):
        own, found = getattr(run, name), getattr(again, name)
        pd.testing.assert_frame_equal(
            own.astype({c: str for c in own.columns if c in stored.TEXT["reasons.csv"]}),
            found,
            rtol=1e-5,
            check_dtype=False,
        )
    assert list(again.worlds.columns) == list(run.worlds.columns)
    assert (again.worlds["agreed_week"].isna() == run.worlds["agreed_week"].isna()).all()
    assert again.save(tmp_path / "p", charts=False)
    assert files(tmp_path / "p") == files(tmp_path / "o")


def test_the_archived_scenario_runs_by_itself(run: study.Result, tmp_path: Path, no_charts: None) -> None:
    out = run.save(tmp_path / "o", charts=False)
    alone = study.compare(load(out / "scenario.yaml"), worlds=50)
    pd.testing.assert_frame_equal(alone.summary, run.summary)


def test_the_same_run_gives_the_same_bytes_and_plot_draws_them_again(run: study.Result, tmp_path: Path) -> None:
    run.save(tmp_path / "one")
    study.compare(load(MINIMAL), worlds=50).save(tmp_path / "two", charts=False)
    first, second = files(tmp_path / "one"), files(tmp_path / "two")
    assert set(second) == {name for name in first if not name.endswith((".png", ".svg"))}
    manifest, other = (json.loads(found["manifest.json"]) for found in (first, second))
    assert manifest | {key: other[key] for key in ("files", "digest")} == other
    assert {name: said for name, said in manifest["files"].items() if name in other["files"]} == other["files"]
    assert all(first[name] == content for name, content in second.items() if name != "manifest.json")
    (tmp_path / "one" / "funnel.png").unlink()
    done = call("plot", tmp_path / "one")
    assert done.exit_code == 0, done.output
    assert files(tmp_path / "one") == first


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "summary.csv", "weekly.csv", "reasons.csv", "worlds.parquet", "scenario.yaml", "claims.yaml"],
)
def test_a_missing_or_damaged_file_is_named(name: str, run: study.Result, tmp_path: Path) -> None:
    out = run.save(tmp_path / "o", charts=False)
    for damage in (b"", b"\x00\xff noise", b"[1, 2]", None):
        (out / name).write_bytes(damage) if damage is not None else (out / name).unlink()
        before = files(out)
        done = call("plot", out)
        refused(done, 1, name)
        assert len(done.stderr.splitlines()) == 1
        assert files(out) == before


def test_a_scenario_changed_since_the_run_is_refused(run: study.Result, tmp_path: Path) -> None:
    out = run.save(tmp_path / "o", charts=False)
    text = (out / "scenario.yaml").read_text()
    (out / "scenario.yaml").write_text(text.replace("war_cost: 0.35", "war_cost: 0.36"))
    refused(call("plot", out), 1, "scenario.yaml: damaged: its checksum does not fit")
    refused(call("plot", tmp_path / "nowhere"), 1, "no such folder")


# ---------------------------------------------------------------- the unexpected


def test_an_interruption_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sim, "compare", interrupted)
    done = call("compare", MINIMAL, "--out", tmp_path / "o")
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == "interrupted; nothing was written"
    assert not list(tmp_path.iterdir())


def test_a_bug_is_one_line_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise KeyError("front")

    monkeypatch.setattr(sim, "compare", broken)
    monkeypatch.delenv("GOBETWEEN_DEBUG", raising=False)
    done = call("compare", MINIMAL, "--out", tmp_path / "o")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("this is a bug in gobetween: KeyError: 'front'")
    assert "Traceback" not in done.stderr
    monkeypatch.setenv("GOBETWEEN_DEBUG", "1")
    assert "Traceback" in call("compare", MINIMAL, "--out", tmp_path / "o").stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m sim schema | head -n 1"
    done = subprocess.run(command, shell=True, cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert not done.stderr
