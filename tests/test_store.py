"""The store of a sweep outlives whatever stops it: kills, a full disk, dying workers, damage; nothing finished is lost."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario import load
from sim.scenario.scenario import Scenario
from sim.study import workers, writing
from sim.study.sweeps import pieces
from sim.study.sweeps import store as stores
from sim.study.sweeps import sweep as sweeps
from sim.study.sweeps.pieces import Study
from sim.study.sweeps.sweep import DamageWarning, Means, make_study, run
from sim.study.writing import StudyError, sweep_up

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")
GRIEVANCE = "parties.north.grievance"
PIECES = 4


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """A short one: what is stored matters here, not what happens."""
    return load(MINIMAL).with_({"weeks": 12})


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Study:
    """Four points, their worlds kept."""
    return make_study(scenario, {GRIEVANCE: (0.1, 0.5)}, n=PIECES, worlds=6, seed=1, processes=["direct_talks"], keep_worlds=True)


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, but not what was left unfinished."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: content for name, content in found.items() if writing.UNFINISHED not in name}


@pytest.fixture(scope="module")
def whole(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that is never interrupted writes."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    run(study, folder)
    return files(folder)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The points that are done from here on."""
    found: list[int] = []
    before = pieces.do

    def noted(task: pieces.Task) -> pieces.Done:
        found.append(task.point)
        return before(task)

    monkeypatch.setattr(sweeps, "do", noted)
    return found


