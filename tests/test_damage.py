"""Saved folders damaged at random: whatever reads them notices, or gives the same; doing the study again mends them or refuses in a line."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario import load
from sim.scenario.problems import GoBetweenError
from sim.study import compare as comparisons
from sim.study import stored
from sim.study.exploration.turning import opened
from sim.study.manifests import digest_of
from sim.study.sweeps.sweep import make_study, run

HERE = Path(__file__).parent
PAIR = ["direct_talks", "both"]
GRIEVANCE = "parties.north.grievance"
KINDS = ("comparison", "sweep", "hindcast", "sensitivity")


@dataclass(frozen=True)
class Saved:
    """A folder as it was written, and a call that does the same study again into a folder."""

    folder: Path
    again: Callable[[Path], object]


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder that is a file."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Saved]:
    """A small study of each kind, without charts."""
    home = tmp_path_factory.mktemp("saved")
    short = load(HERE / "minimal.yaml").with_({"weeks": 12})
    compared = sim.compare(short, worlds=100, seed=3)
    study = make_study(short, {GRIEVANCE: (0.1, 0.5)}, n=3, worlds=2, seed=1, processes=PAIR, keep_worlds=True)
    episode = home / "episodes"
    episode.mkdir()
    shutil.copy(HERE / "minimal-claims.yaml", episode)
    shutil.copy(HERE / "minimal.yaml", episode / "base.yaml")
    said = "observed: {cluster: a, phase: p, came: true, issues: {ferry: true}, fate: ended, days: 200, score: [agreed, in_force]}"
    (episode / "one.yaml").write_text(f"extends: base.yaml\nweeks: 80\nprocesses: {{direct_talks: null}}\n{said}\n", encoding="utf-8")
    made = {
        "comparison": lambda folder: compared.save(folder, charts=False),
        "sweep": lambda folder: run(study, folder, report=lambda line: None),
        "hindcast": sim.hindcast(episode / "one.yaml", worlds=3).save,
        "sensitivity": sim.sensitivity(compared, processes=PAIR, metric="surplus_south", parameters=2).save,
    }
    found = {}
    for kind, save in made.items():
        again = save if kind in ("comparison", "sweep") else (lambda folder, save=save: save(folder, charts=False))
        again(home / kind)
        found[kind] = Saved(home / kind, again)
    return found


@pytest.fixture(autouse=True)
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons.Result, "plot", lambda self, directory=None: {})


# ---------------------------------------------------------------- damage


def _entries(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _replaced(chance: random.Random, folder: Path, put: Callable[[Path], object]) -> str:
    places = sorted(p for p in folder.rglob("*"))
    place = chance.choice(places)
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    put(place)
    return place.name


def _edited(chance: random.Random, folder: Path, edit: Callable[[bytes], bytes]) -> str:
    place = chance.choice(_entries(folder))
    place.write_bytes(edit(place.read_bytes()))
    return place.name


def _flip(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 5))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _insert(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice((b"\n", b"0", b" ", b"\x00", b"[" * 200_000, bytes(range(256)))) + content[place:]


def _swap(chance: random.Random, folder: Path) -> str:
    one, other = chance.sample(_entries(folder), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return f"{one.name}, {other.name}"


def _copy(chance: random.Random, folder: Path) -> str:
    one, other = chance.sample(_entries(folder), 2)
    one.write_bytes(other.read_bytes())
    return f"{one.name} as {other.name}"


def _hostile(chance: random.Random, folder: Path) -> str:
    """A manifest that says something else and is sealed all the same."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    key = chance.choice(sorted(manifest))
    odd: list[Any] = [None, -1, 10**30, 10**9, 1e300, True, "x", "../../etc/passwd", [], [[1]], {}, {"a": {"b": 1}}, [None], {"../x": 1}]
    if chance.random() < 0.3:
        del manifest[key]
    elif isinstance(manifest[key], dict) and manifest[key] and chance.random() < 0.6:
        manifest[key][chance.choice(sorted(manifest[key]))] = chance.choice(odd)
    else:
        manifest[key] = chance.choice(odd)
    manifest["digest"] = digest_of(manifest)
    file.write_text(json.dumps(manifest))
    return f"manifest.json: {key}"


def _foreign(chance: random.Random, folder: Path) -> str:
    name = chance.choice(("notes.txt", "claims.yaml", "more", "a pipe"))
    place = folder / name
    if name == "a pipe":
        os.mkfifo(place)
    elif not place.exists():
        place.write_bytes(b"mine")
    return name


DAMAGE: dict[str, Callable[[random.Random, Path], str]] = {
    "truncate": lambda chance, folder: _edited(chance, folder, lambda content: content[: chance.randrange(len(content) + 1)]),
    "flip": lambda chance, folder: _edited(chance, folder, lambda content: _flip(chance, content)),
    "insert": lambda chance, folder: _edited(chance, folder, lambda content: _insert(chance, content)),
    "empty": lambda chance, folder: _edited(chance, folder, lambda content: b""),
    "delete": lambda chance, folder: _replaced(chance, folder, lambda place: None),
    "folder": lambda chance, folder: _replaced(chance, folder, lambda place: place.mkdir()),
    "pipe": lambda chance, folder: _replaced(chance, folder, os.mkfifo),
    "loop": lambda chance, folder: _replaced(chance, folder, lambda place: place.symlink_to(place.name)),
    "device": lambda chance, folder: _replaced(chance, folder, lambda place: place.symlink_to("/dev/zero")),
    "swap": _swap,
    "copy": _copy,
    "hostile": _hostile,
    "foreign": _foreign,
}


