"""How far NumPy is from a fused kernel: the same rules on the same numbers, compiled by numba, where that is installed.

Two parts of the engine. A week's arithmetic: readiness of both sides, what an agreement still brings them,
and the hazard of a violation, for a table without mediators and sponsor; per world 2 tanh, 5 exp and a power. A session
in turn with 10,000 packages, valued and bargained over to its end. A kernel goes through the worlds one by
one, holds everything in registers, and writes what the engine's rule gives; both are compared, number by number.

Left out by the first kernel: draws, branches by state, the records of what happened, and everything that
is not arithmetic. So its ratio is a bound on the rules, not on a run.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sessions
from figures import SCENARIO, Figure, Sizes, cpu

import sim
from sim.model import keeping, readiness, transitions
from sim.model.acceptance import gain_left
from sim.model.draws import Draws, logistic
from sim.model.reasons import State
from sim.model.world import World

PROCESS = "direct_officials"
WORDS = (
    "motivation", "attraction", "confidence", "threshold", "grievance_weight", "exposure", "temperature", "denial_cover",
    "concession_cost", "front_value", "relief_value", "ratification_cost", "signing_cost", "win_set_cost", "mandate_gap",
    "leverage_half_life", "violation_grievance", "violation_gain", "deterrence", "infancy", "infancy_weeks", "violation_rate",
    "irrevocable",
)  # fmt: skip
SIDES = ("optimism", "grievance", "commitment", "trust", "front_optimism", "war_cost", "recognition", "audience_cost", "win_set")
LEVERS = ("visibility", "distance", "signed", "level", "contact_talks", "contact_signing", "monitoring", "other_comes")


def week(world: World) -> np.ndarray:
    """Chance to come, gain left and hazard by the engine's rules, ``(R, 2, 3)``."""
    (table,), rows = world.tables, np.arange(world.worlds)
    come = logistic(readiness.readiness(world, table, rows).total / world.behaviour.temperature)
    left = gain_left(world, table, rows)
    return np.stack([come, left.total, 1 - np.exp(-keeping.violation_rate(world, table, rows, left))], axis=2)


def _arrays(world: World) -> tuple[np.ndarray, ...]:
    """Behaviour and levers per world, feelings and worths per side, one array each, so that the kernel reads a row."""
    (table,), n = world.tables, world.worlds
    b = np.column_stack([getattr(world.behaviour, name)[:, 0] for name in WORDS])
    lever = np.column_stack([np.broadcast_to(getattr(table.levers, name), (n, 1))[:, 0] for name in LEVERS])
    side = np.stack([getattr(world.sides, name) for name in SIDES], axis=2)
    focal, agreement, values = table.focal_worth, table.agreement, table.values
    worth = (focal.secure, focal.trusted, focal.entrusted, focal.loss, focal.political, agreement.delivered, agreement.gains, agreement.loss)
    own = np.stack([*worth, agreement.leverage, values.front_weight, values.relief_weight], axis=2)
    one = np.column_stack([world.front, table.sensitivity[:, 0], agreement.age, agreement.frailty, table.pull_bonus])
    return b, lever, side, own, one, np.broadcast_to(table.levers.denied, (1, 2))[0], np.float64(table.levers.mandate)


def _week_kernel(arrays: Any, out: Any) -> None:
    b, lever, side, own, one, denied, mandate = arrays
    for r in range(b.shape[0]):
        (motivation, attraction, confidence, threshold, grieve, exposure, temperature, cover, concede, front_value, relief, ratify,
         signing, win, gap, half_life, v_grieve, v_gain, deter, infancy, infant, rate, irrevocable) = b[r]  # fmt: skip
        visibility, distance, signed, level, talks, contact, monitoring, other = lever[r]
        front, sensitivity, age, frailty, pull = one[r]
        faded, young = 2.0 ** (-age / half_life), 1 + infancy * math.exp(-age / infant)
        for s in range(2):
            optimism, grievance, commitment, trust, hope, war, recognition, audience, width = side[r, s]
            secure, trusted, entrusted, loss, political, delivered, gains, costs, leverage, f_weight, r_weight = own[r, s]
            seen = visibility * (1 - cover * denied[s])
            expected = min(max((front if s == 0 else -front) + hope, -1.0), 1.0)
            batna = front_value * f_weight * expected - relief * r_weight * min(war, 1.0)
            home = ratify * audience * seen + signing * distance * contact * recognition + win * (1 - width) + gap * (1 - mandate)
            keep = trust * signed
            value = secure + keep * trusted + (1 - keep) * (1 - irrevocable) * entrusted
            value -= loss + concede * audience * seen * political
            surplus = min(max(value - batna - sensitivity * home, -0.3), 0.5)
            ready = motivation * surplus + optimism + attraction * pull + confidence * (trust - 0.2) - threshold
            met = distance * other
            ready -= sensitivity * (met * talks * level * recognition + grieve * grievance + met * exposure * seen * audience)
            ready -= met * level * seen * commitment
            left = own[r, 1 - s, 5] * gains - delivered * costs + leverage * faded - batna
            hazard = rate * math.exp(frailty + v_grieve * sensitivity * grievance - v_gain * left) * (1 - deter * monitoring) * young
            out[r, s, 0] = 0.5 * (1.0 + math.tanh(0.5 * ready / temperature))
            out[r, s, 1], out[r, s, 2] = left, 1 - math.exp(-hazard)


