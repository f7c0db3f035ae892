"""What the tests of scenario files share: the minimal scenario as text, changes to it, and the errors it then gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import ScenarioError, load

HERE = Path(__file__).parent
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")
CLAIMS = (HERE / "minimal-claims.yaml").read_text(encoding="utf-8")


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def line_of(text: str, part: str) -> int:
    """Line of the first line of ``text`` that contains ``part``."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def errors(path: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == min(len(caught.value.problems), 20) + (len(caught.value.problems) > 20)
    return lines


def changed(old: str, new: str) -> tuple[str, int]:
    """The minimal scenario with its first ``old`` made ``new``, and the line where ``new`` begins."""
    assert old in MINIMAL
    at = MINIMAL.index(old)
    return MINIMAL.replace(old, new, 1), MINIMAL[:at].count("\n") + 1


def odd_files(label: str, folder: Path) -> Path:
    """The minimal scenario and its claims, in which all that is words for a reader is ``label``."""
    said = json.dumps(label)
    claims = re.sub(r"^( +(?:title|who|says): ).*$", lambda m: m[1] + said, CLAIMS, flags=re.MULTILINE)
    text = re.sub(r"\b((?:title|about|label|why): )[^,}\n]+", lambda m: m[1] + said, MINIMAL)
    (folder / "odd-claims.yaml").write_text(claims, encoding="utf-8")
    (folder / "odd.yaml").write_text(text.replace("minimal-claims.yaml", "odd-claims.yaml"), encoding="utf-8")
    return folder / "odd.yaml"
