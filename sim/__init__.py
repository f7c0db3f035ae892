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
    from sim.scenario.loading import load
    from sim.scenario.problems import ScenarioError
    from sim.scenario.scenario import Scenario
    from sim.show.story import story
    from sim.study.calibration import Calibration, calibrate
    from sim.study.compare import Result, compare
    from sim.study.discovery import Discovery
    from sim.study.gather import Sweep, gather
    from sim.study.handover import Handover, handover
    from sim.study.hindcast import Hindcast, hindcast
    from sim.study.ranking import best
    from sim.study.regularities import Regularities, regularities
    from sim.study.sensitivity import Sensitivity, sensitivity
    from sim.study.sweep import sweep
    from sim.study.turning import discover
    from sim.study.writing import StudyError

    __version__: str

__all__ = [
    "Calibration", "Discovery", "Handover", "Hindcast", "Regularities", "Result", "Scenario", "ScenarioError", "Sensitivity",
    "StudyError", "Sweep", "__version__", "best", "calibrate", "compare", "discover", "gather", "handover", "hindcast",
    "load", "regularities", "sensitivity", "story", "sweep",
]  # fmt: skip

_HOMES = {
    "calibrate": "sim.study.calibration",
    "Calibration": "sim.study.calibration",
    "load": "sim.scenario.loading",
    "Scenario": "sim.scenario.scenario",
    "ScenarioError": "sim.scenario.problems",
    "compare": "sim.study.compare",
    "Result": "sim.study.compare",
    "story": "sim.show.story",
    "sweep": "sim.study.sweep",
    "gather": "sim.study.gather",
    "Sweep": "sim.study.gather",
    "hindcast": "sim.study.hindcast",
    "Hindcast": "sim.study.hindcast",
    "Regularities": "sim.study.regularities",
    "regularities": "sim.study.regularities",
    "StudyError": "sim.study.writing",
    "sensitivity": "sim.study.sensitivity",
    "Sensitivity": "sim.study.sensitivity",
    "handover": "sim.study.handover",
    "Handover": "sim.study.handover",
    "best": "sim.study.ranking",
    "discover": "sim.study.turning",
    "Discovery": "sim.study.discovery",
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
