"""Compiled rules: what they are keyed by, and that nothing that can befall the cache is an error.

The small rule ``fill_uniforms`` stands for all, since it is compiled in a second; agents and batches are compared in
``test_agents.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import typing
from pathlib import Path

import numpy as np
import pytest

from sim.model import compiling
from sim.model.compiling import FOLDER, TOPS, beneath, compiled, fingerprint
from sim.model.draws import Draws
from sim.model.layout import Sizes, dtype_of
from sim.model.records import Behaviour, World
from sim.model.rules import RULES, linked

pytest.importorskip("numba")

ROOT = Path(__file__).parent.parent
SMALL = "fill_uniforms"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typing.Iterator[Path]:
    """A cache of its own, and nothing compiled in this process yet."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "rules"))
    compiled.cache_clear()
    yield tmp_path / "rules"
    compiled.cache_clear()


def numbers() -> np.ndarray:
    rule = compiled(SMALL, Sizes())
    assert rule is not None
    found = np.empty(4)
    rule(np.arange(4), 9, 1, 2, found)
    return found


def expected() -> np.ndarray:
    found = np.empty(4)
    linked()[SMALL](list(range(4)), 9, 1, 2, found)
    return found


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.nb*"))


def in_a_process(folder: Path, **environment: str) -> subprocess.Popen[str]:
    code = (
        "import numpy as np\nfrom sim.model.compiling import compiled\nfrom sim.model.layout import Sizes\n"
        f"found = np.empty(4)\ncompiled({SMALL!r}, Sizes())(np.arange(4), 9, 1, 2, found)\nprint(found.tolist())"
    )
    env = {**os.environ, FOLDER: str(folder), "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-P", "-c", code]  # -P: not from the folder that pytest runs in
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_was_compiled_once_is_taken_from_the_cache(folder: Path) -> None:
    np.testing.assert_array_equal(numbers(), expected())
    before = [(path, path.stat().st_mtime_ns) for path in files(folder)]
    assert len(before) == 4  # the rule, and the part that it calls
    assert folder.stat().st_mode & 0o077 == 0 or next(folder.iterdir()).stat().st_mode & 0o077 == 0
    compiled.cache_clear()
    np.testing.assert_array_equal(numbers(), expected())
    assert [(path, path.stat().st_mtime_ns) for path in files(folder)] == before


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_file_is_compiled_anew(folder: Path, suffix: str) -> None:
    numbers()
    for path in files(folder):
        if path.suffix == suffix:
            path.write_bytes(path.read_bytes()[:40] + b"damaged")
    compiled.cache_clear()
    np.testing.assert_array_equal(numbers(), expected())
    compiled.cache_clear()
    np.testing.assert_array_equal(numbers(), expected())


def test_a_folder_that_cannot_be_made_costs_a_compilation_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path / "file" / "rules"))
    compiled.cache_clear()
    np.testing.assert_array_equal(numbers(), expected())
    compiled.cache_clear()


def test_a_folder_of_somebody_else_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    np.testing.assert_array_equal(numbers(), expected())
    assert files(folder) == []


def test_two_first_runs_at_once_are_no_error(folder: Path) -> None:
    runs = [in_a_process(folder) for _ in range(2)]
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert said[0][0] == said[1][0] == f"{expected().tolist()}\n"


def test_a_kill_while_compiling_leaves_nothing_that_harms(folder: Path) -> None:
    run = in_a_process(folder)
    timer = threading.Timer(1.2, run.kill)
    timer.start()
    run.communicate(timeout=120)
    timer.cancel()
    np.testing.assert_array_equal(numbers(), expected())


def test_without_numba_everything_runs_uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.cache_clear()
    monkeypatch.setattr(compiling, "available", lambda: False)
    assert compiled(SMALL, Sizes()) is None
    drawn = Draws(1, 0, 500).uniform("parameters", "p")
    monkeypatch.undo()
    compiled.cache_clear()
    np.testing.assert_array_equal(drawn, Draws(1, 0, 500).uniform("parameters", "p"))


def test_an_edit_to_any_rule_is_seen_by_the_next_run(tmp_path: Path) -> None:
    """numba by itself does not see a change in a rule that stands in another file than what is called."""
    shutil.copytree(ROOT / "sim", tmp_path / "copy" / "sim", symlinks=False, ignore=shutil.ignore_patterns("__pycache__"))

    def run() -> str:
        done = in_a_process(tmp_path / "rules", PYTHONPATH=str(tmp_path / "copy"))
        out, errors = done.communicate(timeout=120)
        assert done.returncode == 0, errors
        return out

    first = run()
    assert first == f"{expected().tolist()}\n"
    rules = tmp_path / "copy" / "sim" / "model" / "chance.py"
    text = rules.read_text(encoding="utf-8")
    assert "+ 0.5) * TO_UNIT" in text
    rules.write_text(text.replace("+ 0.5) * TO_UNIT", "+ 0.5) * 0.5 * TO_UNIT"), encoding="utf-8")
    assert run() != first


def test_the_key_has_the_sizes_of_records() -> None:
    assert fingerprint(Sizes()) != fingerprint(Sizes().room_for(tables=9))
    assert Sizes().room_for(tables=8) == Sizes()


def test_every_rule_is_reached_from_what_python_calls() -> None:
    reached = {name for top in TOPS for name in (*beneath(top), top)}
    assert reached == set(RULES)


def test_records_have_no_padding_and_every_parameter_of_behaviour() -> None:
    sizes = Sizes()
    assert dtype_of(World, sizes).itemsize % 8 == 0
    assert dtype_of(Behaviour, sizes).names == tuple(Behaviour.model_fields)
    flat = dtype_of(World, sizes)
    assert sum(flat[name].itemsize for name in flat.names) == flat.itemsize


def test_parts_are_kept_and_taken_again(folder: Path) -> None:
    numbers()
    again = compiling._parts(SMALL, Sizes())
    assert set(again) == set(beneath(SMALL))
    assert all(sum(part.stats.cache_hits.values()) == 1 for part in again.values())


def test_damaged_parts_are_compiled_anew(folder: Path) -> None:
    numbers()
    for path in files(folder):
        if f"parts-{SMALL}" in path.parts:
            path.write_bytes(b"damaged")
        else:
            path.unlink()
    compiled.cache_clear()
    np.testing.assert_array_equal(numbers(), expected())


def test_what_was_not_used_for_long_or_is_one_of_too_many_is_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "KEPT", 3)
    for age, name in enumerate(("a", "b", "c", "d", "old")):
        (folder / name).mkdir(parents=True)
        seconds = folder.stat().st_mtime - (age + 1) * 60 - (40 * 86400 if name == "old" else 0)
        os.utime(folder / name, (seconds, seconds))
    numbers()
    assert {path.name for path in folder.iterdir()} == {"a", "b", "c", fingerprint(Sizes())}


def test_a_whole_that_lacks_a_part_is_refused_and_not_kept(folder: Path) -> None:
    """Loaded by another process it would end that process."""
    from sim.model.linking import UnlinkedError, as_whole

    parts = compiling._made_parts(SMALL, Sizes(), None)
    with pytest.raises(UnlinkedError), as_whole(frozenset(RULES), []):
        compiling._top(SMALL, compiling.names() | parts, folder).compile(compiling.signature_of(RULES[SMALL], Sizes()))
    assert files(folder) == []
