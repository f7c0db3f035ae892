"""What a study of sensitivity is asked for: two processes, an outcome, a method and how much of it; checked, and its cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.model.draws import BLOCK
from sim.scenario.arguments import names_of, seed_of, whole
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario
from sim.study.alike import check_alike
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS
from sim.study.exploration.given import DUMMY, LUCK, Trial, quantities
from sim.study.exploration.handover import DEFAULT_LUCKS, DEFAULT_METRIC, Handover, choose_metric, choose_parameters, salib

METHODS = ("given", "morris", "sobol")
DEFAULT_N = {"given": DEFAULT_WORLDS, "morris": 10, "sobol": 256}
"""Worlds; trajectories; points of the base sequence."""

SCREENING = 5000
"""Worlds of the screening before Sobol. For the same time it tells more assumptions from noise than Morris does, but
passes over one that acts through interplay alone; Morris with a list of parameters afterwards shows such."""

DEFAULT_TOP = 12
LEAST = {"given": 100, "morris": 2, "sobol": 8}
MOST_RUNS = 10**9


@dataclass(frozen=True)
class Inquiry:
    """What a study of sensitivity was asked for, checked. ``names`` are assumptions; ``top``: of how many after a screening."""

    scenario: Scenario
    processes: tuple[str, str]
    metric: str
    issue: str
    method: str
    n: int
    lucks: int
    names: tuple[str, ...]
    top: int | None
    seed: int

    @property
    def screened(self) -> bool:
        """Whether the draws of a run choose what Sobol looks at."""
        return self.method == "sobol" and self.top is not None and self.top < len(self.names)

    @property
    def stages(self) -> dict[str, int]:
        """Points of each stage."""
        count = len(self.names) + 2
        if self.method == "given":
            return {"given": self.n}
        if self.method == "morris":
            return {"morris": self.n * (count + 1)}
        if not self.screened:
            return {"sobol": self.n * (count + 2)}
        return {"given": SCREENING, "sobol": self.n * ((self.top or 0) + 4)}

    @property
    def worlds(self) -> int:
        """Worlds to run, over both processes."""
        return 2 * sum(points * (1 if stage == "given" else self.lucks) for stage, points in self.stages.items())

    def handover(self, names: tuple[str, ...], jobs: int = 1) -> Handover:
        """The question with some parameters, the rest drawn as usual."""
        return Handover(Trial(self.scenario, self.processes, self.issue, self.seed, self.lucks), self.metric, names, jobs=jobs)


def ask(  # noqa: PLR0913 - what a study of sensitivity is asked for
    scenario: Scenario,
    *,
    processes: Iterable[str] | None = None,
    metric: str = DEFAULT_METRIC,
    issue: str | None = None,
    method: str = "given",
    n: int | None = None,
    lucks: int = DEFAULT_LUCKS,
    parameters: Iterable[str] | int | None = None,
    seed: int = DEFAULT_SEED,
) -> Inquiry:
    """What is asked for, checked. Raises ScenarioError."""
    if method not in METHODS:
        raise refuse("method", f"unknown method {shown(method)}{hint(str(method), METHODS)}")
    chosen = _pair(scenario, processes)
    metric = choose_metric(scenario, metric, issue or "")
    check_alike(scenario, chosen, metric=metric, issue=issue or "")
    known = quantities(scenario)
    top = DEFAULT_TOP if parameters is None and method == "sobol" else None
    if parameters is not None and not isinstance(parameters, Iterable):
        top, parameters = whole("parameters", parameters, least=1, why=", or a list of names"), None
    names = choose_parameters(known, [parameters] if isinstance(parameters, str) else parameters)
    names = tuple(name for name in names if name not in (DUMMY, LUCK))
    n = whole("n", DEFAULT_N[method] if n is None else n, least=LEAST[method], most=MOST_RUNS, why=f" for method {method}")
    lucks, seed = whole("lucks", lucks, least=1, most=BLOCK), seed_of(seed)
    if method == "sobol" and n & (n - 1):
        raise refuse("n", f"got {n}, expected a power of two for method sobol, such as {1 << n.bit_length() - 1}")
    Trial(scenario, chosen, issue or "", seed, lucks)  # refuses what cannot be
    asked = Inquiry(scenario, chosen, metric, issue or "", method, n, lucks, names, top, seed)
    if asked.worlds > MOST_RUNS:
        raise refuse("n", f"comes to {asked.worlds:,} worlds, expected at most {MOST_RUNS:,}")
    salib("analyze")
    return asked


def _pair(scenario: Scenario, processes: Iterable[str] | None) -> tuple[str, str]:
    """The process that is compared to, and the one that is compared."""
    named = [processes] if isinstance(processes, str) else None if processes is None else names_of("processes", processes)
    named = list(scenario.file.processes) if named is None else named
    chosen = scenario.choose_processes(named)
    if len(named) != 2 or len(chosen) != 2:
        said = "none" if processes is None else ", ".join(named)
        of = f"; there are {', '.join(scenario.file.processes)}" if processes is None else ""
        raise refuse("processes", f"got {said}, expected two, of which the first is the one compared to{of}")
    return chosen[0], chosen[1]
