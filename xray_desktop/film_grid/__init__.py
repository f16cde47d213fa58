"""Small films side by side, read when they come into sight; for the data check and the results."""
