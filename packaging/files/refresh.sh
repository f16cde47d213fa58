#!/bin/sh
# Tells the desktop of new or gone entries; what is not installed is not needed.
# $1: the data folder, such as ~/.local/share
refresh() {
    if command -v "$1" > /dev/null 2>&1; then "$@" > /dev/null 2>&1 || true; fi
}
refresh update-desktop-database "$1/applications"
refresh update-mime-database "$1/mime"
refresh gtk-update-icon-cache -f -t "$1/icons/hicolor"
