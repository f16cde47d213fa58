"""The engine: reads films, trains and measures fracture classifiers, without a window.

A library and a command line (``python -m training``). Nothing in here imports Qt or
``xray_desktop``. Importing this package, or the modules that only hold facts
(``errors``, ``films``, ``data``, ``evaluation``, ``*.config``, ``*.events``,
``models.card``), never loads TensorFlow; the modules that do say so in their docstring.

Importing it asks TensorFlow, which comes later, for its oneDNN kernels. By itself it takes them on
Linux and processors made for networks alone, as by AVX-512 VNNI (its release notes, 2.9); with AVX2
they train 1.5 to 2.1 times as fast (docs/decisions/0018). Who sets ``TF_ENABLE_ONEDNN_OPTS`` decides.
"""

import os

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__version__ = "0.1.0"
