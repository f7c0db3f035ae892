"""Golden transcripts: one world per format, byte for byte, as text that a diplomat could read.

A transcript is of the first process in its file with a table of the format, and of the first world among
40 in which the most kinds of things happen at such tables. ``pytest tests/test_golden.py --refresh-golden``
chooses and writes them anew; the quick tests tell the world that a transcript names.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.model.agents import Incident, World
from sim.model.codes import Kind
from sim.model.draws import BLOCK
from sim.model.reasons import WORDS, Reason
from sim.scenario import Scenario, ScenarioError, load
from sim.show.steps import SENTENCES
from sim.show.story import story
from sim.study.compare import DEFAULT_SEED, run_block

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
WORLDS = 40
SCENARIOS = ("kursk-2024", "black-sea-2022")
REFRESH = "if the change is meant: pytest tests/test_golden.py --refresh-golden"


@cache
def scenario(name: str) -> Scenario:
    return load(HERE.parent / "scenarios" / f"{name}.yaml")


def transcripts() -> dict[str, tuple[str, str, str]]:
    """File name: scenario, process, format."""
    found = {}
    for name in SCENARIOS:
        file = scenario(name).file
        for form in file.formats:
            processes = (p for p, process in file.processes.items() if any(file.tables[t].format == form for t in process.tables))
            process = next(processes, None)
            if process is not None:
                found[f"{name}-{form}.txt"] = (name, process, form)
    return found


TRANSCRIPTS = transcripts()


def incidents(name: str, process: str, number: int, seed: int = DEFAULT_SEED) -> list[Incident]:
    """What happens in a world."""
    return World(scenario(name), process, seed=seed, number=number).run().incidents


def world_in_which_most_happens(name: str, process: str, form: str) -> int:
    file = scenario(name).file
    own = [n for n, table in enumerate(file.processes[process].tables) if file.tables[table].format == form]

    def kinds(number: int) -> int:
        return len({i.kind for i in incidents(name, process, number) if i.table in own and i.kind in SENTENCES})

    return max(range(WORLDS), key=kinds)  # the first of the highest


def world_of(path: Path) -> int:
    found = re.search(r"World (\d+) of seed", path.read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("file", TRANSCRIPTS)
def test_a_world_reads_as_it_did(file: str, request: pytest.FixtureRequest) -> None:
    name, process, form = TRANSCRIPTS[file]
    path = GOLDEN / file
    if request.config.getoption("--refresh-golden"):
        chosen = story(scenario(name), process=process, world=world_in_which_most_happens(name, process, form))
        path.write_bytes(chosen.encode("utf-8"))
    assert path.is_file(), f"{path} is missing; --refresh-golden writes it"
    told = story(scenario(name), process=process, world=world_of(path))
    assert told == path.read_bytes().decode("utf-8"), REFRESH


@pytest.mark.verification
@pytest.mark.parametrize("file", TRANSCRIPTS)
def test_a_transcript_is_of_the_world_in_which_most_happens(file: str) -> None:
    assert world_of(GOLDEN / file) == world_in_which_most_happens(*TRANSCRIPTS[file]), REFRESH


def test_every_format_in_use_has_a_transcript_and_nothing_else_lies_there(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--refresh-golden"):
        for path in GOLDEN.iterdir():
            if path.name not in TRANSCRIPTS:
                path.unlink()
    assert {path.name for path in GOLDEN.iterdir()} == set(TRANSCRIPTS)


# ---------------------------------------------------------------- the story itself


def test_a_told_world_is_that_of_a_comparison() -> None:
    asked = scenario("black-sea-2022")
    rows = run_block(asked, "black_sea", DEFAULT_SEED, 0, 30).rows
    lively = int((rows["suspensions"] + rows["renewals"] + rows["sessions"] + rows["fell"]).argmax())
    row = rows.iloc[lively]
    told = " ".join(story(asked, process="black_sea", world=lively).split())
    assert f"{row['weeks_in_force']} of {asked.file.weeks} weeks in force or suspended" in told
    counts = {"In force, ": "agreements", "suspended the agreement": "suspensions", "Renewed for": "renewals"}
    counts |= {"talks began": "sessions", "repaired the suspension": "repairs", "The text fell": "fell"}
    for words, column in counts.items():
        assert told.count(words) == row[column], words


def test_an_agreement_that_runs_already_is_told_first() -> None:
    told = " ".join(story(load(HERE.parent / "scenarios" / "history" / "grain_2022_10.yaml"), world=3).split())
    assert "Already in force for 14 weeks, each side signing with Turkey and United Nations, 3 weeks left of its term" in told
    assert "suspended over a breach of which Ukraine is accused" in told


def test_worlds_of_a_later_block_are_told() -> None:
    asked = load(HERE / "minimal.yaml")
    told = story(asked, world=BLOCK)
    assert f"World {BLOCK} of seed {DEFAULT_SEED}" in told
    assert told != story(asked, world=0).replace("World 0", f"World {BLOCK}")


def test_everything_that_happens_is_told_or_left_out_on_purpose() -> None:
    told_otherwise = {Kind.AWAY, Kind.STAY_AWAY}  # with the occasion; and why says more than that there is no meeting
    assert set(Kind) - told_otherwise == set(SENTENCES)


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(ScenarioError, match="unknown process"):
        story(scenario("kursk-2024"), process="nobody")
    with pytest.raises(ValueError, match="at least 0"):
        story(scenario("kursk-2024"), world=-1)


def test_the_command_tells_the_same() -> None:
    minimal = str(HERE / "minimal.yaml")
    whole = story(load(minimal), world=3, seed=5)
    for columns, width in (("0", 80), ("40", 60), ("60", 60), ("80", 80), ("140", 100)):
        done = CliRunner().invoke(cli.app, ["story", minimal, "--world", "3", "--seed", "5"], env={"COLUMNS": columns})
        assert done.exit_code == 0, done.output
        assert done.stdout == story(load(minimal), world=3, seed=5, width=width)
        assert max(map(len, done.stdout.splitlines())) <= width
        assert done.stdout.split() == whole.split()


@pytest.mark.parametrize(("option", "value"), [("--world", "-1"), ("--seed", "-1"), ("--world", "x"), ("--process", "nobody")])
def test_the_command_refuses_wrong_input(option: str, value: str) -> None:
    done = CliRunner().invoke(cli.app, ["story", str(HERE / "minimal.yaml"), option, value])
    assert done.exit_code == 2
    assert not done.stdout
    assert "Traceback" not in done.output
