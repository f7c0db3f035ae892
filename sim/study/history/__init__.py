"""Episodes and counts of real cases: hindcast, calibration, regularities."""
