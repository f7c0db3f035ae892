"""Random numbers by counter: known answers, what they depend on, and that streams are independent."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sim.model import draws as module
from sim.model.chance import philox, uniform
from sim.model.draws import BLOCK, Chosen, Draws, one_world, owner_of, parameters_of, spans
from sim.model.records import World
from sim.scenario import load

ALL_ONES = 0xFFFFFFFF
TESTS = Path(__file__).parent

KNOWN = [
    # The known answers of the authors' own library for seven rounds: counter, key, words.
    ((0, 0, 0, 0), (0, 0), (0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48)),
    ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x5207DDC2, 0x45165E59, 0x4D8EE751, 0x8C52F662)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
        (0x4DFCCABA, 0x190A87F0, 0xC47362BA, 0xB6B5242A),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]) -> None:
    assert philox(*counter, *key) == words


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers_in_arrays(counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]) -> None:
    found = philox(*(np.array([c], np.uint64) for c in counter), *key)  # type: ignore[arg-type]
    assert tuple(int(word[0]) for word in found) == words


def a_world(*, number: int = 0, week: int = 0, branch: int = 0, seed: int = 0) -> World:
    w = World()
    w.number, w.week, w.branch, w.seed_low, w.seed_high = number, week, branch, seed & ALL_ONES, seed >> 32
    return w


def test_a_number_depends_on_all_that_it_is_keyed_by_and_lies_between_nought_and_one() -> None:
    base = uniform(a_world(), 7, 3, 0)
    others = [
        uniform(a_world(number=1), 7, 3, 0), uniform(a_world(week=1), 7, 3, 0), uniform(a_world(branch=1), 7, 3, 0),
        uniform(a_world(seed=1), 7, 3, 0), uniform(a_world(seed=1 << 32), 7, 3, 0), uniform(a_world(), 8, 3, 0),
        uniform(a_world(), 7, 4, 0), uniform(a_world(), 7, 3, 1), uniform(a_world(), 7, 3, 2),
    ]  # fmt: skip
    assert len({base, *others}) == 10
    assert all(0 < u < 1 for u in (base, *others))
    assert uniform(a_world(), 7, 3, 0) == base


def test_streams_are_uniform_and_independent() -> None:
    names = [("table a", "x"), ("table a", "y"), ("table b", "x"), ("event c", "x")]
    drawn = np.array([Draws(5, 0, 20_000).uniform(*name) for name in names])
    # A mean of n uniform numbers has a standard error of 1 / sqrt(12 n), a correlation one of 1 / sqrt n.
    assert np.abs(drawn.mean(axis=1) - 0.5).max() < 4 / np.sqrt(12 * 20_000)
    counts = np.array([np.histogram(row, bins=20, range=(0, 1))[0] for row in drawn])
    assert ((counts - 1000) ** 2 / 1000).sum(axis=1).max() < 50  # 19 degrees of freedom: 0.9999 of cases lie below
    for a, b in combinations(range(len(names)), 2):
        assert abs(np.corrcoef(drawn[a], drawn[b])[0, 1]) < 4 / np.sqrt(20_000)
    for row in drawn:
        assert abs(np.corrcoef(row[:-1], row[1:])[0, 1]) < 4 / np.sqrt(20_000)


def test_the_first_worlds_of_a_run_are_those_of_a_shorter_one_and_blocks_go_on() -> None:
    whole = Draws(9, 0, BLOCK + 10).uniform("o", "s", 2)
    assert whole.shape == (2, BLOCK + 10)
    assert_array_equal(whole[:, :50], Draws(9, 0, 50).uniform("o", "s", 2))
    assert_array_equal(whole[:, BLOCK:], Draws(9, 1, 10).uniform("o", "s", 2))
    assert_array_equal(whole[:, [3, BLOCK + 1]], Chosen(9, 0, 2, np.array([3, BLOCK + 1])).uniform("o", "s", 2))
    assert_array_equal(whole[:, [7]], one_world(9, 7).uniform("o", "s", 2))
    assert spans(BLOCK + 10) == [(0, BLOCK), (1, 10)]


def test_compiled_and_uncompiled_draws_are_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = Draws(3, 2, 1000).uniform("parameters", "p")
    monkeypatch.setattr(module, "compiled", lambda *_: None)
    assert_array_equal(compiled, Draws(3, 2, 1000).uniform("parameters", "p"))
    assert_array_equal(compiled, Draws(3, 2, 1000).uniform("parameters", "p", 1)[0])


def test_parameters_are_those_of_the_worlds_that_were_chosen() -> None:
    scenario = load(TESTS / "minimal.yaml")
    some, others = (Chosen(3, 0, 2, np.array(which)) for which in ([0, 1], [4, 5]))
    assert some != others
    name = next(iter(parameters_of(scenario, some).drawn))
    every = parameters_of(scenario, Draws(3, 0, 6)).drawn[name]
    assert parameters_of(scenario, some).drawn[name].tolist() == every[:2].tolist()
    assert parameters_of(scenario, others).drawn[name].tolist() == every[4:].tolist()
    assert parameters_of(scenario, others) is parameters_of(scenario, others), "drawn once for all processes"


def test_owners_have_numbers_of_their_own() -> None:
    names = [("table", f"t{n}") for n in range(500)] + [("event", f"t{n}") for n in range(500)]
    assert len({owner_of(*name) for name in names}) == 1000
    assert all(0 <= owner_of(*name) <= ALL_ONES for name in names)
