"""The engine: reads films, trains and measures fracture classifiers, without a window.

A library and a command line (``python -m training``). Nothing in here imports Qt or
``xray_desktop``. Importing this package, or the modules that only hold facts
(``errors``, ``films``, ``data``, ``evaluation``, ``*.config``, ``*.events``,
``models.card``), never loads TensorFlow; the modules that do say so in their docstring.
"""

__version__ = "0.1.0"