def stop_after(count: int, error: BaseException) -> Callable[[int, int], None]:
    """A progress callback that stops a run after some pieces."""
    calls = 0

    def tick(finished: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > count:
            raise error

    return tick


# ---------------------------------------------------------------- going on


def test_the_same_run_gives_the_same_bytes(study: Study, whole: dict[str, bytes], tmp_path: Path) -> None:
    run(study, tmp_path / "again", Means(jobs=2))
    assert files(tmp_path / "again") == whole
    assert sum(name.endswith(".piece") for name in whole) == PIECES
    assert sum(name.endswith(".parquet") for name in whole) == PIECES + 1


def test_an_interrupted_run_goes_on_from_what_is_finished(
    study: Study, whole: dict[str, bytes], tmp_path: Path, done: list[int]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(study, tmp_path, progress=stop_after(2, KeyboardInterrupt()))
    assert done == [0, 1]
    seen: list[tuple[int, int]] = []
    run(study, tmp_path, progress=lambda finished, total: seen.append((finished, total)))
    assert done == [0, 1, 2, 3]
    assert seen == [(12, 24), (18, 24), (24, 24)]
    assert files(tmp_path) == whole
    run(study, tmp_path)
    assert done == [0, 1, 2, 3]
    assert files(tmp_path) == whole


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 2}, "holds a sweep with another seed (1, here 2); name a new folder, or --force to replace it"),
        ({"worlds": 7}, "another number of worlds (6, here 7)"),
        ({"processes": ["both"]}, "other processes (direct_talks, here both)"),
        ({"vary": {GRIEVANCE: (0.1, 0.6)}}, "other points"),
        ({"design": "latin"}, "another design (grid, here latin)"),
        ({"keep_worlds": False}, "another choice of keeping worlds"),
        ({"scenario": {"weeks": 13}}, "another scenario"),
    ],
)
def test_another_study_is_refused_and_changes_nothing(
    study: Study, scenario: Scenario, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(study, tmp_path, progress=stop_after(1, KeyboardInterrupt()))
    before = files(tmp_path)
    given: dict[str, Any] = {"vary": {GRIEVANCE: (0.1, 0.5)}, "n": PIECES, "worlds": 6, "seed": 1, "processes": ["direct_talks"]}
    given |= {"keep_worlds": True} | {key: value for key, value in changes.items() if key != "scenario"}
    asked = scenario.with_(changes.get("scenario", {}))
    with pytest.raises(StudyError) as caught:
        run(make_study(asked, given.pop("vary"), **given), tmp_path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert files(tmp_path) == before


def test_another_engine_is_refused(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(study, tmp_path)
    monkeypatch.setattr(stores, "engine", lambda: "another")
    with pytest.raises(StudyError, match="another version of gobetween; name a new folder"):
        run(study, tmp_path)
    with pytest.raises(StudyError, match="a worker runs another version"):
        pieces.do(replace(study.task(0), engine="another"))


def test_folders_of_others_are_left_alone(study: Study, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StudyError, match="holds files that are not of an earlier run"):
        run(study, tmp_path)
    (tmp_path / "manifest.json").write_text('{"scenario": "a comparison"}')
    with pytest.raises(StudyError, match="not the manifest of a run; name a new folder"):
        run(study, tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StudyError, match="damaged"):
        run(study, tmp_path)
    assert set(files(tmp_path)) == {"mine.txt", "manifest.json"}


def test_a_run_killed_before_its_manifest_is_begun_anew(study: Study, whole: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / f"{writing.UNFINISHED}1-2-3").write_text("half")
    run(study, tmp_path)
    assert files(tmp_path) == whole


def test_what_killed_writers_left_is_taken_away(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    ours, theirs, dead = (
        tmp_path / f"{writing.UNFINISHED}{machine}-{number}-ab"
        for machine, number in ((writing._machine(), os.getpid()), ("elsewhere", 1), (writing._machine(), gone.pid))
    )
    for file in (ours, theirs, dead):
        file.write_text("")
    sweep_up(tmp_path)
    assert ours.exists()
    assert theirs.exists()  # another machine's, not a day old
    assert not dead.exists()
    long_ago = time.time() - 2 * writing.A_DAY
    os.utime(theirs, (long_ago, long_ago))
    sweep_up(tmp_path)
    assert not theirs.exists()


# ---------------------------------------------------------------- damage


def _flip(place: int) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(bytes(content))

    return damage


def _other(file: Path) -> None:
    file.write_bytes(file.with_name(file.name.replace("000001", "000002")).read_bytes())


PIECE, WORLDS = "pieces/000/000001-0000.piece", "worlds/000/000001-0000.parquet"
DAMAGE: list[tuple[str, Callable[[Path], None], str]] = [
    (PIECE, lambda file: file.write_bytes(b""), "half-written or not a piece"),
    (PIECE, lambda file: file.write_bytes(file.read_bytes()[:40]), "half-written or not a piece"),
    (PIECE, lambda file: file.write_bytes(file.read_bytes()[:-1]), "its checksum does not fit"),
    (PIECE, _flip(-1), "its checksum does not fit"),
    (PIECE, _flip(20), "its checksum does not fit"),
    (PIECE, _flip(0), "half-written or not a piece"),
    (PIECE, _other, "the piece of another place, 2-0"),
    (WORLDS, _flip(100), "the checksum of its worlds does not fit"),
    (WORLDS, Path.unlink, "its worlds are missing"),
]


@pytest.mark.parametrize(("name", "damage", "words"), DAMAGE, ids=[f"{words} {n}" for n, (*_, words) in enumerate(DAMAGE)])
def test_damage_is_found_reported_and_done_again(
    study: Study, whole: dict[str, bytes], tmp_path: Path, done: list[int], name: str, damage: Callable[[Path], None], words: str
) -> None:
    for file, content in whole.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    damage(tmp_path / name)
    with pytest.raises(StudyError, match=r"1 of 4 pieces are missing \(1 of them damaged\); run the same sweep again"):
        sim.gather(tmp_path)
    with pytest.warns(DamageWarning, match=f"damaged: {words}"):
        run(study, tmp_path)
    assert done == [1]
    assert files(tmp_path) == whole


def test_a_piece_of_another_study_is_found(study: Study, scenario: Scenario, tmp_path: Path) -> None:
    other = make_study(scenario, {GRIEVANCE: (0.1, 0.5)}, n=PIECES, worlds=5, seed=1, processes=["direct_talks"])
    run(study, tmp_path / "a")
    run(other, tmp_path / "b")
    (tmp_path / "a" / PIECE).write_bytes((tmp_path / "b" / PIECE).read_bytes())
    with pytest.warns(DamageWarning, match="a piece of another study"):
        run(study, tmp_path / "a")


def test_damaged_points_are_written_anew(study: Study, whole: dict[str, bytes], tmp_path: Path) -> None:
    run(study, tmp_path)
    (tmp_path / "points.csv").write_text("point\n0\n")
    with pytest.raises(StudyError, match=r"points.csv: damaged: its checksum does not fit; run the same sweep again"):
        sim.gather(tmp_path)
    run(study, tmp_path)
    assert files(tmp_path) == whole


# ---------------------------------------------------------------- a full disk, a dying worker


@pytest.mark.parametrize("call", [1, 2, 4, 5, 6, 9, 13, 14])
def test_a_full_disk_is_a_line_and_loses_nothing(
    study: Study, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Wherever the disk is found full: there are fourteen files to write."""
    calls = 0
    before = writing._settle

    def settle(path: Path) -> None:
        nonlocal calls
        calls += path.is_file()
        if path.is_file() and calls >= call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        before(path)

    with monkeypatch.context() as full:
        full.setattr(writing, "_settle", settle)
        with pytest.raises(StudyError, match="no space left on the disk") as caught:
            run(study, tmp_path)
    assert "\n" not in str(caught.value)
    there = files(tmp_path)
    assert len(there) == call - 1
    assert not list(tmp_path.rglob(f"{writing.UNFINISHED}*"))
    assert there.items() <= whole.items()
    run(study, tmp_path)
    assert files(tmp_path) == whole


def test_pieces_finished_before_two_workers_die_are_kept(
    study: Study, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = iter([1, 1, 1])
    before = workers._started

    def dying(*args: Any) -> Iterator[Any]:
        finished = before(*args)
        yield next(finished)
        if next(deaths, None):
            raise TerminatedWorkerError("killed")
        yield from finished

    monkeypatch.setattr(workers, "_started", dying)
    said: list[str] = []
    with pytest.raises(StudyError, match=r"a worker process was killed, as one was before it .*; what is finished is kept"):
        run(study, tmp_path, report=said.append)
    assert said == ["a worker process was killed; what it was at is run again"]
    assert sum(name.endswith(".piece") for name in files(tmp_path)) == 2
    run(study, tmp_path, report=said.append)
    assert files(tmp_path) == whole


# ---------------------------------------------------------------- signal 9

COMMAND = [
    sys.executable, "-m", "sim", "sweep", MINIMAL, "--vary", f"{GRIEVANCE}=0.1:0.5:6", "--worlds", "30", "--seed", "1",
    "--keep-worlds", "--out",
]  # fmt: skip


def _start(folder: Path, *extra: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    return subprocess.Popen(
        [*COMMAND, str(folder), *extra], env=env, start_new_session=True, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def _whole(folder: Path) -> dict[str, bytes]:
    """What the same command writes in this process, if nobody kills it."""
    done = CliRunner().invoke(cli.app, [*COMMAND[3:], str(folder)])
    assert done.exit_code == 0, done.output
    return files(folder)


def _pieces(folder: Path) -> int:
    return len(list(folder.rglob("*.piece")))


def _wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and _pieces(folder) < count:
        time.sleep(0.01)


def _finish(process: subprocess.Popen[str]) -> str:
    errors = process.communicate(timeout=200)[1]
    assert process.returncode == 0, errors
    return errors


@pytest.mark.skipif(os.name == "nt", reason="signal 9 is of POSIX")
def test_signal_9_loses_no_finished_piece(tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    killed = _start(cut)
    _wait_for(cut, 2, killed)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    kept = files(cut)
    assert _pieces(cut) >= 2
    assert kept.items() <= _whole(cut).items()
    assert files(cut) == _whole(tmp_path / "whole")
    assert not list(cut.rglob(f"{writing.UNFINISHED}*"))


@pytest.mark.verification
@pytest.mark.skipif(os.name == "nt", reason="signal 9 is of POSIX")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("group", [True, False], ids=["all", "without its workers"])
def test_signal_9_at_any_moment(tmp_path: Path, group: bool) -> None:
    """At random moments, with two workers, which go on by themselves for a while if only their parent is killed."""
    _finish(_start(tmp_path / "whole"))
    cut = tmp_path / "cut"
    moments = random.Random(5)
    for _ in range(60):
        killed = _start(cut, "--jobs", "2")
        before = _pieces(cut)
        _wait_for(cut, before + moments.randint(0, 1), killed)
        time.sleep(moments.uniform(0, 0.4))
        if killed.poll() is not None:
            killed.communicate()
            break
        (os.killpg if group else os.kill)(killed.pid, signal.SIGKILL)
        killed.wait()
        assert killed.stderr is not None
        killed.stderr.close()
    _finish(_start(cut))
    assert files(cut) == files(tmp_path / "whole")


@pytest.mark.verification
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers in /proc")
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    _finish(_start(tmp_path / "whole"))
    cut = tmp_path / "cut"
    running = _start(cut, "--jobs", "2")
    _wait_for(cut, 1, running)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    workers = [int(child) for child in children if "Loky" in Path(f"/proc/{child}/cmdline").read_text()]
    os.kill(workers[0], signal.SIGKILL)
    assert "a worker process was killed (SIGKILL(-9)); what it was at is run again" in _finish(running)
    assert files(cut) == files(tmp_path / "whole")
