"""Which process to propose for some issues: a search over formats and agendas, told on worlds that had no part in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import spans
from sim.model.layout import Array
from sim.scenario import archive
from sim.scenario.arguments import jobs_of, names_of, seed_of, whole, worlds_of
from sim.scenario.frozen import thawed
from sim.scenario.headline import agenda
from sim.scenario.problems import refuse
from sim.scenario.scenario import Scenario, scenario_of
from sim.scenario.schema import Limits
from sim.study.advice import robust
from sim.study.advice.figures import Drawn, drawn_in, figures
from sim.study.advice.parts import Parts
from sim.study.advice.proposals import name_of, parts_of_file
from sim.study.advice.race import AGREED, FIGURES, HARM, KEPT, Runner, worse_off
from sim.study.advice.search import RANDOM, WORLDS, Found, Looked, expected, search
from sim.study.advice.space import LEVERS, Proposal, Space, space_of
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress, manifest
from sim.study.exploration.discovery import Discovery
from sim.study.findings import Findings
from sim.study.outcomes import mean
from sim.study.saving import BOXES, INFORMATION, LIMITS, LOOKED_AT, PROPOSALS, PROPOSALS_FILE, ROBUSTNESS
from sim.study.sweeps.pieces import engine

PROPOSALS_LOOKED_AT = 5000
MOST_PROPOSALS = 100_000


@dataclass(frozen=True, repr=False)
class Designs(Findings):
    """Proposals for some issues, and how sure it is of them.

    ``table`` has a row per proposal that is put forward and per known format: what it is best at (``wanted``), the ``nearest``
    known format and its ``changes`` from it, as JSON: lever to the value there and here; ``effort`` of third parties (one for
    each mediator and side deal, and the capacity of monitoring); ``kept`` (in force at the end) and ``agreed`` as shares of the
    issues asked about, ``harm`` (worlds that end worse than without a process) and the ``surplus_`` of each side, each with
    both intervals, from worlds that had no part in the search; ``search_kept`` and its like as the search saw them; differences
    to the nearest known format; ``equals``, those whose share kept cannot be told from its own; ``beaten_by``, those that are
    clearly better in something and in nothing worse; and, of known formats, ``above``: the share of proposals drawn at random
    that kept less. ``looked_at`` has all that were looked at, ``robustness`` and ``information`` what they come to if the
    assumptions are others (``sim.study.advice.robust``); ``conditions`` where the first is behind its strongest rival, if the
    library for that is there.
    """

    kind = "design"

    scenario: Scenario
    space: Space
    proposals: dict[str, Proposal]
    table: pd.DataFrame
    looked_at: pd.DataFrame
    robustness: pd.DataFrame
    information: pd.DataFrame
    conditions: Discovery | None
    manifest: dict[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        found = {PROPOSALS: self.table, ROBUSTNESS: self.robustness, INFORMATION: self.information, LOOKED_AT: self.looked_at}
        boxes = {} if self.conditions is None else {BOXES: self.conditions.boxes, LIMITS: self.conditions.limits}
        return found | boxes

    def documents(self) -> dict[str, str]:
        """The proposals as a scenario file that extends the one that is saved with them."""
        return {PROPOSALS_FILE: archive.to_yaml(as_file(self.space, self.proposals))}

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario

    @property
    def leading(self) -> list[str]:
        """The proposals with the least regret in the worst tenth of world-views, equals together, but what another of them beats.

        The first is the one that keeps most.
        """
        own = self.robustness[self.robustness["proposal"].isin(list(self.proposals))]
        equal = own.loc[own["regret_worst_tenth_low"] <= own["regret_worst_tenth"].min(), "proposal"].tolist()
        rows = self.table.set_index("proposal")
        left = [name for name in equal if not set(str(rows.loc[name, "beaten_by"]).split()) & set(equal)] or equal
        return sorted(left, key=lambda name: -float(rows.loc[name, "kept"]))


def design(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    issues: Sequence[str] | str,
    *,
    levers: Sequence[str] | None = None,
    fixed: Mapping[str, Any] | None = None,
    never: Mapping[str, Any] | None = None,
    proposals: int = PROPOSALS_LOOKED_AT,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    parts: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Designs:
    """Search formats and agendas for some issues, and tell what the best would come to in ``worlds`` that the search never saw.

    ``levers`` are those that are searched, ``fixed`` has the one value of some, ``never`` values of some that are not wanted;
    they add to the ``design`` block of the scenario. ``proposals`` are looked at, or all where there are fewer. Finished parts
    are kept in the folder ``parts``, if one is named, from where the same search goes on. Raises ScenarioError for an issue, a
    lever or a value that there is not.
    """
    scenario, seed, jobs, worlds = scenario_of(scenario), seed_of(seed), jobs_of(jobs), worlds_of(worlds)
    count = whole("proposals", proposals, least=10, most=MOST_PROPOSALS)
    space = asked_space(scenario, issues, levers=levers, fixed=fixed, never=never)
    total = expected(space, min(count, space.size)) + (5 + len(space.known)) * (worlds + robust.VIEWS * robust.LUCKS)
    done = 0

    def told(now: int) -> None:
        nonlocal done
        done = min(done + now, total)
        if progress is not None:
            progress(done, total)

    study = Parts(f"{scenario.hash} {engine()}", None if parts is None else Path(parts))
    runner = Runner(space, seed, jobs, study, told)
    found = search(runner, count)
    chosen = {name_of(space, number): pick.proposal for number, pick in enumerate(found.picks)}
    every = chosen | {name: own for name, own in space.known.items() if own not in chosen.values()}
    views = robust.views_of(runner, list(every.values()))
    told_of = robust.robustness(views, list(every))
    values = np.concatenate([runner.run(list(every.values()), block, n) for block, n in spans(worlds)], axis=2)
    columns = drawn_in(scenario, seed, worlds)
    if progress is not None:
        progress(total, total)
    designs = Designs(
        scenario, space, chosen, _table(space, every, found, values, columns), _looked_at(space, found.looked), told_of,
        robust.information(views), None,
        manifest_of(space, proposals=count, worlds=worlds, seed=seed) | _said(space, found),
    )  # fmt: skip
    lead = designs.leading[0]
    hangs = designs.information.merge(robust.swings(views, list(every).index(lead)), on="assumption")
    where = robust.conditions(views, list(every), lead, seed)
    said = {"conditions": None if where is None else where.manifest}
    return replace(designs, information=hangs, conditions=where, manifest=designs.manifest | said)


def asked_space(
    scenario: Scenario,
    issues: Sequence[str] | str,
    *,
    levers: Sequence[str] | None = None,
    fixed: Mapping[str, Any] | None = None,
    never: Mapping[str, Any] | None = None,
) -> Space:
    """What may be proposed, by these limits and those of the scenario. Raises ScenarioError."""
    names = names_of("issues", [issues] if isinstance(issues, str) else issues)
    if not names:
        raise refuse("issues", f"got none; expected one of {', '.join(scenario.file.issues)}")
    own = scenario.file.design or Limits()
    excluded = thawed(own.never)
    for lever, values in (never or {}).items():
        excluded[lever] = [*excluded.get(lever, []), *(values if isinstance(values, list) else [values])]
    searched = own.levers if levers is None else names_of("levers", levers)
    limits = Limits(levers=searched, fixed=thawed(own.fixed) | dict(fixed or {}), never=excluded)
    space = space_of(scenario, names, limits)
    if space.size < 2:
        raise refuse("design", f"the limits leave one proposal; expected some choice in {', '.join(LEVERS)}")
    return space


def manifest_of(space: Space, *, proposals: int, worlds: int, seed: int) -> dict[str, Any]:
    """What is needed to make a search again."""
    left = {lever: [space.said[lever][at] for at in places] for lever, places in space.searched.items()}
    searched = {lever: values for lever, values in left.items() if len(values) > 1}
    settled = {lever: values[0] for lever, values in left.items() if len(values) == 1}
    return manifest(
        space.scenario, kind="design", seed=seed, worlds=worlds, issues=list(space.issues), proposals=proposals,
        searched=searched, settled=settled,
    )  # fmt: skip


def _said(space: Space, found: Found) -> dict[str, Any]:
    """What the search found out about itself."""
    count = found.looked.origin.count(RANDOM)
    return {
        "space": space.size, "looked_at": len(found.looked.proposals), "whole": found.whole,
        "drawn": count, "top": 0.0 if found.whole or not count else 1 - 0.05 ** (1 / count),
        "audited": found.audited, "audited_better": found.better.estimate, "audited_better_high": found.better.high,
    }  # fmt: skip


# ---------------------------------------------------------------- tables


def _table(space: Space, every: Mapping[str, Proposal], found: Found, values: Array, drawn: Drawn) -> pd.DataFrame:
    """A row per proposal; ``values`` are theirs in the worlds of the comparison, ``(proposals, figures, worlds)``."""
    picks = {pick.proposal: pick for pick in found.picks}
    names, sides = list(every), space.scenario.disputants
    looked = {proposal: at for at, proposal in enumerate(found.looked.proposals)}
    rows: list[dict[str, Any]] = []
    for name, proposal in every.items():
        near = space.nearest(proposal)
        here, there = space.written(proposal), space.written(space.known[near])
        changes = {lever: [there[lever], here[lever]] for lever in space.differing(space.known[near], proposal)}
        pick = picks.get(proposal)
        seen = found.looked.means[-1][looked[proposal]] if pick is None else pick.means
        rows.append({
            "proposal": name, "wanted": "" if pick is None else "; ".join(pick.wanted), "nearest": near,
            "changes": json.dumps(changes), "effort": space.effort(proposal),
            **{f"search_{figure}": float(seen[place]) for place, figure in enumerate(FIGURES)},
            "above": _above(found.looked, looked[proposal]) if pick is None else np.nan,
        })  # fmt: skip
    nearest = np.array([names.index(_row_of(every, space.known[row["nearest"]])) for row in rows])
    columns = {**dict.fromkeys(FIGURES), **{f"surplus_{side}": None for side in sides}}
    told = [figures(name, values[:, place], drawn, of_worlds=name == "harm") for place, name in enumerate(columns)]
    change = values - values[nearest]
    told += [figures(f"{name}_difference", change[:, place], drawn) for place, name in enumerate(FIGURES)]
    for parts in told:
        for row, part in zip(rows, parts, strict=True):
            row.update(part)
    for row, own in zip(rows, range(len(rows)), strict=True):
        others = [n for n in range(len(names)) if n != own]
        row["equals"] = " ".join(names[n] for n in others if not _apart(values[own, KEPT] - values[n, KEPT]))
        row["beaten_by"] = " ".join(names[n] for n in others if _beats(rows, values, n, own))
    return pd.DataFrame(rows)


def _row_of(every: Mapping[str, Proposal], proposal: Proposal) -> str:
    return next(name for name, own in every.items() if own == proposal)


def _apart(change: Array) -> bool:
    told = mean(change)
    return told.low > 0 or told.high < 0


def _beats(rows: list[dict[str, Any]], values: Array, first: int, second: int) -> bool:
    """Whether the first is clearly better in something and in nothing clearly worse, and takes no more of third parties."""
    if rows[first]["effort"] > rows[second]["effort"]:
        return False
    a, b = values[first], values[second]
    fairer = a[worse_off(a)] - b[worse_off(b)]
    changes = [mean(c) for c in (a[KEPT] - b[KEPT], a[AGREED] - b[AGREED], b[HARM] - a[HARM], fairer)]
    return any(change.low > 0 for change in changes) and all(change.high >= 0 for change in changes)


def _above(looked: Looked, at: int) -> float:
    """The share of proposals drawn at random that kept less in the first round."""
    kept = looked.means[0][:, KEPT]
    drawn: NDArray[np.bool_] = np.array([origin == RANDOM for origin in looked.origin])
    return float((kept[drawn] < kept[at]).mean()) if drawn.any() else float("nan")


def _looked_at(space: Space, looked: Looked) -> pd.DataFrame:
    """A row per proposal that was looked at: its levers as JSON, where it comes from, and its figures in every round."""
    written = [space.written(proposal) for proposal in looked.proposals]
    frame = pd.DataFrame({lever: [json.dumps(own[lever]) for own in written] for lever in space.values})
    frame.insert(0, "origin", looked.origin)
    for worlds, means in zip(WORLDS, looked.means, strict=True):
        for place, figure in enumerate((*FIGURES, *(f"surplus_{side}" for side in space.scenario.disputants))):
            frame[f"{figure}_{worlds}"] = means[:, place]
    return frame


# ---------------------------------------------------------------- as a file


def as_file(space: Space, proposals: Mapping[str, Proposal]) -> dict[str, Any]:
    """Proposals as a scenario file that extends the one they are made for, beside the processes on the same issues."""
    file = space.scenario.file
    other = [name for name in file.processes if not set(space.issues) <= set(agenda(file, name))]
    found: dict[str, Any] = {"extends": archive.SCENARIO, "processes": dict.fromkeys(other)}
    for number, (name, proposal) in enumerate(proposals.items(), 1):
        for section, own in parts_of_file(space, proposal, name, f"Proposal {number}").items():
            found[section] = found.get(section, {}) | own
        found["provenance"][f"formats.{name}"] = {"choice": True, "why": "found by a search for proposals"}
    return found



