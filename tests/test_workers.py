"""Worker processes: they give what one process gives, are replaced when they are killed, and end when they should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from signals import signals_as_in_a_terminal

import sim
from sim.study.workers import WorkerWarning, as_finished, in_order
from sim.study.writing import StudyError

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")


def die_until(marks: Path, times: int, value: int) -> int:
    """Die of signal 9 the first so many times that it is called with these marks."""
    for number in range(times):
        try:
            (marks / str(number)).touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def double(value: int) -> int:
    return 2 * value


def blas_threads() -> str | None:
    return os.environ.get("OPENBLAS_NUM_THREADS")


# ---------------------------------------------------------------- what they give


@pytest.mark.parametrize("jobs", [1, 2])
def test_parts_come_with_their_number_or_in_their_order(jobs: int) -> None:
    parts = [partial(double, value) for value in range(20)]
    assert sorted(as_finished(parts, jobs=jobs)) == [(value, 2 * value) for value in range(20)]
    assert list(in_order(iter(parts), jobs=jobs)) == [2 * value for value in range(20)]


def test_parts_are_read_as_workers_become_free() -> None:
    read = 0

    def parts() -> Any:
        nonlocal read
        for value in range(10_000):
            read += 1
            yield partial(double, value)

    found = as_finished(parts(), jobs=2)
    for _ in range(3):
        next(found)
    assert read < 100
    found.close()


def test_what_a_part_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(as_finished([partial(divmod, 1, 0)] * 3, jobs=2))


def test_a_worker_has_one_thread_for_linear_algebra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert set(in_order([blas_threads] * 4, jobs=2)) == {"1"}


# ---------------------------------------------------------------- a worker that is killed


def test_a_killed_worker_is_named_and_its_parts_are_run_again(tmp_path: Path) -> None:
    parts = [partial(die_until, tmp_path, 1, value) for value in range(8)]
    with pytest.warns(WorkerWarning, match=r"a worker process was killed \(SIGKILL\(-9\)\); what it was at is run again"):
        assert list(in_order(parts, jobs=2)) == list(range(8))


def test_two_killed_workers_end_the_study_in_a_line(tmp_path: Path) -> None:
    said: list[str] = []
    parts = [partial(die_until, tmp_path, 100, value) for value in range(8)]  # two may die at once
    with pytest.raises(StudyError, match=r"killed .*as one was before it .*expected fewer jobs") as caught:
        list(as_finished(parts, jobs=2, say=said.append))
    assert len(said) == 1
    assert "\n" not in str(caught.value)


STUDIES: dict[str, Any] = {
    "compare": lambda jobs: sim.compare(sim.load(MINIMAL), worlds=3000, jobs=jobs).summary,
    "sweep": lambda jobs: sim.sweep(sim.load(MINIMAL), {"parties.north.grievance": [0.1, 0.2, 0.3]}, worlds=50, jobs=jobs).table,
    "sensitivity": lambda jobs: sim.sensitivity(sim.load(MINIMAL), n=3000, jobs=jobs).table,
}


@pytest.mark.parametrize("name", list(STUDIES))
def test_every_study_survives_a_killed_worker_with_the_same_figures(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first part of each study is killed in its worker, whatever the part is."""
    from sim.study import workers

    study = STUDIES[name]
    whole = study(1)
    real = workers._numbered
    monkeypatch.setattr(workers, "_numbered", partial(_dying, tmp_path, real))
    with pytest.warns(WorkerWarning, match="run again"):
        assert study(2).equals(whole)


def _dying(marks: Path, real: Any, place: int, part: Any) -> Any:
    die_until(marks, 1, 0)
    return real(place, part)


def test_no_study_hands_out_work_in_a_way_of_its_own() -> None:
    users = [path for path in (HERE.parent / "sim").rglob("*.py") if "joblib" in path.read_text(encoding="utf-8")]
    assert [path.name for path in users] == ["workers.py"]


# ---------------------------------------------------------------- how they end

LONG_RUN = ["compare", MINIMAL, "--worlds", "400000", "--jobs", "2", "--out"]


def _start(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A long parallel run in a session of its own, and its two workers once they work."""
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    parent = subprocess.Popen(
        [sys.executable, "-m", "sim", *LONG_RUN, str(folder)], env=env, cwd=folder.parent, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=signals_as_in_a_terminal,  # noqa: PLW1509 - it only sets signals
    )  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [pid for pid in _children(parent.pid) if "popen_loky" in _command(pid) and _seconds(pid) > 1]
        if len(found) == 2:
            return parent, found
        time.sleep(0.1)
    parent.kill()
    raise AssertionError(f"no workers: {parent.communicate()}")


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return []


def _children(parent: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [pid for pid in pids if (stat := _stat(pid)) and int(stat[1]) == parent]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _seconds(pid: int) -> float:
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK") if stat else 0.0


def _running(pid: int) -> bool:
    return bool(stat := _stat(pid)) and stat[0] != "Z"


def _gone(pids: list[int], within: float) -> bool:
    until = time.monotonic() + within
    while any(map(_running, pids)):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes under /proc")


@linux
def test_workers_end_soon_after_their_parent_is_killed(tmp_path: Path) -> None:
    parent, workers = _start(tmp_path / "found")
    parent.kill()
    parent.communicate(timeout=20)
    assert _gone(workers, 10)


@linux
@pytest.mark.parametrize(
    ("number", "code", "line"),
    [(signal.SIGINT, 130, "interrupted; nothing was written\n"), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 129, "")],
)
def test_a_signal_to_all_of_them_ends_them_in_a_line(number: int, code: int, line: str, tmp_path: Path) -> None:
    """As a terminal sends it: to the command and to its workers alike."""
    parent, workers = _start(tmp_path / "found")
    os.killpg(parent.pid, number)
    out, err = parent.communicate(timeout=30)
    assert parent.returncode == code
    assert not out
    assert err == f"running 400,000 worlds, 2 processes\n{line}"
    assert _gone(workers, 10)
    assert not list(tmp_path.iterdir())


@linux
def test_a_worker_killed_from_outside_is_named_and_replaced(tmp_path: Path) -> None:
    parent, workers = _start(tmp_path / "found")
    os.kill(workers[0], signal.SIGKILL)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        new = [pid for pid in _children(parent.pid) if "popen_loky" in _command(pid) and pid not in workers and _seconds(pid) > 1]
        if len(new) == 2:
            break
        time.sleep(0.1)
    assert len(new) == 2
    os.kill(new[0], signal.SIGKILL)
    out, err = parent.communicate(timeout=30)
    assert parent.returncode == 1
    assert not out
    lines = err.splitlines()
    assert len(lines) == 3, err
    assert lines[1] == "a worker process was killed (SIGKILL(-9)); what it was at is run again"
    assert "expected fewer jobs" in lines[2]
    assert _gone(new, 10)
