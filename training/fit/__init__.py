"""Training runs: settings, events, pipeline, networks, run folder.

``config``, ``events``, ``control`` and ``run_folder`` are plain; the others import TensorFlow.
"""
