"""The training tab: films, settings, curves, results, runs."""
