"""The same seed gives the same bytes: for any number of workers, for any number of worlds beyond, with other processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.model.draws import BLOCK, Draws, spans

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@pytest.fixture(scope="module")
def kursk() -> sim.Scenario:
    return sim.load(SCENARIOS / "kursk-2024.yaml")


def test_two_workers_give_the_bytes_of_one(kursk: sim.Scenario, tmp_path: Path) -> None:
    for jobs in (1, 2):
        result = sim.compare(kursk, worlds=60, jobs=jobs, processes=["black_sea_model", "return_of_people"])
        result.save(tmp_path / str(jobs), charts=False)
    for file in sorted((tmp_path / "1").iterdir()):
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes(), file.name


@pytest.mark.parametrize("process", ["return_of_people", "black_sea_model"])
def test_the_first_worlds_of_a_longer_run_are_those_of_a_shorter(kursk: sim.Scenario, process: str) -> None:
    long = sim.compare(kursk, worlds=400, processes=[process]).worlds
    short = sim.compare(kursk, worlds=100, processes=[process]).worlds
    same = long[long["world"] < 100].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, short, check_exact=True)


def test_a_second_block_goes_on_where_the_first_ended() -> None:
    scenario = sim.load(Path(__file__).parent / "minimal.yaml")
    long = sim.compare(scenario, worlds=BLOCK + 40, processes=["both"]).worlds
    short = sim.compare(scenario, worlds=BLOCK + 10, processes=["both"]).worlds
    same = long[long["world"] < BLOCK + 10].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, short, check_exact=True)


def test_another_process_changes_nothing(kursk: sim.Scenario) -> None:
    alone = sim.compare(kursk, worlds=200, processes=["black_sea_model"]).worlds
    beside = sim.compare(kursk, worlds=200, processes=["qatar_energy", "black_sea_model"]).worlds
    same = beside[beside["process"] == "black_sea_model"].reset_index(drop=True)
    pd.testing.assert_frame_equal(same[alone.columns], alone, check_exact=True)


def test_streams_differ_by_name_and_block_and_not_by_size() -> None:
    few, many = Draws(7, 0, 5), Draws(7, 0, 50)
    assert (few.uniform("a", "b", 3) == many.uniform("a", "b", 3)[..., :5]).all()
    assert (few.uniform("a", "b", 3) != few.uniform("a", "c", 3)).any()
    assert (few.uniform("a", "b", 3) != Draws(7, 1, 5).uniform("a", "b", 3)).any()
    assert (few.uniform("a", "b", 3) != Draws(8, 0, 5).uniform("a", "b", 3)).any()


def test_draws_go_on_in_the_next_block() -> None:
    both = Draws(7, 2, BLOCK + 9).uniform("table x", "come", 3)
    parts = [Draws(7, block, worlds).uniform("table x", "come", 3) for block, worlds in ((2, BLOCK), (3, 9))]
    np.testing.assert_array_equal(both, np.concatenate(parts, axis=-1))


def test_a_run_is_cut_into_blocks() -> None:
    assert spans(10) == [(0, 10)]
    assert spans(2 * BLOCK + 5) == [(0, BLOCK), (1, BLOCK), (2, 5)]
