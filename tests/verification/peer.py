"""What NegMAS makes of a domain: sessions of its aspiration negotiators, and the points of its scenario statistics.

NegMAS (AGPL) is called through its public interface and nothing of it is copied. As a script, with the folder
``tests`` on the path, this writes the stored table that the quick tests compare with::

    PYTHONPATH=tests python tests/verification/peer.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bargains import Bargaining, Domain, Package, Points, Utilities, draw, packages
from negmas import AspirationNegotiator, LinearAdditiveUtilityFunction, SAOMechanism, make_issue
from negmas.outcomes import make_os
from negmas.preferences import TableFun
from negmas.preferences.ops import calc_scenario_stats

TABLE = Path(__file__).resolve().parent.parent / "data" / "peer-agreements.json"
STORED = range(64)
"""Seeds of the stored domains."""


def _utilities(domain: Domain) -> tuple[Any, list[Any]]:
    space = make_os([make_issue(list(of), name) for name, of in zip(domain.issues, domain.options, strict=True)])
    found = []
    for side in domain.sides:
        tables = [TableFun(dict(zip(of, values, strict=True))) for of, values in zip(domain.options, side.values, strict=True)]
        weights = list(side.weights)
        found.append(
            LinearAdditiveUtilityFunction(values=tables, weights=weights, outcome_space=space, reserved_value=side.reservation)
        )
    return space, found


def _package(outcome: tuple[str, ...]) -> Package:
    return tuple(int(option[1:]) for option in outcome)


def hold(domain: Domain) -> Bargaining:
    """Stacked alternating offers: each side in turn answers the other's last text and, unless it accepts, proposes one."""
    space, utilities = _utilities(domain)
    mechanism = SAOMechanism(outcome_space=space, n_steps=domain.steps)
    for column, (side, utility) in enumerate(zip(domain.sides, utilities, strict=True)):
        name = str(column)
        mechanism.add(AspirationNegotiator(aspiration_type=side.concession, name=name, id=name), ufun=utility)
    state = mechanism.run()
    offers = tuple((step, int(who), _package(what)) for step, who, what in mechanism.extended_trace)
    if state.agreement is None:
        return Bargaining(offers, None, state.step)
    return Bargaining(offers, _package(state.agreement), state.step - 1)  # a step is counted once it is over


def points(domain: Domain) -> Points:
    """Frontier, Nash, Kalai and welfare points of the peer's statistics, over outcomes from both reservation values up."""
    _, utilities = _utilities(domain)
    outcomes = [tuple(f"o{n}" for n in package) for package in packages(domain)]
    kept = [o for o in outcomes if all(float(u(o)) >= side.reservation for u, side in zip(utilities, domain.sides, strict=True))]
    if not kept:
        return Points((), (), (), ())
    stats = calc_scenario_stats(tuple(utilities), outcomes=kept)

    def utility(found: Any) -> Utilities:
        return tuple(sorted({(float(a), float(b)) for a, b in found}))

    found = (stats.pareto_utils, stats.nash_utils, stats.kalai_utils, stats.max_welfare_utils)
    return Points(*map(utility, found))


# ---------------------------------------------------------------- the stored table


def entry(seed: int) -> dict[str, Any]:
    """What is stored of a domain: its session and its points."""
    session, found = hold(draw(seed)), points(draw(seed))
    return {
        "seed": seed,
        "offers": len(session.offers),
        "digest": session.digest,
        "agreement": session.agreement,
        "step": session.step,
        "frontier": found.frontier,
        "nash": found.nash,
        "kalai": found.kalai,
        "welfare": found.welfare,
    }


def main() -> None:
    """Write the stored table, a domain a line."""
    lines = [json.dumps(_rounded(entry(seed)), separators=(",", ":")) for seed in STORED]
    TABLE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    sys.stdout.write(f"{TABLE}: {len(lines)} domains\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(below) for below in value]
    return round(value, 12) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
