"""Speed, measured: ``python tests/benchmarks/run.py`` prints a table and, with --out, writes it as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "verification"), str(HERE.parents[1])]

import growth  # noqa: E402 - found only once the path is set
import sessions  # noqa: E402 - found only once the path is set
import worlds  # noqa: E402 - found only once the path is set
from figures import SIZES, Figure, Sizes, document, machine, table, write  # noqa: E402

MEASURES: dict[str, Callable[[Sizes], list[Figure]]] = {
    "worlds": worlds.measure,
    "sessions": sessions.measure,
    "linear": growth.linear,
    "workers": growth.workers,
    "memory": growth.memory,
}


def main() -> None:
    """Measure what is asked for, one thing after the other."""
    ask = argparse.ArgumentParser(description="Measure speed and memory; peers in the same run, where they are installed.")
    size = ask.add_mutually_exclusive_group()
    for name in ("tiny", "quick", "full"):
        size.add_argument(f"--{name}", dest="size", action="store_const", const=name, help=_help(name))
    ask.add_argument("--only", action="append", choices=MEASURES, help="one measurement; may be given again")
    ask.add_argument("--out", type=Path, help="write the figures to this file, as JSON")
    ask.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    asked = ask.parse_args()
    sizes, facts = SIZES[asked.size or "default"], machine()
    found: list[Figure] = []
    for name, measure in MEASURES.items():
        if asked.only is None or name in asked.only:
            sys.stderr.write(f"{name} ...\n")
            found += measure(sizes)
    done = document(sizes.name, facts, found)
    if asked.out is not None:
        write(asked.out, done)
    sys.stdout.write(table(done, markdown=asked.markdown) + "\n")


def _help(name: str) -> str:
    return {"tiny": "only whether it runs", "quick": "about two minutes", "full": "with a million worlds"}[name]


if __name__ == "__main__":
    main()