def _session_kernel(gains: Any, exponent: Any, steps: int, found: Any) -> None:
    """All sessions: ``gains`` (R, 2, issues, options) as the engine weighs them; step and package into ``found`` (R, 2)."""
    options = gains.shape[3]
    count = options ** gains.shape[2]
    value, best = np.empty((2, count)), np.empty(2)
    for r in range(gains.shape[0]):
        for s in range(2):
            best[s] = 0.0
            for p in range(count):
                total, rest, size = 0.0, p, count // options
                for k in range(gains.shape[2]):
                    total += gains[r, s, k, rest // size]
                    rest %= size
                    size //= options
                value[s, p] = total
                best[s] = max(best[s], total)
        text, found[r, 0], found[r, 1] = -1, steps, -1
        for turn in range(2 * steps):
            step, s = turn // 2, turn % 2
            asked = best[s] * (1 - (min(1.0, (step + 1) / (steps + 1))) ** exponent[s]) - 1e-3
            asked = min(max(asked, 0.0), best[s])
            if text >= 0 and value[s, text] >= asked:
                found[r, 0], found[r, 1] = step, text
                break
            least = np.inf
            for p in range(count):
                if asked <= value[s, p] < least:
                    least, text = value[s, p], p


def measure(sizes: Sizes) -> list[Figure]:
    """How many times as fast the kernels are as the engine's rules."""
    try:
        from numba import njit
    except ImportError:
        return [Figure(f"a fused kernel over NumPy: {part}", "times", (), note="numba is not installed") for part in ("week", "session")]
    return [_week(sizes, njit(_week_kernel)), _session(sizes, njit(_session_kernel))]


def _week(sizes: Sizes, kernel: Any) -> Figure:
    world = World(sim.load(SCENARIO), PROCESS, Draws(1, 0, sizes.block))
    (table,), rows = world.tables, np.arange(world.worlds)
    table.state[:] = State.SIGNED
    table.agreement.package[:] = table.focal
    transitions.enter_into_force(world, table, rows)
    table.agreement.age[:] = rows % 78
    arrays, out = _arrays(world), np.empty((world.worlds, 2, 3))
    kernel(arrays, out)
    np.testing.assert_allclose(out, week(world), rtol=1e-9, atol=1e-12)
    times = 30 if sizes.repeats > 1 else 1
    ratios, engines, kernels = [], [], []
    for _ in range(sizes.repeats):
        ours, _ = cpu(lambda: [week(world) for _ in range(times)])
        fused, _ = cpu(lambda: [kernel(arrays, out) for _ in range(times)])
        ratios.append(ours / max(fused, 1e-9))
        engines.append(1e9 * ours / times / world.worlds)
        kernels.append(1e9 * fused / times / world.worlds)
    note = f"{np.median(engines):.0f} and {np.median(kernels):.0f} ns a world and week; without draws, branches and records"
    return Figure("a fused kernel over NumPy: a week's arithmetic", "times", tuple(ratios), note=note)


def _session(sizes: Sizes, kernel: Any) -> Figure:
    options, count = 10, sizes.sessions[1]
    told, exponent = sessions.scenario(options), np.array([e for _, e in sessions.SIDES])
    found, ratios, rates = np.empty((count, 2), np.int64), [], []
    kernel(np.zeros((1, 2, 1, 2)), exponent, 1, found)
    for _ in range(min(sizes.repeats, 3)):
        ours, held = cpu(lambda: sessions.bargain(told, count))
        gains = np.ascontiguousarray(held.world.tables[0].values.gains[..., 1:])
        fused, _ = cpu(lambda g=gains: kernel(g, exponent, sessions.STEPS, found))
        ratios.append(ours / max(fused, 1e-9))
        rates.append(count / max(fused, 1e-9))
    index = np.ravel_multi_index(tuple(np.maximum(held.package, 0).T), (options,) * sessions.ISSUES)
    assert np.array_equal(found[:, 0], held.step)
    assert np.array_equal(found[:, 1][held.step < sessions.STEPS], index[held.step < sessions.STEPS])
    note = f"{np.median(rates):,.0f} sessions a CPU second, valued and bargained over; the same agreements as the engine's"
    return Figure("a fused kernel over NumPy: sessions of 10 options", "times", tuple(ratios), note=note)
