"""Which assumptions move a difference, and where a ranking turns."""
