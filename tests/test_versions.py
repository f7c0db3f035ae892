"""What pyproject.toml says of versions is what .ci/ tries: the lowest are those it states, the newest lie within its bounds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
OURS = ("dev", "verify", "browser")
"""Extras of those who work on the program, who have the newest; all others are for its users."""


def pinned(name: str) -> dict[str, Version]:
    """The versions of a file in .ci/, by name."""
    lines = (ROOT / ".ci" / f"versions-{name}.txt").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for one in asked:
        (only,) = one.specifier
        assert (only.operator, one.url, one.extras) == ("==", None, set()), f"versions only: {one}"
    found = {canonicalize_name(one.name): Version(next(iter(one.specifier)).version) for one in asked}
    assert len(found) == len(asked)
    return found


def stated(*, ours: bool) -> dict[str, Requirement]:
    """What pyproject.toml asks for, by name; its own name in an extra is another of its extras."""
    texts = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    texts += [text for extra, asked in EXTRAS.items() if ours or extra not in OURS for text in asked]
    asked = [one for one in map(Requirement, texts) if one.name != PROJECT["project"]["name"]]
    assert len({(one.name, str(one.specifier)) for one in asked}) == len({one.name for one in asked}), "one bound for each"
    return {canonicalize_name(one.name): one for one in asked}


def test_the_lowest_versions_are_those_that_are_stated() -> None:
    lowest = pinned("lowest")
    for name, asked in stated(ours=False).items():
        low = [Version(one.version) for one in asked.specifier if one.operator == ">="]
        assert [lowest.get(name)] == low, name


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_newest_known_good_versions_are_within_the_bounds(python: str) -> None:
    newest = pinned(python)
    for name, asked in stated(ours=python == "3.13").items():
        assert newest[name] in asked.specifier, name


def test_each_python_that_is_tried_is_named_and_no_other() -> None:
    named = [line.rsplit(" ", 1)[1] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line]
    assert named == sorted(file.stem.removeprefix("versions-") for file in (ROOT / ".ci").glob("versions-3.*.txt"))
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"


def test_no_warning_is_let_through_unseen() -> None:
    """A third party's warning is let through by its words, where it comes from and why; nothing is silenced as a whole."""
    blanket = re.compile(r"simplefilter\(\s*[\"']ignore|filterwarnings\(\s*[\"']ignore[\"']\s*[,)](?!\s*[\"'r])")
    files = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    assert [str(file) for file in files if file != Path(__file__) and blanket.search(file.read_text(encoding="utf-8"))] == []
    assert PROJECT["tool"]["pytest"]["ini_options"]["filterwarnings"] == ["error"]
