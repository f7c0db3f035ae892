"""A saved study as one self-contained HTML page: what was found in words, tables and charts, for readers without a terminal."""
