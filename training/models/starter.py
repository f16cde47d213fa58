"""Where the starter model lies: the model that comes with the program. Loads no Keras."""

from __future__ import annotations

from pathlib import Path

import resources

STARTER = Path(resources.__file__).parent / "models" / "starter.keras"
"""Model file of the starter model (docs/starter-model.md)."""
