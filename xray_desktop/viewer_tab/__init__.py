"""The viewer tab: films, tools, variants, prediction."""
