"""The results window: what a run or a cross-validation is worth, to look at."""