# ---------------------------------------------------------------- what is asked of a folder


def _opened(folder: Path) -> list[pd.DataFrame]:
    """All that ``discover DIR`` and whoever opens a sweep may look at."""
    found = opened(folder)
    assert found.scenario.hash
    if isinstance(found, sim.Result):
        return [found.summary, found.worlds, found.weekly, found.reasons]
    return [found.points, found.table, found.worlds]


def _gathered(folder: Path) -> list[pd.DataFrame]:
    return [sim.gather(folder).table]


def _redrawn(folder: Path) -> list[pd.DataFrame]:
    stored.redraw(folder)
    return [stored.read(folder).summary]


def _sensitive(folder: Path) -> list[pd.DataFrame]:
    """What ``sensitivity DIR`` reads; it computes for longer than reading takes."""
    return [stored.read(folder).worlds]


READ = {"discover": _opened, "gather": _gathered, "plot": _redrawn, "sensitivity": _sensitive}


def answer(act: Callable[[Path], Any], folder: Path) -> Any:
    """What comes of it; a refusal is one line with exit code 1."""
    try:
        return act(folder)
    except GoBetweenError as error:
        if error.exit_code != 1 or len(str(error).splitlines()) != 1:
            raise AssertionError("expected one line and exit code 1") from error
        return None


def one_damage(number: int, saved: dict[str, Saved], truth: dict[tuple[str, str], Any], home: Path) -> tuple[str, ...]:
    """A damage of that number; returns what was done and what each verb made of it."""
    chance = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    how = chance.choice(sorted(DAMAGE))
    folder = home / f"damaged-{number}"
    shutil.copytree(saved[kind].folder, folder)
    what = f"{number}: {kind}: {how} {DAMAGE[how](chance, folder)}"
    said = []
    verbs = list(READ)
    chance.shuffle(verbs)
    for verb in verbs[:2]:
        found = answer(READ[verb], folder)
        said.append("refused" if found is None else "read")
        if found is not None:
            wanted = truth[kind, verb]
            assert wanted is not None, f"{what}: {verb} reads what it refuses when whole"
            for one, other in zip(found, wanted, strict=True):
                pd.testing.assert_frame_equal(one, other, obj=f"{what}: {verb}")
    try:
        done = answer(lambda path: saved[kind].again(path) or True, folder)
    except Exception as error:
        raise AssertionError(what) from error
    if done is not None:
        there, whole = files(folder), files(saved[kind].folder)
        mine = {name for name in there if name not in whole and (how in ("foreign", "hostile") or ".old" in name)}
        assert {name: content for name, content in there.items() if name not in mine} == whole, what
    said.append("mended" if done is not None else "refused")
    shutil.rmtree(folder)
    return (kind, *said)


def damages(count: int, start: int, saved: dict[str, Saved], home: Path) -> None:
    truth = {(kind, verb): answer(act, saved[kind].folder) for kind in KINDS for verb, act in READ.items()}
    assert {key for key, found in truth.items() if found is not None} == {
        ("comparison", "discover"), ("comparison", "plot"), ("comparison", "sensitivity"), ("sweep", "discover"), ("sweep", "gather"),
    }  # fmt: skip
    found = [one_damage(number, saved, truth, home) for number in range(start, start + count)]
    for kind in KINDS:  # both happen, or the test would test nothing
        assert {"mended", "refused"} <= {said[-1] for said in found if said[0] == kind}


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of POSIX")
def test_300_damages_are_noticed_or_harmless(saved: dict[str, Saved], tmp_path: Path) -> None:
    damages(300, 0, saved, tmp_path)


@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
@pytest.mark.skipif(os.name == "nt", reason="pipes and links of POSIX")
def test_3000_damages_are_noticed_or_harmless(saved: dict[str, Saved], tmp_path: Path) -> None:
    damages(3000, 1000, saved, tmp_path)


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["plot", "discover", "sensitivity", "gather"])
def test_a_verb_refuses_in_one_line(kind: str, verb: str, saved: dict[str, Saved], tmp_path: Path) -> None:
    folder = tmp_path / kind
    shutil.copytree(saved[kind].folder, folder)
    content = (folder / "manifest.json").read_bytes()
    odd = [b"", b"\xff", b"[" * 500_000, b'{"seed": ' + b"9" * 10_000 + b"}", content[:-20], b"{}", b"3", content.replace(b'"kind": "', b'"kind": "x')]
    for damage in odd:
        (folder / "manifest.json").write_bytes(damage)
        done = CliRunner().invoke(cli.app, [verb, str(folder)])
        assert (done.exit_code, done.stdout) == (1, ""), (damage[:20], done.output)
        assert len(done.stderr.splitlines()) == 1
        assert "bug in gobetween" not in done.stderr


def test_no_manifest_of_a_sweep_makes_its_readers_count_for_minutes(saved: dict[str, Saved], tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    shutil.copytree(saved["sweep"].folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    for changes in ({"worlds": 10**8, "blocks_per_piece": 1}, {"points": manifest["points"] | {"count": 10**12}}, {"block": 0}, {"points": []}):
        odd = manifest | changes
        odd["digest"] = digest_of(odd)
        (folder / "manifest.json").write_text(json.dumps(odd))
        assert answer(READ["gather"], folder) is None
