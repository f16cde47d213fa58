#!/bin/sh
# Removes X-ray Desktop as install.sh put it here. Runs, settings and verdicts are kept.
set -eu

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case "$folder" in
    /opt/xray-desktop) data=/usr/local/share bin=/usr/local/bin ;;
    */.local/lib/xray-desktop) data="${XDG_DATA_HOME:-$HOME/.local/share}" bin="$HOME/.local/bin" ;;
    *)
        echo "uninstall: this program was not installed by install.sh; delete its folder." >&2
        exit 1
        ;;
esac

rm -f "$bin/xray-desktop" "$data/applications/xray-desktop.desktop" \
    "$data/mime/packages/xray-desktop.xml" "$data/icons/hicolor/scalable/apps/xray-desktop.svg"
for size in 16 32 48 64 128 256; do
    rm -f "$data/icons/hicolor/${size}x${size}/apps/xray-desktop.png"
done
"$folder/share/refresh.sh" "$data"
rm -rf "$folder"

echo "Removed. Your runs, settings and verdicts are still there."
