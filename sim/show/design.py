"""What a search for proposals found, on screen: what to propose, how it differs from what is known, how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.show import boxes
from sim.show.levers import estimate, figure, figure_words, lever_words, value_of
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.wording import path_words
from sim.show.written import Figure, names, percent, points, share

if TYPE_CHECKING:
    from sim.study.advice.design import Designs

MOST_ASSUMPTIONS = 3
"""Assumptions that are named as worth knowing."""


def show(found: Designs, console: Console) -> None:
    """Print what leads and why, the proposals beside the known formats, and what the figures are."""
    print_text(console, found.scenario.file.title, style="bold")
    for sentence in sentences(found):
        print_text(console, sentence, first="• ", hang=2)
    console.print()
    for table in (_table(found), _robustness(found)):
        print_table(console, table)
        console.print()
    for line in conditions(found):
        print_text(console, line, hang=2)
    for line in notes(found):
        print_text(console, line, style="dim")


def labels(found: Designs) -> dict[str, str]:
    """What each row is called: ``Proposal 1``, or the label of the table of a known format."""
    known = names(found.scenario, "tables")
    order = {name: f"Proposal {number}" for number, name in enumerate(found.proposals, 1)}
    return {name: order.get(name) or known[name] for name in found.table["proposal"]}


def sentences(found: Designs) -> list[str]:
    """What was found, made from the figures and nothing else."""
    called, rows = labels(found), _rows(found)
    issues = names(found.scenario, "issues")
    about = ", ".join(issues[issue] for issue in found.space.issues)
    made = found.manifest
    looked = f"{made['looked_at']:,} of {made['space']:,} proposals were looked at"
    if made["whole"]:
        looked = f"All proposals that the limits leave were looked at, {made['looked_at']:,} with the known formats"
    said = [
        f"Asked: what to propose for {about}. {looked}; the figures are of {made['worlds']:,} worlds that had no part in that.",
        _leads(found, called, rows),
    ]
    said += [proposal_words(found, name) for name in found.proposals]
    said += list(_alike(found, called, rows))
    said += [
        f"{called[name]}, as it is known, keeps {figure_words(rows[name], 'kept')}: more than {percent(rows[name]['above'])}% of "
        "the proposals drawn at random."
        for name in called if name not in found.proposals and rows[name]["above"] == rows[name]["above"]
    ]  # fmt: skip
    return [*said, *_missed(found, rows), _hangs_on(found), _worth_knowing(found)]


def _leads(found: Designs, called: dict[str, str], rows: dict[str, Any]) -> str:
    """What to propose: what holds where the assumptions are worst for it, and what is best on average where that is another."""
    worst = found.robustness.set_index("proposal")["regret_worst_tenth"]
    lead = found.leading
    first = max(found.proposals, key=lambda name: rows[name]["kept"])
    many = len(lead) > 1
    points_ = " and ".join(percent(worst[name]) for name in lead)
    hold = f"least behind the best in the worst tenth of what may be assumed ({points_} points)"
    who = f"{' and '.join(called[name] for name in lead)} {'lead as equals: they fall' if many else 'leads: it falls'}"
    if first in lead:
        return f"{who} {hold}."
    return f"{who} {hold}. {called[first]} keeps most on average, but falls behind by {percent(worst[first])}."


def proposal_words(found: Designs, name: str) -> str:
    """A proposal: what it is best at, and what it changes from the nearest known format."""
    called, row = labels(found), _rows(found)[name]
    known = names(found.scenario, "tables")[row["nearest"]]
    changes = "; ".join(change_words(found, lever, *values) for lever, values in json.loads(row["changes"]).items())
    gain = f"{figure_words(row, 'kept_difference')} points kept, {figure_words(row, 'harm_difference')} points harm"
    return f"{called[name]} ({row['wanted']}, by the search): as {known}, but {changes or 'nothing else'}. That changes {gain}."


def change_words(found: Designs, lever: str, there: Any, here: Any) -> str:
    """``sponsor: none in place of Zelenskyy formula``."""
    return f"{lever_words(found.scenario, lever)}: {_value(found, lever, here)} in place of {_value(found, lever, there)}"


def _value(found: Designs, lever: str, value: Any) -> str:
    if lever != "agenda":
        return value_of(found.scenario, lever, value)
    tables = [", ".join(value_of(found.scenario, lever, issue) for issue in issues) for issues in value["tables"]]
    return (", then ".join(tables) if value["in_turn"] else "; beside it ".join(tables)) if len(tables) > 1 else tables[0]


def _alike(found: Designs, called: dict[str, str], rows: dict[str, Any]) -> Iterator[str]:
    """Which cannot be told apart in what they keep, and which are beaten."""
    for name in found.proposals:
        equals = [called[other] for other in rows[name]["equals"].split()]
        if equals:
            yield f"{called[name]} cannot be told in what is kept from {', '.join(equals)}."
    for name in found.proposals:
        if better := [called[other] for other in rows[name]["beaten_by"].split()]:
            how = "clearly better in something and in nothing worse"
            yield f"{called[name]} is beaten on new worlds by {', '.join(better)}: {how}."


def _missed(found: Designs, rows: dict[str, Any]) -> Iterator[str]:
    """How far the search flattered what it found, and what it may have missed."""
    told, first = found.manifest, next(iter(found.proposals))
    yield (
        f"As the search saw it, {labels(found)[first]} kept {percent(rows[first]['search_kept'])}%; on worlds that had no part "
        f"in it, {percent(rows[first]['kept'])}%."
    )
    dropped = (
        f"of {told['audited']} dropped ones run once more, {percent(told['audited_better'])}% kept clearly more "
        f"(at most {percent(told['audited_better_high'])}% of all, 95%)"
    )
    if told["whole"]:
        yield f"Every proposal that the limits leave was looked at{f'; {dropped}' if told['audited'] else ''}."
    elif not told["drawn"]:
        yield f"Not every proposal was looked at, and none drawn at random: how good others may be is not known; {dropped}."
    else:
        yield (
            f"Not every proposal was looked at. One of the best {100 * told['top']:.2g}% was with a chance of 95% among the "
            f"{told['drawn']:,} drawn at random; {dropped}."
        )


def _worth_knowing(found: Designs) -> str:
    clear = found.information[found.information["clear"]].head(MOST_ASSUMPTIONS)
    if clear.empty:
        return "To choose between these, no single assumption is clearly worth knowing first."
    worth = [
        f"{path_words(row['assumption'], found.scenario.file)} ({percent(row['value'], sign=True)} points kept)"
        for row in clear.to_dict("records")
    ]
    return f"Worth knowing first to choose between these: {'; '.join(worth)}."


def _hangs_on(found: Designs) -> str:
    """The weakest assumptions of the one that leads."""
    lead = labels(found)[found.leading[0]]
    clear = found.information[found.information["swing_clear"]].sort_values("swing", key=abs, ascending=False, kind="stable")
    if clear.empty:
        return f"On no single assumption does {lead} clearly hang."
    swings = [
        f"{path_words(row['assumption'], found.scenario.file)} ({percent(row['swing'], sign=True)} points kept)"
        for row in clear.head(MOST_ASSUMPTIONS).to_dict("records")
    ]
    return f"{lead} hangs most on, from the lowest fifth of its values to the highest: {'; '.join(swings)}."


SURPLUS = "surplus_"


def _table(found: Designs) -> Table:
    parties, called = names(found.scenario, "parties"), labels(found)
    sides = [f"{SURPLUS}{side}" for side in found.scenario.disputants]
    heads = [Figures(f"surplus of {parties[side.removeprefix(SURPLUS)]}") for side in sides]
    table = Table(
        "Proposals and known formats",
        [Words("proposal"), Figures("kept, %"), Figures("agreed, %"), Figures("worse than none, %"), *heads, Figures("effort")],
    )
    for kind, wanted in (("Proposed", True), ("Known formats", False)):
        table.heading(kind)
        for row in found.table.to_dict("records"):
            if (row["proposal"] in found.proposals) == wanted:
                shares = [estimate(share(name, ""), row, name) for name in ("kept", "agreed", "harm")]
                surplus = [estimate(Figure(name, "", points), row, name) for name in sides]
                table.row(called[row["proposal"]], *shares, *surplus, f"{row['effort']:g}", indent=2)
    return table


def _robustness(found: Designs) -> Table:
    called = labels(found)
    table = Table(
        "If the assumptions are others",
        [Words("proposal"), *map(Figures, ("kept, %", "in its worst tenth", "regret, points", "regret in its worst tenth"))],
    )
    for row in found.robustness.to_dict("records"):
        cells = (figure(row, name) if "regret" in name else estimate(share(name, ""), row, name) for name in ROBUST)
        table.row(called[row["proposal"]], *((cell[0], cell[1]) for cell in cells))
    return table


ROBUST = ("kept", "worst_tenth", "regret", "regret_worst_tenth")


def conditions(found: Designs) -> Iterator[str]:
    """Where the first is behind its strongest rival."""
    if found.conditions is None:
        yield "Where it stops being best is not looked for: that needs pip install 'gobetween[discovery]'."
        return
    called = labels(found)
    named = replace(found.conditions, ahead=called[found.conditions.ahead], behind=called[found.conditions.behind])
    for line in boxes.told(named, found.scenario.file):
        yield line.replace(" worlds", " world-views")
    yield ""


def _rows(found: Designs) -> dict[str, Any]:
    return {row["proposal"]: row for row in found.table.to_dict("records")}


def notes(found: Designs) -> list[str]:
    """What the figures are, and what they are not."""
    asked = found.manifest
    return [
        f"{asked['worlds']:,} worlds, seed {asked['seed']}, the same for every proposal. Kept: in force at the end; shares of "
        "the issues asked about. [ ] 95% Monte-Carlo interval; ( ) what the assumptions leave open, (?) where it does not rise "
        "above the noise. Surplus: average utility per week in hundredths. Effort of third parties: one for each mediator and "
        "side deal, and the capacity of monitoring.",
        "If the assumptions are others: every view is one draw of all of them; the best of these proposals is picked in half of "
        "its luck and told in the other. Regret: how much less is kept than under the best. [ ] over views.",
        "Saved, they are in proposals.yaml, of which gobetween compare gives the same shares. What a proposal may do to what is "
        "not in the scenario nobody knows: advice to look at, and no forecast.",
    ]
