"""The same pieces on a dask.distributed cluster: a real scheduler and two workers on loopback, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.scenario import load
from sim.study.sweeps import cluster
from sim.study.sweeps.sweep import Means, make_study, run
from sim.study.writing import StudyError

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")
GRIEVANCE = "parties.north.grievance"
ENV = {**os.environ, "PYTHONPATH": str(HERE.parent)}
SWEEP = [
    sys.executable,
    "-m",
    "sim",
    "sweep",
    MINIMAL,
    "--vary",
    f"{GRIEVANCE}=0.1:0.5:8",
    "--worlds",
    "30",
    "--keep-worlds",
    "--out",
]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(cluster, "import_module", gone)
    study = make_study(load(MINIMAL), {GRIEVANCE: [0.1]}, worlds=2, processes=["direct_talks"])
    with pytest.raises(StudyError, match=r"pip install 'gobetween\[cluster\]'"):
        run(study, tmp_path, Means(cluster="tcp://127.0.0.1:1"))


@pytest.mark.smoke
def test_a_cluster_that_does_not_answer_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "ANSWER_WITHIN", 0.5)
    study = make_study(load(MINIMAL), {GRIEVANCE: [0.1]}, worlds=2, processes=["direct_talks"])
    where = f"tcp://127.0.0.1:{_free_port()}"
    with pytest.raises(StudyError) as caught:
        run(study, tmp_path, Means(cluster=where))
    kept = "what is finished is kept, and the same sweep goes on from there"
    assert str(caught.value) == f"{where}: no cluster answers there within 0.5 s; {kept}"


@pytest.fixture
def running() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler; it and its two workers."""
    pytest.importorskip("distributed")
    where = f"tcp://127.0.0.1:{_free_port()}"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"env": ENV, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    port = where.rpartition(":")[2]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-jupyter"]
    worker = ["worker", where, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started = [subprocess.Popen([*dask, *scheduler], **quiet)]  # type: ignore[call-overload]
    started += [subprocess.Popen([*dask, *worker], **quiet) for _ in range(2)]  # type: ignore[call-overload]
    yield where, started
    for process in started:
        process.kill()
        process.wait()


def _wait_for_workers(where: str, count: int) -> None:
    code = f"from distributed import Client; c = Client({where!r}, timeout=60); c.wait_for_workers({count}, timeout=60)"
    subprocess.run([sys.executable, "-c", code], env=ENV, check=True, timeout=150, capture_output=True)


def _until(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and len(list(folder.rglob("*.piece"))) < count:
        time.sleep(0.02)


@pytest.mark.verification
@pytest.mark.skipif(os.name == "nt", reason="signal 9 is of POSIX")
def test_a_worker_killed_half_way_changes_nothing(running: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path) -> None:
    where, (scheduler, first, _) = running
    _wait_for_workers(where, 2)
    subprocess.run([*SWEEP, str(tmp_path / "here")], env=ENV, check=True, timeout=200, capture_output=True)
    there = tmp_path / "there"
    sweeping = subprocess.Popen([*SWEEP, str(there), "--cluster", where], env=ENV, text=True, stderr=subprocess.PIPE)
    _until(there, 3, sweeping)
    first.send_signal(signal.SIGKILL)
    assert len(list(there.rglob("*.piece"))) < 8
    errors = sweeping.communicate(timeout=200)[1]
    assert sweeping.returncode == 0, errors
    assert files(there) == files(tmp_path / "here")

    lost = tmp_path / "lost"
    sweeping = subprocess.Popen([*SWEEP, str(lost), "--cluster", where], env=ENV, text=True, stderr=subprocess.PIPE)
    _until(lost, 2, sweeping)
    scheduler.send_signal(signal.SIGKILL)
    errors = sweeping.communicate(timeout=200)[1]
    assert sweeping.returncode == 1
    assert errors.splitlines()[1:] == [
        f"{where}: the connection to the cluster was lost; what is finished is kept, and the same sweep goes on from there"
    ]
    assert len(list(lost.rglob("*.piece"))) >= 2
    subprocess.run([*SWEEP, str(lost)], env=ENV, check=True, timeout=200, capture_output=True)
    assert files(lost) == files(tmp_path / "here")
