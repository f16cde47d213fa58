"""All actions that have, or may be given, a key: their words and their standard keys, in one table.

Window, viewer and training tab take words and keys of their actions from here (by
``xray_desktop.keys``); the page of shortcuts shows the same table. Keys follow OHIF's public set
where it has one (``docs/viewer-compared.md`` names the differences).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Where a key holds."""

    EVERYWHERE = "Everywhere"
    TRAINING = "Training"
    VIEWER = "Viewer"


@dataclass(frozen=True)
class KeyEntry:
    """One action.

    Args:
        name: By which the code knows it.
        where: Where its keys hold.
        words: What it does, in a few words.
        keys: Its standard keys, in Qt's portable spelling; the first is named in the tooltip.
    """

    name: str
    where: Where
    words: str
    keys: tuple[str, ...] = ()


def _entries(where: Where, *rows: tuple[str, str, str]) -> tuple[KeyEntry, ...]:
    return tuple(
        KeyEntry(f"{where.name.lower()}.{name}", where, words, tuple(keys.split()))
        for name, words, keys in rows
    )


TABLE: tuple[KeyEntry, ...] = (
    *_entries(
        Where.EVERYWHERE,
        ("open_films", "Open films", "Ctrl+O"),
        ("open_folder", "Open a folder", "Ctrl+Shift+O"),
        ("quit", "Quit", "Ctrl+Q"),
        ("show_training", "Show the training tab", "Ctrl+1"),
        ("show_viewer", "Show the viewer tab", "Ctrl+2"),
        ("full_screen", "Full screen", "F11"),
        ("standard_layout", "Standard layout", ""),
        ("shortcuts", "Keyboard shortcuts", "F1 ?"),
        ("open_logs", "Open the log folder", ""),
        ("about", "About X-ray Desktop", ""),
    ),
    *_entries(
        Where.TRAINING,
        ("train", "Train", "F5"),
        ("stop", "Stop and keep", "F6"),
        ("crossval", "Cross-validate", "F7"),
        ("cancel", "Cancel the run", "F8"),
        ("report", "Report of the run", "F9"),
        ("export", "Export a model", "Shift+F9"),
    ),
    *_entries(
        Where.VIEWER,
        ("next", "Next film", "PgDown"),
        ("previous", "Previous film", "PgUp"),
        ("fracture", "Verdict: fracture", "F"),
        ("no_fracture", "Verdict: no fracture", "N"),
        ("unsure", "Verdict: unsure", "U"),
        ("next_unread", "Next film without a verdict", "K"),
        ("search", "Search the list by name", "Ctrl+F"),
        ("filter", "Filter the list", "Ctrl+Shift+F"),
        ("filter_anew", "Filter the list anew", "F5"),
        ("filter_off", "Show all films again", "Ctrl+Shift+A"),
        ("stack", "Open or close the copies of this film", "O"),
        ("window", "Drag: contrast and brightness", "W"),
        ("zoom", "Drag: zoom", "Z"),
        ("pan", "Drag: move the film", "P"),
        ("loupe", "Loupe: wheel for its size", "Q"),
        *((f"preset_{number}", f"Window preset {number}", str(number)) for number in range(1, 10)),
        ("invert", "Invert black and white", "I"),
        ("rotate", "Turn right", "R"),
        ("rotate_left", "Turn left", "L Shift+R"),
        ("mirror", "Mirror left and right", "M"),
        ("flip", "Flip top and bottom", "V"),
        ("fit", "Fit into the view", "="),
        ("one_to_one", "One to one", "0"),
        ("zoom_in", "Zoom in", "+"),
        ("zoom_out", "Zoom out", "-"),
        ("reset", "As recorded: undo window, gamma, turns and zoom", "Space"),
        ("compare", "Next film beside this one", "Shift+C"),
        ("heat_beside", "Heat map beside the film", "Shift+H"),
        ("film_alone", "Film alone: hide list and panels", "Shift+F"),
        ("film_window", "Film in a window of its own, on the second screen", "Shift+W"),
        ("overlay", "Lay the heat map over the film", "H"),
        ("network", "What the network sees", "S"),
        ("variants", "Variants", "A"),
        ("information", "Film information", "T"),
        ("length", "Length", "D"),
        ("angle", "Angle: end, corner, end", "X"),
        ("cobb", "Cobb angle: two lines", "C"),
        ("rectangle", "Rectangle: mean and deviation", "B"),
        ("ellipse", "Ellipse: mean and deviation", "E"),
        ("arrow", "Arrow: drag from what it shows", "Shift+A"),
        ("text", "Text: click where it stands", "Shift+T"),
        ("undo", "Undo the last change", "Ctrl+Z"),
        ("redo", "Make it again", "Ctrl+Shift+Z Ctrl+Y"),
        ("delete", "Delete the selected one", "Del Backspace"),
        ("delete_all", "Delete all on this film", ""),
        ("write", "Write its text", "F2"),
        ("calibrate", "Set its true length", ""),
        ("uncalibrate", "Remove the calibration by hand", ""),
        ("export_measurements", "Export all kept measurements", ""),
        ("frame_back", "Frame before", "Ctrl+Up"),
        ("frame_on", "Next frame", "Ctrl+Down"),
        ("planes", "Overlay of the file", "Shift+O"),
        ("share_film", "Report of this film", "Ctrl+P"),
        ("share_list", "Report of the work list", ""),
        ("save_picture", "Save picture", "Ctrl+S"),
        ("save_film", "Save picture of the film alone", "Ctrl+Shift+S"),
        ("share_result", "Model's answer as DICOM", ""),
        ("share_copy", "Anonymous copy of this film", ""),
        ("share_copies", "Anonymous copies of the work list", ""),
        ("share_scores", "Table of scores", ""),
        ("share_verdicts", "Table of verdicts", ""),
        ("film_text", "Text on the film: all, little, none", "G"),
        ("identity", "Hide names and identity", "Shift+I"),
        ("keep_folder", "Remember the last folder of films", ""),
    ),
)

