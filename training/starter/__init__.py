"""Makes the starter model that comes with the program. Not needed to use it."""
