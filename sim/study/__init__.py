"""Many worlds: comparisons, sweeps, sensitivity, history."""