FIXED: tuple[tuple[Where, str, str], ...] = (
    (Where.VIEWER, "Down, Right", "Next film"),
    (Where.VIEWER, "Up, Left", "Previous film"),
    (Where.VIEWER, "Home", "First film"),
    (Where.VIEWER, "End", "Last film"),
    (Where.VIEWER, "Ctrl+C", "Copy the chosen lines of the film information"),
    (Where.VIEWER, "Ctrl+Shift+C", "Copy all lines of the film information"),
    (Where.VIEWER, "Esc", "Back to the film, or give up what is being drawn"),
    (Where.VIEWER, "Ctrl+C", "In the film's information: copy the chosen lines"),
    (Where.VIEWER, "Ctrl+Shift+C", "In the film's information: copy all that is shown"),
    (Where.TRAINING, "Esc", "Hide the message"),
)
"""Keys of lists and text fields, which stay as they are."""

RESERVED: tuple[str, ...] = (
    "Tab",
    "Backtab",
    "Shift+Backtab",
    "Shift+Tab",
    "Return",
    "Enter",
    "Esc",
)
RESERVED += ("Up", "Down", "Left", "Right", "Home", "End")
"""Keys that move about in every window and can be given to no action."""
_SPACE, _HAS_SPACE = "Space", "viewer.reset"

_BY_NAME = {entry.name: entry for entry in TABLE}


def entry_of(name: str) -> KeyEntry:
    """An action of the table.

    Raises:
        KeyError: There is none of this name.
    """
    return _BY_NAME[name]


@dataclass(frozen=True)
class KeyChoice:
    """The keys as a user has chosen them: the standard ones wherever nothing else was said.

    Args:
        chosen: Keys by action; an empty tuple where an action has none.
    """

    chosen: Mapping[str, tuple[str, ...]]

    def keys_of(self, name: str) -> tuple[str, ...]:
        """An action's keys."""
        return self.chosen.get(name, entry_of(name).keys)

    def is_standard(self, name: str) -> bool:
        """True where an action has its standard keys."""
        return self.keys_of(name) == entry_of(name).keys

    def with_keys(self, name: str, keys: tuple[str, ...]) -> KeyChoice:
        """The same with other keys for one action."""
        others = {other: given for other, given in self.chosen.items() if other != name}
        return KeyChoice(others if keys == entry_of(name).keys else others | {name: keys})

    def holder_of(self, name: str, key: str) -> KeyEntry | None:
        """The other action that would answer to a key where ``name`` is to have it, or None.

        Keys of the training and the viewer tab may be alike; those that hold everywhere may not.
        """
        mine = entry_of(name).where
        for entry in TABLE:
            meets = Where.EVERYWHERE in (mine, entry.where) or entry.where is mine
            if entry.name != name and meets and key in self.keys_of(entry.name):
                return entry
        return None

    def given_to(self, name: str, key: str) -> KeyChoice:
        """One key for an action, taken away from whoever has it."""
        choice, holder = self, self.holder_of(name, key)
        while holder is not None:
            left = tuple(one for one in choice.keys_of(holder.name) if one != key)
            choice = choice.with_keys(holder.name, left)
            holder = choice.holder_of(name, key)
        return choice.with_keys(name, (key,))


def refusal(name: str, key: str) -> str:
    """Why a key cannot be given to an action, as a sentence, or an empty text."""
    if key in RESERVED:
        return f"{key} moves about in windows and lists; it cannot be given to an action."
    if key == _SPACE and name != _HAS_SPACE:
        return "Space presses buttons; only “As recorded” has it, over the film."
    return ""
