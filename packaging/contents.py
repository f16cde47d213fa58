"""Which of the files that PyInstaller collects the standalone program needs."""

from __future__ import annotations

# Below these nothing is ever opened at run time.
UNWANTED_FOLDERS = (
    "tensorflow/include",
    "PySide6/Qt/translations",
    "PySide6/Qt/qml",
    "PySide6/Qt/plugins/sqldrivers",
    "PySide6/Qt/plugins/qmltooling",
    "PySide6/Qt/plugins/networkinformation",
    "PySide6/Qt/plugins/tls",
    "PySide6/Qt/plugins/egldeviceintegrations",
    "PySide6/Qt/plugins/generic",
    "PySide6/Qt/plugins/platformthemes/libqgtk3",
    "pydicom/data/test_files",
    "pydicom/data/charset_files",
    # For StableHLO by hand; no part of TensorFlow imports it.
    "tensorflow/compiler/mlir/stablehlo/stablehlo_extension",
    # The same operations are in the main library; nothing opens this file.
    "tensorflow/compiler/tf2xla/ops/_xla_ops.so",
    # Talks to other machines; TensorFlow loads it only for that.
    "grpc/",
)
# Qt's parts for QML, which a program of plain widgets does not use, wherever the system puts them;
# and the codec of a picture format that no film is in; and the GPL's libraries.
UNWANTED_LIBRARIES = (
    "Qt6Qml",
    "Qt6Quick",
    "Qt6VirtualKeyboard",
    "Qt6Pdf",
    "Qt6Sql",
    "Qt6EglF",
    "libavif-",
    "libreadline",
    "libgdbm",
)
# Linux' own. The build machine's would ask for its C library; the system's fit its graphics drivers
# and its fonts, and every desktop has them (archives.DEPENDS).
SYSTEM_LIBRARIES = (
    "libstdc++.so.6",
    "libgcc_s.so.1",
    "libfontconfig.so.1",
    "libfreetype.so.6",
    "libexpat.so.1",
    # Qt looks for printers with it, and does without.
    "libcups.so.2",
)
UNWANTED_PLUGINS = ("qpdf", "virtualkeyboard", "qminimal", "qlinuxfb", "qeglfs", "qvkkhr", "qvnc")
UNWANTED_ENDINGS = (".h", ".hpp", ".pyi", ".a", ".lib", ".inc", ".proto")


def is_wanted(destination: str) -> bool:
    """True where the program needs the file at this place in its folder."""
    place = destination.replace("\\", "/")
    name = place.rsplit("/", 1)[-1]
    if place.startswith(UNWANTED_FOLDERS) or name.endswith(UNWANTED_ENDINGS):
        return False
    if any(library in name for library in UNWANTED_LIBRARIES):
        return False
    if place in SYSTEM_LIBRARIES or name.startswith("_avif."):
        return False
    return not ("/plugins/" in place and any(plugin in name for plugin in UNWANTED_PLUGINS))
