"""Many settings: designs, pieces that survive a power cut, tables, rankings."""
