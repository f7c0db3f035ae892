"""The command ``gobetween``, and ``python -m sim``. Nothing is imported before an interruption can be told in a line."""

from __future__ import annotations

import sys


def main() -> None:
    """Load and run the command line."""
    try:
        from sim.cli.app import main as run  # noqa: PLC0415

        run()
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
