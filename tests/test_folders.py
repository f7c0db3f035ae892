"""Which folder a study may be written to: one answer for every verb, before the work begins, and no run is ever lost by another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli
from sim.cli.output import show_and_save
from sim.scenario import load
from sim.study import compare as comparisons
from sim.study import manifests, saving, stored
from sim.study.advice.explain import Explanation, ask
from sim.study.advice.levers import Levers, Question
from sim.study.exploration.discovery import Discovery, find_boxes
from sim.study.exploration.sensitivity import Sensitivity
from sim.study.history.calibration import TABLES, Calibration
from sim.study.history.hindcast import Hindcast
from sim.study.history.regularities import Regularities
from sim.study.saving import RunFolderError
from sim.study.sweeps.sweep import make_study, run

HERE = Path(__file__).parent
HOME = HERE.parent
MINIMAL = str(HERE / "minimal.yaml")
PAIR = ["--process", "direct_talks", "--process", "both"]
GRIEVANCE = "parties.north.grievance"


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(arg) for arg in args], env={"COLUMNS": "100"})


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(done: Result, *words: str) -> None:
    assert done.exit_code == 1, done.output
    assert not done.stdout
    line = done.stderr.splitlines()[-1]
    for word in words:
        assert word in line


FRAME = pd.DataFrame({"a": [0.5]})
NUMBERS: dict[str, Any] = {"seed": 1, "worlds": 5, "block": 4096, "posterior": "p"}
RECORD = {"episodes": {"one": "h"}, "observed_hash": "o"}
COUNTED = {"scenarios": {"crisis": "h"}, "counted_hash": "c"}


def studies() -> dict[str, Callable[..., Path]]:
    """A way to save a study of each kind; ``more`` in its manifest makes it another one."""
    short = load(MINIMAL).with_({"weeks": 12})

    @cache
    def result(seed: int) -> sim.Result:
        return sim.compare(short, worlds=2, seed=seed, processes=["both"])

    def compared(folder: Path, *, force: bool = False, seed: int = 1, **_: Any) -> Path:
        return result(seed).save(folder, charts=False, force=force)

    def swept(folder: Path, *, force: bool = False, seed: int = 1, **_: Any) -> Path:
        run(make_study(short, {GRIEVANCE: [0.1]}, worlds=2, seed=seed, processes=["both"]), folder, force=force)
        return folder

    def sensitive(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "sensitivity", "scenario_hash": short.hash, "method": "given", "metric": "agreed", **NUMBERS, **more}
        return Sensitivity(short, FRAME, said).save(folder, charts=False, force=force)

    def hindcast(folder: Path, *, force: bool = False, **more: Any) -> Path:
        return Hindcast([], 1, 5, *[FRAME] * 5, manifest={"kind": "hindcast", **RECORD, **NUMBERS, **more}).save(folder, charts=False, force=force)

    def regularities(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "regularities", **COUNTED, **NUMBERS, **more}
        return Regularities(None, 1, 5, *[FRAME] * 3, manifest=said).save(folder, charts=False, force=force)  # type: ignore[arg-type]

    def calibration(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "calibration", **RECORD, **COUNTED, **NUMBERS, **more}
        return Calibration(**dict.fromkeys(TABLES, FRAME), manifest=said).save(folder, charts=False, force=force)

    def levers(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "levers", "scenario_hash": short.hash, "metric": "agreed", **NUMBERS, **more}
        return Levers(short, "both", Question(), *[FRAME] * 3, manifest=said).save(folder, charts=False, force=force)

    def explanation(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "explanation", "scenario_hash": short.hash, "metric": "agreed", **NUMBERS, **more}
        asked = ask(short, "direct_talks", "both", against=None, metric="agreed", issue=None)
        return Explanation(short, asked, *[FRAME] * 4, manifest=said).save(folder, charts=False, force=force)

    def discovery(folder: Path, *, force: bool = False, **more: Any) -> Path:
        said = {"kind": "discovery", "source": {"seed": 1}, "processes": ["a", "b"], "metric": "agreed", "seed": 1, "boxes": 3, **more}
        return Discovery("a", "b", 0.5, FRAME, FRAME, said).save(folder, force=force)

    return {
        "comparison": compared, "sweep": swept, "sensitivity": sensitive, "hindcast": hindcast, "regularities": regularities,
        "calibration": calibration, "discovery": discovery, "levers": levers, "explanation": explanation,
    }  # fmt: skip


SAVE = studies()


@pytest.mark.parametrize("there", SAVE)
def test_no_kind_of_study_replaces_another_unless_it_is_told_to(there: str, tmp_path: Path) -> None:
    """The same study replaces itself; another of its kind, or of another kind, is refused in a line and changes nothing."""
    folder = tmp_path / "run"
    SAVE[there](folder)
    (folder / "notes.txt").write_text("mine")
    before = files(folder)
    SAVE[there](folder)
    assert files(folder) == before
    with pytest.raises(sim.StudyError, match=f"holds {manifests.an(there)} with another seed .*name a new folder, or --force"):
        SAVE[there](folder, seed=2)
    for kind, save in SAVE.items():
        if kind != there:
            with pytest.raises(sim.StudyError, match=f"holds {manifests.an(there)}, not {manifests.an(kind)}; name a new folder, or --force"):
                save(folder)
        assert files(folder) == before
    assert manifests.read_manifest(folder)["kind"] == there
    for kind, save in SAVE.items():
        save(folder, force=True, seed=9)
        assert manifests.read_manifest(folder)["kind"] == kind
        assert files(folder)["notes.txt"] == b"mine"
        listed = {*manifests.read_manifest(folder)["files"], "manifest.json", "notes.txt", *saving.GROWN.get(kind, ())}
        assert {p.name for p in folder.iterdir()} <= listed


def test_the_report_s_case_a_run_is_not_overwritten_by_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``discover DIR --out DIR``, ``sensitivity DIR --out DIR`` and ``regularities --out DIR`` leave the run readable."""
    out = tmp_path / "run"
    sim.compare(load(MINIMAL), worlds=100, seed=1).save(out, charts=False)
    before = files(out)
    for force in ([], ["--force"]):
        refused(call("discover", out, "--out", out, *force), "is the folder that is read; name another one")
        refused(call("sensitivity", out, *PAIR, "--out", out, *force), "is the folder that is read; name another one")
    link = tmp_path / "link"
    link.symlink_to(out)
    refused(call("discover", link, "--out", out, "--force"), "is the folder that is read")
    monkeypatch.setattr("sim.study.history.synthetic.run_fates", lambda *a, **k: pytest.fail("it ran"))
    done = call("regularities", HOME / "scenarios" / "regularities", "--worlds", "2", "--out", out)
    refused(done, "holds a comparison, not regularities")
    assert files(out) == before
    assert stored.read(out).count == 100


