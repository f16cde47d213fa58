"""A study's table: its variants, compared with the first, and its report."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from training.evaluation.figures import FEW_FILMS
from training.evaluation.wording import few_films_words
from training.fit.study_folder import StudyState
from training.fit.study_wording import how_words, study_rows
from xray_desktop import theme
from xray_desktop.state.training_controls import Controls
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.fitted_table import FittedTable

# In two lines each, so that seven columns of figures fit.
_HEADS = (
    "accuracy, 95 %\nout of fold",
    "mean, sd\nof folds",
    "area under ROC\n95 %",
    "area less\nthe first's",
    "p,\narea",
    "p,\naccuracy",
)
# More are reached by the table's bar: the curves need the room.
_MOST_ROWS = 5


class StudyPanel(QFrame):
    """Takes the place of a run's results while a study is shown.

    Signals:
        report_requested: Report was pressed.
        folder_requested: Show folder was pressed.
    """

    report_requested = Signal()
    folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._shown: StudyState | None = None
        self._title = ElidedLabel()
        self._title.setObjectName("studyTitle")
        self._title.setProperty("role", "title")
        self.report_button = self._button("Report…", "studyReportButton", "report")
        self.report_button.setToolTip(
            "Write the comparison and every variant into one file, HTML or PDF"
        )
        self.report_button.clicked.connect(self.report_requested)
        self.folder_button = self._button("Show folder", "studyFolderButton", "folder")
        self.folder_button.setToolTip("The cross-validation of each variant, and the comparison")
        self.folder_button.clicked.connect(self.folder_requested)
        self.table = FittedTable(
            "studyTable", "Best models of each variant, by film", (), len(_HEADS)
        )
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self._how = ElidedLabel(num_lines=2)
        self._how.setObjectName("studyHow")
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_2)
        top.addWidget(self._title, 1)
        top.addWidget(self.report_button)
        top.addWidget(self.folder_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_1)
        layout.addLayout(top)
        layout.addWidget(self.table)
        layout.addWidget(self._how)
        self.hide()

    def _button(self, words: str, name: str, icon: str) -> QPushButton:
        made = QPushButton(words)
        made.setObjectName(name)
        made.setIcon(theme.icon(icon))
        return made

    def render_state(self, state: TrainingState, allowed: Controls) -> None:
        """Show the study of a state; hidden where there is none."""
        self.setVisible(state.study is not None)
        self.report_button.setEnabled(allowed.report)
        self.folder_button.setEnabled(allowed.show_folder)
        if state.study is not None and state.study is not self._shown:
            self._shown = state.study
            self._fill(state.study)

    def _fill(self, shown: StudyState) -> None:
        self._title.setText(title_words(shown))
        _, *rows = study_rows(shown.rows)
        self.table.setRowCount(len(rows))
        self.table.setVerticalHeaderLabels([name for name, *_ in rows])
        for number, (_, *cells) in enumerate(rows):
            for column, text in enumerate(cells):
                self.table.put(number, column, "–" if text == "-" else text)
        self.table.show_rows(len(rows), _MOST_ROWS)
        self.table.fit()
        num_films = shown.rows[0].pooled.by_film.count
        if num_films < FEW_FILMS:
            self._how.setText(few_films_words(num_films))
            self._how.setStyleSheet(f"color: {theme.ERROR}")
            return
        words = f"{num_films:,} films, each scored by a network that has not seen it. "
        self._how.setText(words + how_words(len(shown.rows) - 1))
        self._how.setStyleSheet(f"color: {theme.TEXT_MUTED}")


def title_words(shown: StudyState) -> str:
    """Which study this is."""
    runs = [run for each in shown.results if each is not None for run in each.runs]
    kind = ", synthetic sample set" if any(run and run.synthetic for run in runs) else ""
    return f"Study: {len(shown.rows)} variants on the same {shown.study.folds} folds{kind}"
