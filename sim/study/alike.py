"""Like with like: a figure of a process as a whole is about its headline issues, and is compared where these are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.scenario.headline import headline, matched
from sim.scenario.problems import refuse
from sim.scenario.scenario import Scenario
from sim.study.outcomes import ABOUT_HEADLINE, OF_ISSUE


def check_alike(scenario: Scenario, processes: Sequence[str], *, metric: str, issue: str = "") -> None:
    """Raises ScenarioError where a metric is about other issues in each of these processes, and names those they share."""
    if issue or metric not in ABOUT_HEADLINE:
        return
    about = {process: headline(scenario.file, process) for process in processes}
    refuse_unlike(about, matched(scenario.file, list(processes)), metric)


def refuse_unlike(about: Mapping[str, Sequence[str]], shared: Sequence[str], metric: str) -> None:
    """Raises ScenarioError unless all processes are ``about`` the same issues; ``shared`` are those that all have."""
    if len({tuple(issues) for issues in about.values()}) < 2:
        return
    said = "; ".join(f"{process} is about {', '.join(issues)}" for process, issues in about.items())
    wanted = f"an issue that all have: {', '.join(shared)}"
    if not shared:
        wanted = "they have no issue in common"
    elif metric in OF_ISSUE:
        wanted = f"expected {wanted}"
    else:
        wanted = f"by issue there is no such figure; expected one of {', '.join(OF_ISSUE)} and {wanted}"
    raise refuse("processes", f"{metric} cannot be compared: {said}; {wanted}")
