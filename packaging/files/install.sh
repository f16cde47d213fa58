#!/bin/sh
# Installs X-ray Desktop from the unpacked archive this script lies in.
#   ./install.sh            for you alone, below ~/.local; no root needed
#   ./install.sh --system   for everybody, below /opt and /usr/local; as root
# Called again from a newer archive it updates the program. Your runs, settings and verdicts lie
# elsewhere and are never touched, neither by this nor by uninstall.sh.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case "${1:-}" in
    "")
        data="${XDG_DATA_HOME:-$HOME/.local/share}"
        folder="$HOME/.local/lib/xray-desktop"
        bin="$HOME/.local/bin"
        ;;
    --system)
        data=/usr/local/share
        folder=/opt/xray-desktop
        bin=/usr/local/bin
        ;;
    *)
        sed -n '2,6s/^# //p' "$0" >&2
        exit 2
        ;;
esac

if [ ! -x "$here/xray-desktop" ] || [ ! -d "$here/_internal" ]; then
    echo "install: the program does not lie beside this script; unpack the archive anew." >&2
    exit 1
fi
if [ "$here" = "$folder" ]; then
    echo "install: this is the installed program itself; call install.sh of a new archive." >&2
    exit 1
fi

# Whole, then in place at once: an update that breaks off leaves the old program.
mkdir -p "$(dirname "$folder")" "$bin"
rm -rf "$folder.new"
cp -R "$here" "$folder.new"
chmod -R u+w "$folder.new"
rm -rf "$folder.old"
if [ -e "$folder" ]; then mv "$folder" "$folder.old"; fi
mv "$folder.new" "$folder"
rm -rf "$folder.old"
ln -sf "$folder/xray-desktop" "$bin/xray-desktop"

# A desktop entry quotes a path with spaces, escapes \ " ` $ twice over, and doubles percent signs.
escaped=$(printf '%s' "$folder/xray-desktop" | sed 's/\\/\\\\\\\\/g; s/["`$]/\\\\&/g; s/%/%%/g')
# And once more for sed's own replacement.
quoted=$(printf '"%s"' "$escaped" | sed 's/[\\&|]/\\&/g')
mkdir -p "$data/applications" "$data/mime/packages"
sed "s|@PROGRAM@|$quoted|" "$folder/share/xray-desktop.desktop" \
    > "$data/applications/xray-desktop.desktop"
cp "$folder/share/xray-desktop.xml" "$data/mime/packages/xray-desktop.xml"
for size in 16 32 48 64 128 256; do
    icons="$data/icons/hicolor/${size}x${size}/apps"
    mkdir -p "$icons"
    cp "$folder/share/app-$size.png" "$icons/xray-desktop.png"
done
mkdir -p "$data/icons/hicolor/scalable/apps"
cp "$folder/share/app.svg" "$data/icons/hicolor/scalable/apps/xray-desktop.svg"
"$folder/share/refresh.sh" "$data"

echo "Installed in $folder."
echo "Start it from the menu, or type: $bin/xray-desktop"
echo "Remove it with: $folder/uninstall.sh"
