"""Episodes whose end is known: a folder anybody could have written, what is read from it, said of it and scored."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from test_charts import clashes
from typer.testing import CliRunner, Result

import sim
from sim.cli import app as cli
from sim.scenario import Scenario, ScenarioError
from sim.show.hindcast import show
from sim.show.verdicts import conclusions
from sim.study.history import fates as f
from sim.study.history import scoring
from sim.study.history.episodes import Episode, read_episodes
from sim.study.history.hindcast import Hindcast, chance, collect

HERE = Path(__file__).parent
WORLDS = 60

EPISODES: dict[str, tuple[str, str]] = {
    "ferry-1999": ("both", "{cluster: ferries, phase: before, came: true, issues: {ferry: true}, fate: ended, days: 200, score: [agreed, in_force]}"),
    "ferry-2004": (
        "both",
        "{cluster: ferries, phase: before, came: true, issues: {ferry: true, border: false}, fate: running, days: 45, score: [agreed, in_force]}",
    ),
    "pier-2012": ("both", "{cluster: pier, phase: since, issues: {ferry: false}, score: [agreed_if_came]}"),
    "pier-2013": ("both", "{cluster: pier, phase: since, came: true, issues: {ferry: true}, fate: completed, score: [agreed, in_force]}"),
    "summit": ("direct_talks", "{cluster: summit, phase: before, came: false, issues: {border: false}, score: [agreed]}"),
    "unscored": ("direct_talks", "{cluster: summit, phase: before, issues: {border: false}}"),
}


def write(folder: Path, name: str, *, process: str, observed: str, more: str = "") -> Path:
    """An episode that says only what differs from the shared file."""
    other = {"both": "direct_talks", "direct_talks": "both"}[process]
    text = f"extends: shared/base.yaml\ntitle: {name}\nweeks: 80\nprocesses: {{{other}: null}}\nobserved: {observed}\n{more}"
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{name}.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six episodes, a file that is none, and what they share."""
    made = tmp_path_factory.mktemp("history")
    (made / "shared").mkdir()
    shutil.copy(HERE / "minimal.yaml", made / "shared" / "base.yaml")
    shutil.copy(HERE / "minimal-claims.yaml", made / "shared")
    for name, (process, observed) in EPISODES.items():
        write(made, name, process=process, observed=observed)
    (made / "parts.yaml").write_text("title: no scenario by itself\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def found(folder: Path) -> Hindcast:
    return sim.hindcast(folder, worlds=WORLDS)


def row(frame: pd.DataFrame, **keys: Any) -> Any:
    """The one row with these values."""
    for column, value in keys.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


# ---------------------------------------------------------------- worlds


@pytest.fixture(scope="module")
def asked() -> Scenario:
    return sim.load(HERE / "minimal.yaml")


def told(asked: Scenario, **changes: Any) -> Scenario:
    block = {"cluster": "a", "phase": "p", "issues": {"ferry": True, "border": False}, "fate": "ended", "days": 9} | changes
    file = asked.file.model_copy(update={"weeks": 80, "observed": type(asked.file).model_fields["observed"].annotation.__args__[0](**block)})
    return replace(asked, file=file)


def worlds(table: str, *rows: tuple[float, float, float, str, str]) -> pd.DataFrame:
    """Worlds of a table: week they came, week in force, week it ended, how, and the issues moved; NaN: never."""
    weeks = pd.DataFrame([r[:3] for r in rows], columns=["came_week", "ratified_week", "ended_week"]).astype("Int32")
    moved = {
        f"moved_{issue}": pd.array([issue in r[4] if issue in ("ferry", table) or table == "direct" else None for r in rows], dtype="boolean")
        for issue in ("ferry", "border")
    }
    first = pd.Categorical([r[3] for r in rows])
    return pd.DataFrame({"table": table, "world": range(len(rows)), "first_end": first, **weeks, **moved})


NEVER = float("nan")


def test_a_world_is_read_by_the_same_questions_as_a_case(asked: Scenario) -> None:
    rows = worlds(
        "direct",
        (3, 5, 9, "walked", "ferry"),  # in force for four weeks: ended by day 30
        (3, 25, 31, "carried out", "ferry border"),  # carried out: never ended
        (3, 26, NEVER, "", "ferry"),  # a week too late
        (25, NEVER, NEVER, "", "ferry"),  # agreed and not ratified
        (26, NEVER, NEVER, "", ""),  # came too late
        (0, 20, 71, "walked", "border"),  # on the other issue; 51 weeks are 357 days
        (0, 0, NEVER, "", "ferry"),  # still in force at the end
    )
    read = f.fates(told(asked), rows)
    assert read.worlds == 7
    assert read.came.tolist() == [True, True, True, True, False, True, True]
    assert read.met["border"].tolist() == read.came.tolist()
    assert read.agreed["ferry"].tolist() == [True, True, False, False, False, False, True]
    assert read.agreed["border"].tolist() == [False, True, False, False, False, True, False]
    assert read.in_force.tolist() == [True, True, False, False, False, True, True]
    assert read.ended[30].tolist() == [True] + [False] * 6
    assert read.ended[90].tolist() == [True] + [False] * 6
    assert read.ended[360].tolist() == [True, False, False, False, False, True, False]
    assert read.followed[360].tolist() == [True, True, False, False, False, False, True]  # the sixth settles another issue


def test_worlds_that_are_not_run_long_enough_say_nothing_of_later_days(asked: Scenario) -> None:
    rows = worlds("direct", (0, 24, 30, "walked", "ferry"), (0, 25, NEVER, "", "ferry"))
    scenario = told(asked)
    short = replace(scenario, file=scenario.file.model_copy(update={"weeks": 37}))
    read = f.fates(short, rows)
    assert read.followed == {30: pytest.approx([True, True]), 90: pytest.approx([True, False]), 360: pytest.approx([False, False])}


def test_of_several_tables_the_first_agreement_on_what_was_agreed_counts(asked: Scenario) -> None:
    rows = pd.concat(
        [
            worlds("ferry_table", (9, 10, 11, "walked", "ferry"), (NEVER, NEVER, NEVER, "", "")),
            worlds("direct", (3, 5, NEVER, "", "border"), (2, 4, 6, "walked", "border")),
        ]
    )
    read = f.fates(told(asked), rows)
    assert read.met["border"].tolist() == [True, True]
    assert read.agreed == {"ferry": pytest.approx([True, False]), "border": pytest.approx([True, True])}
    assert read.ended[30].tolist() == [False, True]  # both tables have the ferry on their agenda: the first to enter into force
    only_ferry = f.fates(told(asked, issues={"ferry": True}), rows[rows["table"] == "ferry_table"])
    assert only_ferry.ended[30].tolist() == [True, False]
    joined = f.Fates.joined([read, read])
    assert joined.worlds == 4
    assert joined.agreed["border"].tolist() == [True] * 4


def test_chance_is_smoothed_and_bounded() -> None:
    hits, where = np.array([True, True, False, False]), np.array([True, True, True, False])
    said, bounds = chance(hits, where)
    assert said == pytest.approx(2.5 / 4)
    assert bounds.low < 2 / 3 < bounds.high
    assert chance(hits, np.zeros(4, bool))[0] == 0.5


# ---------------------------------------------------------------- a folder


def test_rows_say_what_happened_and_what_the_model_gave_it(found: Hindcast) -> None:
    rows = found.rows
    assert list(rows["episode"]) == ["ferry-1999", "ferry-2004", "ferry-2004", "pier-2012", "pier-2013", "summit", "unscored"]
    one = row(rows, episode="ferry-1999")
    hits = one.probability * (WORLDS + 1) - 0.5
    assert hits == pytest.approx(round(hits))
    assert one.low <= hits / WORLDS <= one.high
    assert one.given == one.probability
    assert (one.group, one.scored, one.came_observed) == ("humanitarian", "agreed", "yes")
    border = row(rows, episode="ferry-2004", issue="border")
    assert border.given == pytest.approx(1 - border.probability)
    late = row(rows, episode="pier-2012")
    assert (late.scored, late.pooled, late.came_observed) == ("agreed_if_came", True, "")
    assert late.worlds == round(late.came * WORLDS)
    assert row(rows, episode="unscored").flag == "not scored"


def test_what_came_of_talks_that_were_not_led_is_refused_with_its_line(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "history")
    kept = "{cluster: c, phase: before, came: false, issues: {border: false}, score: [agreed, agreed_if_came]}"
    file = write(tmp_path / "history", "summit", process="direct_talks", observed=kept)
    line = 1 + file.read_text(encoding="utf-8").splitlines().index(f"observed: {kept}")
    with pytest.raises(sim.ScenarioError) as caught:
        sim.load(file)
    said = "observed.score.1: got agreed_if_came where came is false; expected agreed, or came: true"
    assert f"summit.yaml:{line}: {said}" in str(caught.value)


def test_where_no_world_came_one_half_is_said_and_flagged(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "shared", tmp_path / "shared")
    asked = "{cluster: c, phase: before, issues: {border: false}, score: [agreed_if_came]}"
    write(tmp_path, "unknown", process="direct_talks", observed=asked, more="behaviour: {threshold: 40.0}\n")
    only = row(sim.hindcast(tmp_path, worlds=20).rows, episode="unknown")
    assert only.probability == 0.5
    assert only.flag == "few worlds came"


def test_a_record_that_stops_is_known_until_then(found: Hindcast) -> None:
    life = found.life[found.life["episode"] == "ferry-2004"]
    assert list(life["days"]) == [30, 90, 360]
    assert life["observed"].isna().tolist() == [False, True, True]
    assert life["weight"].tolist() == [1, 0, 0]
    # ferry-1999 counts for it afterwards; the one completed on an unknown day counts once.
    assert found.life[found.life["episode"] == "ferry-1999"]["weight"].tolist() == [1, 2, 2]
    assert found.life[found.life["episode"] == "pier-2013"]["observed"].tolist() == [False] * 3
    assert found.life[found.life["episode"] == "ferry-1999"]["observed"].tolist() == [False, False, True]


def test_scores_are_those_of_the_rows(found: Hindcast) -> None:
    pooled = found.rows[found.rows["pooled"]]
    assert list(pooled["issue"]) == ["ferry", "ferry", "border", "ferry", "ferry", "border"]
    said, happened = pooled["probability"].to_numpy(float), pooled["observed"].to_numpy(bool)
    brier = row(found.scores, measure="brier", outcome="agreed", rule="model")
    assert brier.value == pytest.approx(np.mean((said - happened) ** 2))
    assert (brier.rows, brier.clusters) == (6, 3)
    half = row(found.scores, measure="log", outcome="agreed", rule="half")
    assert half.value == pytest.approx(math.log(2))
    log = row(found.scores, measure="log", outcome="agreed", rule="model")
    assert half.difference == pytest.approx(log.value - half.value)
    # Of the summit, where a side was absent, the three-group rule says the least that the model can say.
    group = row(found.scores, measure="brier", outcome="agreed", rule="group")
    # ferries: pier's two in another phase, none in its own (1.5/3); the border: no other at which both came (2.5/4).
    losses = [(1 - 1.5 / 3) ** 2] * 2 + [(1.5 / 4) ** 2] + [(2.5 / 3) ** 2, (1 - 2.5 / 3) ** 2] + [(0.5 / (WORLDS + 1)) ** 2]
    assert group.value == pytest.approx(np.mean(losses))
    late = row(found.scores, measure="brier", outcome="ended_360", rule="overall")
    # ferry-1999 (weight 2) sees pier; pier sees ferry-1999 twice.
    assert late.value == pytest.approx((2 * (1 - 0.5 / 2) ** 2 + (2.5 / 3) ** 2) / 3)
    assert set(found.scores["outcome"]) == {"agreed", "agreed_outright", "agreed_if_came", "ended_30", "ended_90", "ended_360"}


def verdict_of(probability: float) -> Any:
    """A model that says one thing of what happened in each of ten affairs, beside one half."""
    told = scoring.Cases(
        np.ones(10, bool), np.arange(10).astype(str), np.full(10, "p"), np.full(10, "g"), [frozenset("i")] * 10, np.zeros(10, bool), np.ones(10)
    )
    from sim.study.history.hindcast import score

    frame = pd.DataFrame(score(np.full(10, probability), told, least=0.01))
    return row(frame, measure="brier", rule="half").verdict


def test_won_lost_or_undecided() -> None:
    assert [verdict_of(p) for p in (0.6, 0.5, 0.4)] == ["won", "undecided", "lost"]


# ---------------------------------------------------------------- the same again


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.verification
def test_the_same_bytes_for_any_number_of_jobs(folder: Path, tmp_path: Path, found: Hindcast) -> None:
    again = sim.hindcast([folder], worlds=WORLDS, jobs=2)
    again.save(tmp_path / "two", charts=False)
    found.save(tmp_path / "one", charts=False)
    found.save(tmp_path / "one", charts=False)  # its own folder may be written again
    assert files(tmp_path / "one") == files(tmp_path / "two")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert sorted([*manifest["files"], "manifest.json"]) == sorted(files(tmp_path / "one"))
    assert set(manifest["episodes"]) == set(EPISODES)
    assert pd.read_csv(tmp_path / "one" / "rows.csv")["issue"].tolist() == found.rows["issue"].tolist()


def test_somebody_elses_folder_is_left_alone(tmp_path: Path, found: Hindcast) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(sim.study.saving.RunFolderError, match="not of an earlier run"):
        found.save(tmp_path, charts=False)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_charts_are_the_same_and_nothing_overlaps(tmp_path: Path, found: Hindcast) -> None:
    long = "A truce of several go-betweens on everything that anyone has ever put on the table, twice"
    first = found.episodes[0]
    wordy = replace(first.scenario, file=first.scenario.file.model_copy(update={"title": long}))
    shown = replace(found, episodes=[Episode(first.name, wordy, first.observed), *found.episodes[1:]])
    figures = shown.plot(tmp_path / "a")
    assert {name: clashes(figure) for name, figure in figures.items()} == {"calibration": [], "episodes": []}
    shown.plot(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert sorted(files(tmp_path / "b")) == ["calibration.png", "calibration.svg", "episodes.png", "episodes.svg"]


# ---------------------------------------------------------------- words


def test_on_screen_in_words(found: Hindcast) -> None:
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        show(found, console)
        text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    for words in ("ferry-1999", "The border", "not agreed, once met", "running, day 45", "three-group rule", "passed over", "3 affairs"):
        assert words.lower() in text.lower()
    assert "…" not in text


def test_weaknesses_come_first(found: Hindcast) -> None:
    scores = found.scores.copy()
    scores.loc[(scores["outcome"] == "agreed") & (scores["rule"] == "half"), "verdict"] = "won"
    scores.loc[(scores["outcome"] == "agreed") & (scores["rule"] == "issue") & (scores["measure"] == "log"), "verdict"] = "lost"
    said = conclusions(replace(found, scores=scores))[0]
    assert said.startswith("Agreed on the issue (6 rows, 3 affairs): the model loses to the rate of the issue (Log ")
    assert said.index("loses to") < said.index("cannot be told apart from") < said.index("beats one half (Brier")


def test_nothing_scored_is_said(folder: Path, found: Hindcast) -> None:
    number = [e.name for e in found.episodes].index("unscored")
    bare = Episode("unscored", found.episodes[number].scenario, found.episodes[number].observed)
    none = np.zeros(3, bool)
    empty = f.Fates(none, {"border": none}, {"border": none}, {"border": none}, none, dict.fromkeys(f.DAYS, none), dict.fromkeys(f.DAYS, none))
    alone = collect([bare], [empty], seed=1)
    assert conclusions(alone) == ["Nothing is scored: no observed block names what its row is scored on."]
    show(alone, Console(width=80, quiet=True))
    assert [clashes(figure) for figure in alone.plot().values()] == [[], []]


# ---------------------------------------------------------------- the door


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(cli.app, ["hindcast", *(str(arg) for arg in args)], env={"COLUMNS": "100"})


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert len(result.stderr.splitlines()) == 1
    for word in words:
        assert word in result.stderr


def test_the_verb(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hindcast, "plot", lambda self, directory=None: {})
    done = call(folder / "ferry-1999.yaml", folder / "pier-2012.yaml", "--worlds", "5", "--out", tmp_path / "o", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert [r["episode"] for r in document["rows"]] == ["ferry-1999", "pier-2012"]
    assert document["scores"][0]["difference"] is None
    assert (tmp_path / "o" / "scores.csv").exists()


def test_what_cannot_be_hindcast_is_said_in_a_line(folder: Path, tmp_path: Path) -> None:
    refused(call(folder / "fery-1999.yaml"), "no such file or folder", "did you mean ferry-1999.yaml?")
    refused(call(tmp_path), "no scenario files")
    refused(call(HERE / "minimal.yaml"), "expected a scenario file with an observed block")
    refused(call(folder, "--worlds", "0"), "--worlds: got 0")
    shutil.copytree(folder / "shared", tmp_path / "shared")
    block = EPISODES["pier-2012"][1]
    bad = write(tmp_path, "two", process="both", observed=block)
    bad.write_text(bad.read_text().replace("processes: {direct_talks: null}\n", ""))
    refused(call(bad), "processes: got 2 (direct_talks, both), expected one")
    bad.write_text(bad.read_text().replace("weeks: 80", "weeks: 25\nprocesses: {both: null}"))
    refused(call(bad), "two.yaml:3: weeks: got 25, expected at least the 26")
    bad.write_text(bad.read_text().replace("ferry: false", "fery: false"))
    refused(call(tmp_path), "unknown issue", "did you mean ferry?")


def test_what_is_no_episode_is_passed_over_and_said(folder: Path, found: Hindcast) -> None:
    assert found.notes == [f"passed over {folder}/parts.yaml: it says nothing under observed"]
    with pytest.raises(ScenarioError, match="observed block"):
        read_episodes([])
    with pytest.raises(ValueError, match="worlds: got 0"):
        sim.hindcast(folder, worlds=0)


def test_an_episode_named_twice_counts_once_and_namesakes_are_told_apart(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "shared", tmp_path / "shared")
    here = folder / "pier-2012.yaml"
    other = Path(shutil.copy(here, tmp_path))
    episodes, _ = read_episodes([here, here, other])
    assert [e.name for e in episodes] == [str(here), str(other)]


# ---------------------------------------------------------------- coming that is given, and renewals


def test_sides_that_came_in_fact_are_put_at_the_table_and_worlds_count_to_which_they_come_by_themselves(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "shared", tmp_path / "shared")
    met = "{cluster: pier, phase: since, came: true, issues: {ferry: false}, score: [agreed_if_came]}"
    for name, threshold in (("ready", 0.4), ("loath", 1.5), ("never", 40.0)):
        write(tmp_path, name, process="both", observed=met, more=f"behaviour: {{threshold: {threshold}}}\n")
    rows = sim.hindcast(tmp_path, worlds=WORLDS).rows
    ready, loath, never = (row(rows, episode=name) for name in ("ready", "loath", "never"))
    assert ready.worlds == round(ready.came * WORLDS) > 0.8 * WORLDS
    assert loath.worlds == round(loath.came * WORLDS) < ready.worlds
    assert (never.came, never.flag) == (0, "nobody came by itself")
    assert never.worlds > 0.9 * WORLDS, "put there all the same"


def test_of_an_agreement_in_force_at_the_start_it_is_asked_whether_it_was_renewed(asked: Scenario) -> None:
    rows = worlds("direct", *[(3, 0, 9, "walked", "ferry")] * 4).assign(renewals=[0, 1, 2, 0], repairs=[0, 0, 1, 1])
    table = asked.file.tables["direct"]
    for accused, expected in ((None, [False, True, True, False]), ("north", [False, False, True, True])):
        block = type(table).model_fields["in_force"].annotation.__args__[0](text={"ferry": "weekly"}, accused=accused)
        scenario = told(asked)
        tables = scenario.file.tables | {"direct": table.model_copy(update={"in_force": block})}
        found = f.fates(replace(scenario, file=scenario.file.model_copy(update={"tables": tables})), rows)
        assert found.agreed["ferry"].tolist() == expected
