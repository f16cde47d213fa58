"""Gives controls their keys, by the table of ``state.key_table`` and the user's own choice.

A control is told its name once (``give``); it then follows what the user chooses on the page of
shortcuts. GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from xray_desktop.settings import Settings
from xray_desktop.state.key_table import TABLE, KeyChoice, entry_of

_NAME, _TIP, _ONLY_TIP = "keyName", "keyTip", "keyOnlyTold"
_GROUP = "keys/"
# In the file of settings: an action from which every key was taken.
_NONE = "none"

Keyed = QAction | QAbstractButton


class _Chosen:
    """The choice that holds in this process; as with the theme there is only one."""

    choice = KeyChoice({})


def chosen() -> KeyChoice:
    """The keys as they are now."""
    return _Chosen.choice


def use(settings: Settings) -> None:
    """Take the user's keys from the settings; called before any control is made."""
    found = {
        entry.name: () if text == _NONE else tuple(text.split())
        for entry in TABLE
        if (text := settings.text(_GROUP + entry.name))
    }
    _Chosen.choice = KeyChoice(found)


def choose(choice: KeyChoice, settings: Settings, root: QWidget) -> None:
    """Let other keys hold from now on.

    Args:
        choice: All of them.
        settings: Where they are remembered.
        root: The window whose controls follow.
    """
    for entry in TABLE:
        keys = choice.keys_of(entry.name)
        if choice.is_standard(entry.name):
            settings.forget(_GROUP + entry.name)
        else:
            settings.put(_GROUP + entry.name, " ".join(keys) or _NONE)
    settings.save()
    _Chosen.choice = choice
    controls: list[QAction | QWidget] = [*root.findChildren(QAction), *root.findChildren(QWidget)]
    for control in controls:
        name = control.property(_NAME)
        if isinstance(name, str):
            _show(control, name)


def give(control: Keyed, name: str, tip: str = "") -> None:
    """Give a control its keys and a tooltip that names the first of them.

    Args:
        control: It keeps its name, so that it follows later choices.
        name: Of the table.
        tip: In place of the table's words.
    """
    control.setProperty(_NAME, name)
    control.setProperty(_TIP, tip or entry_of(name).words)
    _show(control, name)


def tell(control: QWidget, name: str, tip: str) -> None:
    """Let a tooltip name the key of an action that another control answers to.

    Args:
        control: It gets no key.
        name: Of the table.
        tip: What the control does.
    """
    control.setProperty(_ONLY_TIP, True)
    control.setProperty(_NAME, name)
    control.setProperty(_TIP, tip)
    _show(control, name)


def first(name: str) -> str:
    """An action's first key as people write it, or an empty text."""
    keys = chosen().keys_of(name)
    return native(keys[0]) if keys else ""


def native(key: str) -> str:
    """A key in this system's spelling."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def is_given(control: QObject) -> bool:
    """True for a control of the table."""
    return isinstance(control.property(_NAME), str)


def _show(control: QAction | QWidget, name: str) -> None:
    tip, key = control.property(_TIP), first(name)
    control.setToolTip(f"{tip} ({key})" if key else tip)
    if control.property(_ONLY_TIP):
        return
    sequences = [QKeySequence(key) for key in chosen().keys_of(name)]
    if isinstance(control, QAction):
        control.setShortcuts(sequences)
    elif isinstance(control, QAbstractButton):
        control.setShortcut(sequences[0] if sequences else QKeySequence())
