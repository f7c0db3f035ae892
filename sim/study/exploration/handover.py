"""The model handed over to SALib and to the EMA Workbench, in their own words.

SALib takes a ``problem`` and what ``model(X)`` returns::

    import sim
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    scenario = sim.load("tests/minimal.yaml")
    asked = ["parties.north.grievance", "behaviour.occasion_rate", "dummy"]
    handed = sim.handover(scenario, processes=("direct_talks", "both"), metric="weeks_in_force", parameters=asked)
    X = sample.sample(handed.problem, 16, calc_second_order=False, seed=1)
    found = analyze.analyze(handed.problem, handed.model(X), calc_second_order=False, seed=1)
    print(found.to_df())

The EMA Workbench takes a function, uncertainties, levers and outcomes::

    import sim
    from ema_workbench import Model, perform_experiments

    scenario = sim.load("tests/minimal.yaml")
    choices = {"formats.go_between.monitoring": (0.0, 1.0), "formats.go_between.visibility": ["secret", "discreet"]}
    handed = sim.handover(scenario, processes=("direct_talks", "both"), levers=choices)
    model = Model("gobetween", function=handed.function)
    model.uncertainties, model.levers, model.outcomes = handed.uncertainties, handed.levers, handed.outcomes
    experiments, outcomes = perform_experiments(model, scenarios=3, policies=2)
    print(outcomes["agreed_difference"])

Neither library is imported before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import numpy as np

from sim.model.draws import BLOCK
from sim.model.layout import Array
from sim.scenario.arguments import jobs_of, names_of, seed_of, whole
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.alike import check_alike
from sim.study.compare import DEFAULT_SEED
from sim.study.exploration.given import DUMMY, LUCK, Trial, metrics, quantities, ranges
from sim.study.sweeps.design import Axis, Span, make_axes

DEFAULT_METRIC = "agreed"
DEFAULT_LUCKS = 40

EDGE = 1e-9
"""How far beyond a range, as a share of it, rounding may put a point."""


@dataclass(frozen=True)
class Handover:
    """A question to the model: parameters, one process or the difference between two, an outcome.

    ``names`` are the columns of ``X``; ``choices`` the levers, path to range or values.
    """

    trial: Trial
    metric: str
    names: tuple[str, ...]
    choices: Mapping[str, Axis] = field(default_factory=dict)
    jobs: int = 1

    # ------------------------------------------------------------ SALib

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's problem: ``num_vars``, ``names`` and ``bounds``, in the units in which quantities are drawn."""
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": self._bounds.tolist()}

    def model(self, X: Any) -> Array:  # noqa: N803 - as SALib writes it
        """The outcome at each point, ``(points,)``: its mean over the lucks, of ``process - base`` where there are two.

        ``X`` is ``(points, parameters)`` in the order of ``names``. Raises ScenarioError where it is not.
        """
        found = self.trial.run(self.names, self._checked(X), jobs=self.jobs)
        return self.of(found)

    def of(self, found: Any) -> Array:
        """The outcome from the table of a trial, ``(points,)``."""
        first, *second = (found[process, self.metric].to_numpy() for process in self.trial.processes)
        return np.asarray(second[0] - first if second else first)

    @property
    def _bounds(self) -> Array:
        return ranges(self.trial.scenario, self.names)

    def _checked(self, given: Any, of: str = "X") -> Array:
        """Points as numbers within their ranges; ``of`` is what they were given as."""
        wanted = f"expected (points, {len(self.names)}): a column for each of the problem's names"
        try:
            x = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise refuse(of, f"got what is not a table of numbers, {wanted}") from None
        if x.ndim != 2 or x.shape[1] != len(self.names) or not len(x):
            raise refuse(of, f"got the shape {x.shape}, {wanted}")
        low, high = self._bounds.T
        edge = EDGE * (high - low)
        for row, column in np.argwhere(~((x >= low - edge) & (x <= high + edge)))[:1]:  # NaN is neither
            where = f"row {row}: " if len(x) > 1 else ""
            said = f"{where}got {x[row, column]:g}, expected {low[column]:g} to {high[column]:g}"
            raise refuse(of, said, key=(self.names[column],))
        return np.clip(x, low, high)

    # ------------------------------------------------------------ EMA Workbench

    def function(self, **values: Any) -> dict[str, float]:
        """One experiment: uncertainties and levers by name, in; outcomes by name, out.

        A name is a path, or a path whose dots are double underscores. What is not named stays as the scenario
        states it. Outcomes are all metrics of the (second) process, and ``..._difference`` to the first.
        """
        paths = {identifier(path): path for path in (*self.names, *self.choices)}
        given = {paths.get(name, name): value for name, value in values.items()}
        for name in given:
            if name not in paths.values():
                raise refuse("function", f"unknown parameter {name}{hint(name, paths.values())}")
        names = tuple(name for name in self.names if name in given)
        x = replace(self, names=names)._checked([[given[name] for name in names]], "function")
        changes = {path: value for path, value in given.items() if path in self.choices}
        trial = replace(self.trial, scenario=self.trial.scenario.with_(changes)) if changes else self.trial
        found = trial.run(names, x).iloc[0]
        outcomes = {}
        for metric in metrics(trial.scenario, trial.issue):
            outcomes[metric] = float(found[trial.processes[-1], metric])
            if len(trial.processes) > 1:
                outcomes[f"{metric}_difference"] = outcomes[metric] - float(found[trial.processes[0], metric])
        return outcomes

    @property
    def uncertainties(self) -> list[Any]:
        """The parameters as the workbench's, without dummy and luck."""
        ema = _library("ema_workbench", "ema_workbench")
        spans = zip(self.names, self._bounds, strict=True)
        return [ema.RealParameter(identifier(n), float(a), float(b)) for n, (a, b) in spans if n not in (DUMMY, LUCK)]

    @property
    def levers(self) -> list[Any]:
        """What a process is free to choose, as the workbench's parameters."""
        ema = _library("ema_workbench", "ema_workbench")
        found = []
        for path, axis in self.choices.items():
            name = identifier(path)
            if not isinstance(axis, Span):
                found.append(ema.CategoricalParameter(name, list(axis)))
            else:
                found.append((ema.IntegerParameter if axis.whole else ema.RealParameter)(name, axis.low, axis.high))
        return found

    @property
    def outcomes(self) -> list[Any]:
        """What ``function`` returns, as the workbench's outcomes."""
        ema = _library("ema_workbench", "ema_workbench")
        kinds = ("", "_difference") if len(self.trial.processes) > 1 else ("",)
        return [ema.ScalarOutcome(m + kind) for m in metrics(self.trial.scenario, self.trial.issue) for kind in kinds]


