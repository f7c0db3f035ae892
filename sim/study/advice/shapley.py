"""Shares of a difference: the Shapley value of each player over all coalitions, computed with whole numbers.

A coalition is a bit mask: bit i is set where player i has changed. Source: Shapley (1953), "A value for n-person games": the
mean over all orders in which the players may change of what a player adds as it does. Values may be numbers, fractions or arrays
(a game per world); the value is linear, so the mean of the worlds' values is the value of the mean game.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial
from typing import Any


def shapley(values: Sequence[Any], players: int) -> list[Any]:
    """What each player has of ``values[-1] - values[0]``; ``values`` are those of the ``2 ** players`` coalitions by mask.

    Sums are taken over whole multiples of the values before the one division, so that of whole numbers and fractions they are
    exact, and turning the game round turns every sign exactly. Raises ValueError for another number of values.
    """
    if len(values) != 1 << players:
        raise ValueError(f"got {len(values)} values, expected {1 << players} for {players} players")
    orders = [factorial(size) * factorial(players - size - 1) for size in range(players)]
    found = []
    for player in range(players):
        bit = 1 << player
        without = [mask for mask in range(1 << players) if not mask & bit]
        found.append(sum(orders[mask.bit_count()] * (values[mask | bit] - values[mask]) for mask in without) / factorial(players))
    return found
