"""Which files a scenario may name: those of its own project, and no others.

The project of a scenario is the folder that holds the innermost folder ``scenarios`` above it, so that
``scenarios/history/x.yaml`` may name ``seeds/y.yaml``; where no folder above it is called so, it is the folder above its own.
"""

from __future__ import annotations

import os
from pathlib import Path

from sim.scenario.problems import Key, Place, refuse

HOME = "scenarios"


def check_inside(target: str, first: str, named_at: Place, key: Key) -> None:
    """Refuse a file outside of the project of the scenario ``first``, whatever links lead there. Raises ScenarioError."""
    found = Path(os.path.realpath(target))
    homes = [project(Path(os.path.realpath(first))), project(Path(os.path.abspath(first)))]
    if not any(found.is_relative_to(os.path.realpath(home)) for home in homes):
        message = f"{target}: outside of the project of the scenario; expected a file in {homes[0]}"
        raise refuse(named_at[0], message, line=named_at[1], key=key)


def project(first: Path) -> Path:
    """The folder of the project that a scenario belongs to."""
    return next((folder.parent for folder in first.parents if folder.name == HOME), first.parent.parent)
