"""A chart of matplotlib as SVG that stands in a page: its text is text, and its colours follow the page's light or dark.

Colours of the charts' palette become variables of the page's style sheet, which has a value of each for either ground
with at least three to one of contrast. What stands on a shade of another colour keeps its own.
"""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.show.charts import style

PALETTE = {
    "#000000": "currentColor", style.INK: "currentColor", style.GREY: "var(--grey)", style.PALE: "var(--pale)",
    "#ffffff": "var(--ground)", "#c9c9c9": "var(--line)", "#f4f8fb": "var(--tint)", "#bdbdbd": "var(--other)",
    "#9a9a9a": "var(--other)", "#a8a8a8": "var(--other)", "#8c8c8c": "var(--other)", "#6a1b54": "var(--cross)",
    style.ORANGE: "var(--orange)", style.SKY: "var(--sky)", style.GREEN: "var(--green)", style.YELLOW: "var(--yellow)",
    style.BLUE: "var(--blue)", style.VERMILLION: "var(--vermillion)", style.PURPLE: "var(--purple)",
}  # fmt: skip
"""Colour of a chart to what it is in a page."""

_VARIABLE = {colour.lower(): variable for colour, variable in PALETTE.items()}
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
ON_SHADE = "on-shade"
DROPPED = ("metadata", "style")


def inline(figure: Figure, name: str, labelled_by: str) -> Markup:
    """A figure as an ``svg`` element. Its ids begin with ``name``; the element ``labelled_by`` says what it shows."""
    _mark_shaded(figure)
    written = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    root = ElementTree.fromstring(written.getvalue())
    _clean(root, name, shaded=False)
    box = root.get("viewBox", "")
    root.attrib.clear()
    root.attrib |= {"viewBox": box, "role": "img", "aria-labelledby": labelled_by}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _mark_shaded(figure: Figure) -> None:
    """Mark texts that stand on a shade of their own, which is the same on either ground."""
    renderer: Any = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    for axes in figure.axes:
        shades = [patch.get_window_extent(renderer) for patch in axes.patches if _is_shade(patch)]
        for text in axes.texts if shades else ():
            box = text.get_window_extent(renderer)
            x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
            if any(shade.contains(x, y) for shade in shades):
                text.set_gid(ON_SHADE)


def _is_shade(patch: Patch) -> bool:
    red, green, blue, opacity = to_rgba(patch.get_facecolor())
    return bool(patch.get_visible() and opacity > 0.5 and to_hex((red, green, blue)) not in _VARIABLE)


def _clean(node: ElementTree.Element, name: str, *, shaded: bool) -> None:
    """Take away name spaces, notes and needless ids below ``node``, name the others after the chart, map the colours."""
    node.tag = _local(node.tag)
    shaded = shaded or node.get("id") == ON_SHADE
    found: dict[str, str] = {}
    for key, value in node.attrib.items():
        local = _local(key)
        if local == "id":
            found |= {} if node.tag == "g" else {local: f"{name}-{value}"}
        elif local == "href" and value.startswith("#"):
            found[local] = f"#{name}-{value[1:]}"
        else:
            own = shaded and node.tag == "text"
            mapped = value if own else _COLOUR.sub(lambda match: _VARIABLE.get(match[0].lower(), match[0]), value)
            mapped = mapped.replace("font-family: 'DejaVu Sans'; ", "")
            found[local] = _REFERENCE.sub(lambda match: f"url(#{name}-{match[1]})", " ".join(mapped.split()))
    node.attrib.clear()
    node.attrib |= found
    node.tail = None
    if node.tag != "text":
        node.text = None
    for child in list(node):
        if _local(child.tag) in DROPPED:
            node.remove(child)
        else:
            _clean(child, name, shaded=shaded)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
