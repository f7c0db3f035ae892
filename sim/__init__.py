"""Go-Between: which process gets two sides at war to come, to agree, to ratify and to keep it, in many worlds.

From a script::

    import sim

    scenario = sim.load("scenarios/kursk-2024.yaml")
    result = sim.compare(scenario, worlds=500)
    print(result.summary)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model.rules import RULES
    from sim.model.week import WEEK
    from sim.scenario.loading import load
    from sim.scenario.problems import ScenarioError
    from sim.scenario.scenario import Scenario
    from sim.show.story import story
    from sim.study.advice.design import Designs, design
    from sim.study.advice.explain import Explanation, explain
    from sim.study.advice.levers import Levers, levers
    from sim.study.compare import Result, compare
    from sim.study.exploration.discovery import Discovery
    from sim.study.exploration.handover import Handover, handover
    from sim.study.exploration.sensitivity import Sensitivity, sensitivity
    from sim.study.exploration.turning import discover
    from sim.study.history.calibration import Calibration, calibrate
    from sim.study.history.hindcast import Hindcast, hindcast
    from sim.study.history.regularities import Regularities, regularities
    from sim.study.sweeps.gather import Sweep, gather
    from sim.study.sweeps.ranking import best
    from sim.study.sweeps.sweep import sweep
    from sim.study.writing import StudyError

    __version__: str

__all__ = [
    "RULES",
    "WEEK",
    "Calibration",
    "Designs",
    "Discovery",
    "Explanation",
    "Handover",
    "Hindcast",
    "Levers",
    "Regularities",
    "Result",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "StudyError",
    "Sweep",
    "__version__",
    "best",
    "calibrate",
    "compare",
    "design",
    "discover",
    "explain",
    "gather",
    "handover",
    "hindcast",
    "levers",
    "load",
    "regularities",
    "sensitivity",
    "story",
    "sweep",
]  # fmt: skip

_HOMES = {
    "RULES": "sim.model.rules",
    "WEEK": "sim.model.week",
    "calibrate": "sim.study.history.calibration",
    "Calibration": "sim.study.history.calibration",
    "load": "sim.scenario.loading",
    "Scenario": "sim.scenario.scenario",
    "ScenarioError": "sim.scenario.problems",
    "compare": "sim.study.compare",
    "Result": "sim.study.compare",
    "story": "sim.show.story",
    "sweep": "sim.study.sweeps.sweep",
    "gather": "sim.study.sweeps.gather",
    "Sweep": "sim.study.sweeps.gather",
    "hindcast": "sim.study.history.hindcast",
    "Hindcast": "sim.study.history.hindcast",
    "Regularities": "sim.study.history.regularities",
    "regularities": "sim.study.history.regularities",
    "StudyError": "sim.study.writing",
    "sensitivity": "sim.study.exploration.sensitivity",
    "Sensitivity": "sim.study.exploration.sensitivity",
    "handover": "sim.study.exploration.handover",
    "Handover": "sim.study.exploration.handover",
    "design": "sim.study.advice.design",
    "Designs": "sim.study.advice.design",
    "explain": "sim.study.advice.explain",
    "Explanation": "sim.study.advice.explain",
    "levers": "sim.study.advice.levers",
    "Levers": "sim.study.advice.levers",
    "best": "sim.study.sweeps.ranking",
    "discover": "sim.study.exploration.turning",
    "Discovery": "sim.study.exploration.discovery",
}


def __getattr__(name: str) -> Any:
    """Names are looked up where they live when they are first used, so that ``import sim`` costs nothing."""
    if name == "__version__":
        value: Any = _version()
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - only where asked for

    try:
        return version("gobetween")
    except PackageNotFoundError:
        return "0+unknown"
