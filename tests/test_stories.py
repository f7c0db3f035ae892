"""A story in three forms that say the same, and which worlds are picked to be told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli
from sim.scenario import load
from sim.scenario.problems import ScenarioError
from sim.show.story import DISCLAIMER, Section, Told
from sim.study import picked

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["story", MINIMAL, *arguments], env={"COLUMNS": "100"})


def test_the_three_forms_say_the_same() -> None:
    told = {form: sim.story(load(MINIMAL), process="both", world=3, seed=5, form=form) for form in ("text", "markdown", "json")}
    data = json.loads(told["json"])
    sentences = [data["title"], data["what"], *(part for one in data["sections"] for part in (one["heading"], *one["said"])), data["note"]]
    assert " ".join(" ".join(sentences).split()) == " ".join(told["text"].split())
    plain = re.sub(r"^(#+|-) |^\*|\*$", "", told["markdown"], flags=re.MULTILINE).replace("\\", "")
    assert plain.split() == told["text"].split()


def test_markdown_takes_no_word_for_a_mark() -> None:
    told = Told("A *star* & <b>", "what", [Section("# of_it", ["[a](b) `c`"])]).markdown()
    assert told == f"# A \\*star\\* \\& \\<b\\>\n\nwhat\n\n## \\# of\\_it\n\n- \\[a\\](b) \\`c\\`\n\n*{DISCLAIMER}*\n"


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(ScenarioError, match="did you mean markdown"):
        sim.story(load(MINIMAL), form="markdow")


def test_the_typical_world_ends_as_most_do_and_the_surprising_one_as_fewest() -> None:
    result = sim.compare(load(MINIMAL), worlds=200, seed=5, processes=["direct_talks"])
    rows = result.outcomes("direct_talks").set_index("world")
    ends = list(zip(rows["stage"].astype(str), rows["reason"].astype(str), strict=True))
    ways = list(zip(ends, rows["package"].astype(str), strict=True))
    most = picked.typical(result, "direct_talks")
    assert most.alike == max(map(ends.count, set(ends)))
    assert ends.index(ends[most.world]) == most.world
    assert most.ended == ", ".join(ends[most.world])
    week = next((week for week in ("ratified_week", "agreed_week") if rows[week].notna().any()), "world_in_all")
    agreed = rows[week].notna().to_numpy() if week in rows else np.ones(len(rows), bool)
    least = picked.surprising(result, "direct_talks")
    assert agreed[least.world] == agreed.any()
    own = [way for way, is_one in zip(ways, agreed, strict=True) if is_one] if agreed.any() else ways
    assert least.alike == min(map(own.count, set(own))) == own.count(ways[least.world])


def test_the_command_picks_and_says_why() -> None:
    done = call("--process", "both", "--typical", "--seed", "5")
    assert done.exit_code == 0, done.output
    found = re.match(r"world (\d+) ends as most do: .*; so do [\d,]+ of 2,000\n", done.stderr)
    assert found
    assert done.stdout == sim.story(load(MINIMAL), process="both", world=int(found[1]), seed=5, width=100)


def test_the_same_world_is_told_in_two_processes() -> None:
    both = [sim.story(load(MINIMAL), process=name, world=3, width=100) for name in ("direct_talks", "both")]
    assert call("--process", "direct_talks", "--world", "3", "--against", "both").stdout == "\n".join(both)
    told = json.loads(call("--process", "direct_talks", "--world", "3", "--against", "both", "--form", "json").stdout)
    assert [one["what"].split(".")[0] for one in told] == [load(MINIMAL).file.processes[name].label or name for name in ("direct_talks", "both")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--world", "3", "--typical"), "expected one of them"),
        (("--typical", "--surprising"), "expected one of them"),
        (("--against", "nobody"), "unknown process"),
        (("--form", "html"), "html"),
    ],
)
def test_what_cannot_be_told_is_said(arguments: tuple[str, ...], words: str) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
