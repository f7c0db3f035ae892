"""``python -m sim`` does what the command ``gobetween`` does."""

from __future__ import annotations

from sim.cli.app import main

if __name__ == "__main__":
    main()
