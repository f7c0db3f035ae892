"""Who talks to whom: the parties of each process, and how its tables bring them together."""

from __future__ import annotations

from math import pi, sin
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.show.charts.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SMALL,
    Grid,
    Heading,
    Words,
    columns_for,
    footnote,
    label,
    legend_height,
    page,
    wrap,
)

if TYPE_CHECKING:
    from sim.scenario.schema import Format
    from sim.study.compare import Result

DASHED, DOTTED = (0, (6, 2)), (0, (1, 1.6))

CONTACTS: dict[str, tuple[str, Any]] = {
    "face_to_face": ("sides face to face", "-"), "proximity": ("in one building, through others", DASHED),
    "remote": ("from afar", DOTTED),
}  # fmt: skip
"""How sides are joined that do not stay apart in talks; those that do are joined through their mediators alone."""

WIDTH, HEIGHT = 2.3, 1.7
"""Inches: a panel."""


def draw(result: Result) -> Figure:
    """A panel per process: sides and third parties, joined as its tables join them."""
    file = result.scenario.file
    keys: list[Any] = [Line2D([], [], color=BLUE, linewidth=2.2, linestyle=dash, label=said) for said, dash in CONTACTS.values()]
    keys.append(Line2D([], [], color=ORANGE, linewidth=1.8, label="mediators with a side"))
    keys.append(Line2D([], [], color=GREEN, linewidth=1.8, linestyle=DASHED, label="a side deal, and who delivers it"))
    headings = []
    for process in result.processes:
        tables = file.processes[process].tables
        sponsors = dict.fromkeys(file.formats[file.tables[name].format].sponsor for name in tables)
        whose = ", ".join(label(file.parties, name) for name in sponsors if name)
        note = f"{whose and f'Sponsor: {whose}. '}Tables: {'; '.join(label(file.tables, name) for name in tables)}"
        headings.append(Heading(label(file.processes, process), note))
    words = Words(
        "Who talks to whom",
        """The sides of the conflict below, third parties above; a line for each way in which a table of the process brings two
        of them together while they talk. A sponsor is whose initiative a table is seen to be. All of it is what the scenario
        says, and not found.""",
        footnote(result),
    )
    grid = Grid(columns_for(len(headings), 4), WIDTH, HEIGHT, left=0.1, right=0.1, bottom=0.15, legend=legend_height(keys, 2))
    sheet = page(words, grid, headings)
    for axes, process in zip(sheet.panels, result.processes, strict=True):
        _panel(axes, result, process)
    sheet.legend(keys, 2)
    return sheet.figure


def _panel(axes: Axes, result: Result, process: str) -> None:
    file = result.scenario.file
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.axis("off")
    forms = [file.formats[file.tables[name].format] for name in file.processes[process].tables]
    sides = result.scenario.disputants
    deals = dict.fromkeys((deal.controlled_by, deal.to) for form in forms for deal in form.side_deals)
    third = [name for name in result.scenario.mediators if any(name in form.mediators for form in forms)]
    third += [name for name in dict.fromkeys(name for name, _ in deals) if name not in {*third, *sides}]
    at = _places(sides, third)
    for first, second in sorted({(a, b) for n, a in enumerate(sides) for b in sides[n + 1 :]}):
        seated = (form for form in forms if _is_invited(form, first) and _is_invited(form, second))
        contacts = dict.fromkeys(form.contact.talks for form in seated if form.contact.talks in CONTACTS)
        for n, contact in enumerate(contacts):
            lift = 0.12 * (n - (len(contacts) - 1) / 2)
            ends = ([at[first][0], at[second][0]], [at[first][1] + lift, at[second][1] + lift])
            axes.plot(*ends, color=BLUE, linewidth=2.2, linestyle=CONTACTS[contact][1], zorder=2)
    for mediator in third:
        for side in sides:
            if any(mediator in form.mediators and _is_invited(form, side) for form in forms):
                axes.plot(*zip(at[mediator], at[side], strict=True), color=ORANGE, linewidth=1.8, zorder=2)
    for deliverer, side in deals:
        (start, top), (end, low) = at[deliverer], at[side]
        axes.plot([start + 0.07, end + 0.07], [top, low], color=GREEN, linewidth=1.8, linestyle=DASHED, zorder=2)
    for name, (x, y) in at.items():
        axes.plot([x], [y], marker="o", markersize=13, color=INK if name in sides else GREY, zorder=3)
        under = name in sides
        room = WIDTH / max(len(sides if under else third), 2) - 0.1
        said = wrap(label(file.parties, name), room, size=SMALL, lines=2)
        axes.text(x, y + (-0.17 if under else 0.15), said, ha="center", va="top" if under else "bottom", fontsize=SMALL)


def _is_invited(form: Format, side: str) -> bool:
    return side not in form.invited or form.invited[side].status != "not"


def _places(sides: list[str], third: list[str]) -> dict[str, tuple[float, float]]:
    """Sides in a row below, third parties on an arc above."""
    found = {name: (WIDTH * (n + 0.5) / len(sides), 0.5) for n, name in enumerate(sides)}
    for n, name in enumerate(third):
        across = (n + 0.5) / len(third)
        found[name] = (WIDTH * across, 0.95 + (HEIGHT - 1.45) * sin(pi * across))
    return found
