"""Writes a run's curves for TensorBoard. Imports TensorFlow, but needs no TensorBoard."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from training.fit.events import EpochEnded

_NAMES = ("loss", "accuracy", "val_loss", "val_accuracy", "val_auc", "learning_rate")


class EventFile:
    """A TensorBoard event file with one point an epoch.

    Args:
        folder: Where the file goes; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._writer = tf.summary.create_file_writer(str(folder))
        # What tf.summary.scalar writes; that function wants the tensorboard package.
        plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        self._metadata = tf.compat.v1.SummaryMetadata(plugin_data=plugin, data_class=1)

    def add(self, line: EpochEnded) -> None:
        """Add an epoch."""
        with self._writer.as_default(step=line.epoch):
            for name in _NAMES:
                value = tf.constant(getattr(line, name), tf.float32)
                tf.summary.write(f"epoch/{name}", value, metadata=self._metadata)
        self._writer.flush()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._writer.close()
