"""Reports in a browser: nothing is fetched, nothing scrolls sideways, nothing that axe finds, ink that stands out on either ground.

Needs Chromium (``CHROMIUM`` names it where it is not on the path) and the extra ``browser``; fails without them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.show.report.made import write_report

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
SCREENS = [(1280, "light"), (390, "dark")]

CONTRAST = """
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = colour => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  const contrast = colour => (Math.max(light(colour), ground) + 0.05) / (Math.min(light(colour), ground) + 0.05);
"""
"""Contrast of a colour on the ground of the page, by the formula of WCAG 2."""

INKS = f"""() => {{ {CONTRAST}
  const free = [...document.querySelectorAll("svg text")].filter(text => /currentColor|var/.test(text.getAttribute("style")));
  return free.map(text => [text.textContent, contrast(getComputedStyle(text).fill)]);
}}"""

HUES = f"""() => {{ {CONTRAST}
  const probe = document.body.appendChild(document.createElement("i"));
  return ["ink", "grey", "mark", "other", "orange", "sky", "green", "yellow", "blue", "vermillion", "purple", "cross"].map(name => {{
    probe.style.color = `var(--${{name}})`;
    return [name, contrast(getComputedStyle(probe).color)];
  }});
}}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, and of labels that are hard to lay out."""
    folder = tmp_path_factory.mktemp("pages")
    kursk, minimal = sim.load(ROOT / "scenarios/kursk-2024.yaml"), sim.load(ROOT / "tests/minimal.yaml")
    hard = minimal.with_({"processes.both.label": "x" * 10_000, "issues.ferry.label": "<b>\u05e9\u05dc\u05d5\u05dd</b>"})
    sim.compare(kursk, worlds=300, seed=2024).save(folder / "comparison", charts=False)
    sim.compare(hard, worlds=100, seed=3).save(folder / "hard", charts=False)
    sim.sweep(minimal, {"formats.go_between.monitoring": [0.0, 0.5, 1.0]}, worlds=60, seed=3, out=folder / "sweep")
    episodes = [ROOT / f"scenarios/history/{name}.yaml" for name in ("grain_2022_04", "prisoners_2022_06")]
    sim.hindcast(episodes, worlds=30, seed=1).save(folder / "hindcast", charts=False)
    found = {name: write_report(folder / name) for name in ("comparison", "hard", "sweep", "hindcast")}
    return found | {"calibration": write_report(ROOT / "results/calibration", folder / "calibration.html")}


@pytest.mark.parametrize("kind", ["comparison", "hard", "sweep", "hindcast", "calibration"])
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_page_reads_on_any_screen(browser: Any, pages: dict[str, Path], kind: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(pages[kind].as_uri())
    for opened in (False, True):
        if opened:
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert [url for url in asked if not url.startswith("data:")] == [pages[kind].as_uri()]
    assert said == []
    inks = page.evaluate(INKS)
    assert len(inks) > 20
    assert [(words, contrast) for words, contrast in inks if contrast < 4.5] == []
    assert [(name, contrast) for name, contrast in page.evaluate(HUES) if contrast < 3] == []
    page.close()


def test_page_prints_what_is_read_at_once(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 1000})  # about what the margins leave of A4
    page.goto(pages["comparison"].as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.details > details')].every(one => getComputedStyle(one).display === 'none')"
    )
    tables = "[...document.querySelectorAll('section:not(.details) > details')].map(one => one.lastElementChild.getClientRects().length)"
    heights = page.evaluate(tables)
    assert len(heights) > 5
    assert min(heights) > 0  # folds of the first part are open on paper
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
