"""The notebook of sim/docs: its cells run in order and show what is stored. ``python tests/test_notebook.py`` writes it anew."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from test_tutorials import begin

NOTEBOOK = Path(__file__).parent.parent / "sim" / "docs" / "notebook.ipynb"
MOST_BYTES = 400_000


def outputs(source: str, names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a cell shows: what it prints, and its last value as HTML, picture or text."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None
    if said.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": said.getvalue().splitlines(keepends=True)}
    if value is not None:
        yield {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": shown(value)}


def shown(value: Any) -> dict[str, Any]:
    """A value in the forms that a notebook keeps."""
    if isinstance(value, Figure):
        file = io.BytesIO()
        value.savefig(file, format="png", dpi=60, metadata={"Software": None})
        return {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "a figure"}
    html = value._repr_html_() if hasattr(value, "_repr_html_") else None
    return {"text/plain": str(value).splitlines(keepends=True)} | ({"text/html": html.splitlines(keepends=True)} if html else {})


def cells(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every cell of code, and what it shows now."""
    names: dict[str, Any] = {"__name__": "notebook"}
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), 1):
        found = list(outputs("".join(cell["source"]), names))
        for output in found:
            if "execution_count" in output:
                output["execution_count"] = number
        cell["execution_count"] = number
        yield cell, found


def test_the_notebook_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begin(tmp_path)
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    kinds = set()
    for cell, found in cells(json.loads(text)):
        assert len(found) == len(cell["outputs"])
        for now, stored in zip(found, cell["outputs"], strict=True):
            for one in (now, stored):
                kinds |= set(one.get("data", {"stream": ""}))
                one.get("data", {}).pop("image/png", None)  # drawn alike, not byte for byte, with other versions of fonts
            assert now == stored
    assert kinds >= {"stream", "text/html", "image/png"}


def refresh() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        begin(Path(folder))
        for cell, found in cells(notebook):
            cell["outputs"] = found
        os.chdir("/")
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