def test_another_study_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons.Result, "plot", lambda self, directory=None: {})
    out = tmp_path / "o"
    assert call("compare", MINIMAL, "--worlds", "50", "--out", out).exit_code == 0
    before = files(out)
    monkeypatch.setattr(sim, "compare", lambda *a, **k: pytest.fail("it ran"))
    monkeypatch.setattr(sim, "sensitivity", lambda *a, **k: pytest.fail("it ran"))
    monkeypatch.setattr(sim, "discover", lambda *a, **k: pytest.fail("it ran"))
    monkeypatch.setattr(sim, "calibrate", lambda *a, **k: pytest.fail("it ran"))
    for arguments, words in (
        (["--worlds", "5"], "another number of worlds (50, here 5)"),
        (["--worlds", "50", "--set", "weeks=30"], "another scenario"),
        (["--worlds", "50", "--seed", "3"], "another seed (2024, here 3)"),
        (["--worlds", "50", "--process", "both"], "other processes (direct_talks, both, here both)"),
    ):
        refused(call("compare", MINIMAL, "--out", out, *arguments), f"holds a comparison with {words}; name a new folder, or --force")
    refused(call("sensitivity", MINIMAL, *PAIR, "--out", out), "holds a comparison, not a sensitivity")
    refused(call("discover", MINIMAL, "--out", out), "holds a comparison, not a discovery")
    refused(call("sweep", MINIMAL, "--vary", f"{GRIEVANCE}=0.1", "--out", out), "holds a comparison, not a sweep")
    assert files(out) == before


