"""When the augmentation preview is made, and of which film."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from training.data.dataset import Split
from xray_desktop.training_tab.data_jobs import DataJobs
from xray_desktop.training_tab.settings_panel import SettingsPanel
from xray_desktop.training_tab.store import Store, message_of

DELAY_MS = 400
# A stride that divides no usual count: the next film is of another kind.
_STRIDE = 7919


class PreviewControl(QObject):
    """Makes a preview when asked for; from then on also when films or augmentation change.

    TensorFlow is loaded by the first preview asked for, not by choosing a folder.

    Args:
        store: The tab's state.
        jobs: The tab's workers.
        panel: The settings panel with its strip.
        parent: The tab.
    """

    def __init__(self, store: Store, jobs: DataJobs, panel: SettingsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self._panel = panel
        self._strip = panel.preview
        self._number = 0
        self._was_asked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._on_due)
        self._strip.preview_requested.connect(self._on_requested)
        panel.augmentation_changed.connect(self.refresh_soon)
        jobs.preview_ready.connect(self._strip.show_pictures)
        jobs.preview_failed.connect(self._on_failed)

    @Slot()
    def start_anew(self) -> None:
        """Other films were chosen."""
        self._number = 0
        self.refresh_soon()

    @Slot()
    def refresh_soon(self) -> None:
        """The augmentation changed."""
        if self._was_asked:
            self._timer.start()

    def stop(self) -> None:
        """Make no more."""
        self._timer.stop()

    @Slot()
    def _on_requested(self) -> None:
        self._number += self._was_asked
        self._was_asked = True
        self._on_due()

    @Slot()
    def _on_due(self) -> None:
        data = self._store.state.data
        if data is None or not self._store.allowed.preview:
            return
        config = self._panel.config()
        items = data.of(Split.TRAIN)
        item = items[(self._number * _STRIDE) % len(items)]
        self._strip.show_waiting()
        self._jobs.preview(item.path, config.preprocessing, config.augmentation, config.seed)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._strip.show_nothing("No preview.")
        message = message_of(error, "The preview could not be made.")
        self._store.say(message.what, message.advice)
