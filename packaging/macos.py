"""macOS: what the program says of itself, and signing. Not run on the machine it was written on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from faults import BuildError


def info_plist(version: str) -> dict[str, Any]:
    """The entries of Info.plist that PyInstaller does not write itself."""
    return {
        "CFBundleDisplayName": "X-ray Desktop",
        "CFBundleShortVersionString": version,
        "NSHighResolutionCapable": True,
        "LSApplicationCategoryType": "public.app-category.education",
        "LSMinimumSystemVersion": "12.0",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "DICOM film",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["org.nema.dicom"],
                "CFBundleTypeExtensions": ["dcm", "dicom"],
            },
            {
                "CFBundleTypeName": "Keras model",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "CFBundleTypeExtensions": ["keras"],
            },
        ],
    }


def make_image(application: Path, target: Path) -> None:
    """Put the application into a disk image, and have Apple notarise it where that is set up.

    Reads ``XRAY_MAC_NOTARY_PROFILE``: a profile that ``xcrun notarytool store-credentials`` keeps
    in the keychain. Without it the image is not notarised.

    Raises:
        BuildError: A step failed.
    """
    _run("hdiutil", "create", "-volname", "X-ray Desktop", "-srcfolder", str(application),
         "-ov", "-format", "ULMO", str(target))  # fmt: skip
    profile = os.environ.get("XRAY_MAC_NOTARY_PROFILE")
    if profile:
        _run("xcrun", "notarytool", "submit", str(target), "--keychain-profile", profile, "--wait")
        _run("xcrun", "stapler", "staple", str(target))


def _run(*words: str) -> None:
    if subprocess.run(words, check=False).returncode:
        raise BuildError(f"{words[0]} failed (see above).")
