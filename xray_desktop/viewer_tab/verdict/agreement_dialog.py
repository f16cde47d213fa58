"""The agreement figures in a window of their own. Not modal: reading goes on beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training.evaluation.agreement import Agreement
from training.evaluation.wording import few_films_words, percent
from xray_desktop import theme
from xray_desktop.review.agreement import Comparison

NOTHING = (
    "Nothing to compare yet. Give verdicts on films that a model has read, "
    "or have a second reader go through the same films."
)
_EXPLANATION = (
    "Kappa is agreement beyond chance: 1 is full, 0 is chance. In brackets its 95 % interval, over "
    "films. Verdicts given with the model's answer in sight agree by having been told: take the "
    "blind ones."
)


class AgreementDialog(QDialog):
    """One line a comparison; the films of the chosen one counted below.

    Args:
        comparisons: What to show.
        parent: The tab.
    """

    def __init__(self, comparisons: tuple[Comparison, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreementDialog")
        self.setWindowTitle("Agreement")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._comparisons = comparisons
        self.table = _table(("Reader", "With", "Verdicts", "Films", "Agree", "Kappa"))
        self.table.setObjectName("agreementTable")
        self.counts = _table(("",))
        self.counts.setObjectName("countsTable")
        self.counts.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._heading = _label("", "title")
        self._few = _label("", "warning")
        self._few.setObjectName("fewFilms")
        self._build()
        self.table.itemSelectionChanged.connect(self._on_chosen)
        if comparisons:
            self.table.selectRow(0)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_2)
        if self._comparisons:
            _fill(self.table, [_cells(comparison) for comparison in self._comparisons])
            column.addWidget(self.table, 1)
            for widget in (self._heading, self._few, self.counts):
                column.addWidget(widget)
            column.addWidget(_label(_EXPLANATION, "small"))
        else:
            column.addWidget(_label(NOTHING, "muted"), 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)
        self.resize(820, 520 if self._comparisons else 140)

    @Slot()
    def _on_chosen(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._comparisons):
            return
        chosen = self._comparisons[row]
        found = chosen.agreement
        self._heading.setText(f"Films by what {chosen.first} and {chosen.second} say")
        self._few.setVisible(found.is_of_few_films)
        self._few.setText(few_films_words(found.num_films) if found.is_of_few_films else "")
        self.counts.setColumnCount(len(found.categories) + 1)
        second = "model" if chosen.is_model else chosen.second
        self.counts.setHorizontalHeaderLabels(
            ["", *(f"{second}: {word}" for word in found.categories)]
        )
        rows = [
            (f"{chosen.first}: {word}", *(f"{count:,}" for count in counts))
            for word, counts in zip(found.categories, found.counts, strict=True)
        ]
        _fill(self.counts, rows)
        self.counts.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        height = self.counts.horizontalHeader().sizeHint().height() + 4
        self.counts.setFixedHeight(
            height + sum(self.counts.rowHeight(place) for place in range(len(rows)))
        )


def _cells(comparison: Comparison) -> tuple[str, ...]:
    found = comparison.agreement
    if comparison.is_model:
        given = "answer in sight" if comparison.score_seen else "blind"
    else:
        given = "some with an answer in sight" if comparison.score_seen else "all blind"
    return (
        comparison.first,
        comparison.second,
        given,
        f"{found.num_films:,}",
        percent(found.num_agreed / found.num_films),
        kappa_text(found),
    )


def kappa_text(found: Agreement) -> str:
    """Kappa with its interval: "0.61 (0.32 to 0.84)"."""
    if found.kappa is None:
        return "not defined: one word for all films"
    if found.interval is None:
        return f"{found.kappa:.2f} (interval unknown)"
    return f"{found.kappa:.2f} ({found.interval.low:.2f} to {found.interval.high:.2f})"


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


def _table(headings: tuple[str, ...]) -> QTableWidget:
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setStretchLastSection(True)
    return table


def _fill(table: QTableWidget, rows: list[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