def handover(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    *,
    processes: Iterable[str],
    metric: str = DEFAULT_METRIC,
    issue: str | None = None,
    parameters: Iterable[str] | None = None,
    levers: Mapping[str, Any] | None = None,
    rest: str = "stated",
    lucks: int = DEFAULT_LUCKS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
) -> Handover:
    """What SALib and the EMA Workbench are to ask of a scenario.

    ``processes`` names one process, or two for the difference of the second to the first; ``parameters`` the
    uncertain quantities (all of them by default), and "dummy" or "luck" if wanted; what is not among them is
    held as ``stated``, or ``drawn`` as usual (``rest``). Each point is run in ``lucks`` worlds. ``levers`` are
    written as in a sweep: path to a tuple of low and high, or to a list of values. Raises ScenarioError.
    """
    if rest not in ("stated", "drawn"):
        raise refuse("rest", f"got {shown(rest)}, expected stated or drawn")
    scenario, jobs, seed = scenario_of(scenario), jobs_of(jobs), seed_of(seed)
    choices = make_axes(scenario, levers) if levers else {}
    named = (processes,) if isinstance(processes, str) else tuple(names_of("processes", processes))
    chosen = tuple(scenario.choose_processes(named))
    if not 1 <= len(chosen) <= 2 or len(chosen) < len(named):
        raise refuse("processes", f"got {', '.join(named) or 'none'}, expected one process, or two different ones")
    pinned = scenario.with_({p: a.low if isinstance(a, Span) else a[0] for p, a in choices.items()}) if choices else scenario
    known = quantities(pinned)
    if isinstance(parameters, str):
        parameters = [parameters]
    names = choose_parameters(known, parameters)
    check_alike(scenario, chosen, metric=metric, issue=issue or "")
    trial = Trial(scenario, chosen, issue or "", seed, whole("lucks", lucks, least=1, most=BLOCK), hold=rest == "stated")
    return Handover(trial, choose_metric(scenario, metric, issue or ""), names, choices, jobs)


def choose_parameters(known: Mapping[str, Any], asked: Iterable[str] | None) -> tuple[str, ...]:
    """All uncertain quantities, or those asked for. Raises ScenarioError for one that is none, or comes twice."""
    names = tuple(known) if asked is None else tuple(asked)
    if not names:
        raise refuse("parameters", "nothing is uncertain here; expected at least one parameter")
    for place, name in enumerate(names):
        if not isinstance(name, str) or (name not in known and name not in (DUMMY, LUCK)):
            raise refuse("parameters", f"no uncertain quantity {shown(name)}{hint(str(name), known)}")
        if name in names[:place]:
            raise refuse("parameters", "named twice, expected once", key=(name,))
    return names


def choose_metric(scenario: Scenario, metric: str, issue: str) -> str:
    """A metric that has a value in every world. Raises ScenarioError for any other, and for an unknown issue."""
    if issue and issue not in scenario.file.issues:
        raise refuse("issue", f"unknown issue {shown(issue)}{hint(issue, scenario.file.issues)}")
    known = metrics(scenario, issue)
    if metric == "weeks_to_agreement" and not issue:
        raise refuse("metric", f"{metric} has no value in worlds without an agreement; expected one of {', '.join(known)}")
    if metric not in known:
        raise refuse("metric", f"unknown metric {shown(metric)}{hint(str(metric), known)}")
    return metric


def identifier(path: str) -> str:
    """A path as a name that Python takes for a keyword: ``parties__north__grievance``."""
    return path.replace(".", "__")


def _library(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise refuse(package, f"is not installed; pip install {package}") from None


def salib(module: str) -> Any:
    """A module of SALib. Raises ScenarioError where it is not installed."""
    try:
        return import_module(f"SALib.{module}")
    except ImportError:
        raise refuse("SALib", "is not installed; pip install 'gobetween[sensitivity]'") from None
