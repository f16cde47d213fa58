"""The window: wires the engine to panels, draws, and keeps no figures of its own."""