def test_the_committed_folders_are_whole() -> None:
    """Whatever is committed of them is what their manifests say; the worlds of the reference run are not, for their size."""
    for name, kind in (("calibration", "calibration"), ("reference", "comparison")):
        folder = HOME / "results" / name
        manifest = manifests.read_manifest(folder)
        assert manifest["kind"] == kind
        listed = set(manifest["files"]) - {"worlds.parquet"}
        assert {p.name for p in folder.iterdir()} - {"manifest.json", "worlds.parquet"} == listed
        for file in listed:
            manifests.checked(folder, manifest, file)


def test_checksums_can_be_taken_anew(tmp_path: Path) -> None:
    SAVE["hindcast"](tmp_path / "run")
    (tmp_path / "run" / "scores.csv").write_text("a\n1\n")
    manifest = manifests.read_manifest(tmp_path / "run")
    with pytest.raises(RunFolderError, match=r"scores.csv: damaged: is larger|scores.csv: damaged: its checksum"):
        manifests.checked(tmp_path / "run", manifest, "scores.csv")
    manifests.seal_again(tmp_path / "run")
    assert manifests.checked(tmp_path / "run", manifests.read_manifest(tmp_path / "run"), "scores.csv") == b"a\n1\n"
    with pytest.raises(sim.StudyError, match="cannot be sealed"):
        manifests.seal_again(tmp_path)


def test_what_was_found_is_shown_before_it_is_saved() -> None:
    order: list[str] = []
    show_and_save(lambda: order.append("shown"), lambda: order.append("saved"))
    assert order == ["shown", "saved"]

    def gone() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        show_and_save(gone, lambda: order.append("saved all the same"))
    assert order[-1] == "saved all the same"


def test_on_a_full_disk_figures_are_shown_and_then_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    sim.compare(load(MINIMAL), worlds=100, seed=1).save(out, charts=False)

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "_settle", full)
    done = call("sensitivity", out, *PAIR, "--metric", "surplus_south", "--top", "2", "--out", tmp_path / "a")
    assert done.exit_code == 1
    assert "dummy" in done.stdout
    assert done.stderr.splitlines()[-1].endswith("cannot be written: no space left on device")
    assert not (tmp_path / "a").exists()
    pytest.importorskip("ema_workbench")
    done = call("discover", out, "--out", tmp_path / "b")
    assert done.exit_code == 1
    assert "is ahead of" in done.stdout
    assert done.stderr.splitlines()[-1].endswith("cannot be written: no space left on device")


def test_points_of_ones_own_make_another_discovery(tmp_path: Path) -> None:
    pytest.importorskip("ema_workbench")
    x = pd.DataFrame({"a": np.linspace(0, 1, 100), "b": np.linspace(1, 0, 100) ** 2})
    find_boxes(x, x["a"].to_numpy() - 0.5).save(tmp_path / "d")
    find_boxes(x, x["a"].to_numpy() - 0.5).save(tmp_path / "d")
    with pytest.raises(RunFolderError, match="holds a discovery with another source"):
        find_boxes(x, x["a"].to_numpy() - 0.4).save(tmp_path / "d")


# ---------------------------------------------------------------- names that are not UTF-8


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("verb", ["compare", "sweep"])
def test_names_that_are_not_utf8_work_or_are_refused_before_the_run(verb: str, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(odd)
    shutil.copy(HERE / "minimal-claims.yaml", os.path.join(os.fsdecode(odd), "minimal-claims.yaml"))
    shutil.copy(MINIMAL, os.path.join(os.fsdecode(odd), "minimal.yaml"))
    options = [b"--worlds", b"3"] + ([b"--vary", f"{GRIEVANCE}=0.1".encode()] if verb == "sweep" else [])
    command = [os.fsencode(sys.executable), b"-m", b"sim", verb.encode()]
    env = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"}
    env.pop("PYTEST_CURRENT_TEST", None)

    def act(scenario: bytes, out: bytes, cwd: bytes, **more: Any) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([*command, scenario, *options, b"--out", out], cwd=cwd, env={**env, **more}, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
        return done

    here = os.fsencode(tmp_path)
    act(MINIMAL.encode(), odd + b"/out", here)
    act(b"minimal.yaml", b"here", odd)
    act(odd + b"/minimal.yaml", here + b"/plain", here, TMPDIR=os.fsdecode(odd))
    found = [files(Path(os.fsdecode(p))) for p in (odd + b"/out", odd + b"/here", here + b"/plain")]
    assert found[0] == found[1] == found[2]
    assert json.loads(found[0]["manifest.json"])["worlds"] == 3
