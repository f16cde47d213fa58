"""The data check's window: what a set of films is worth, its films side by side, repairs."""
