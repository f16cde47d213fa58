"""Windows: version resource, signing, archive. Not run on the machine it was written on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from faults import BuildError

# The form that PyInstaller reads: an expression of its own classes.
_RESOURCE = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "X-ray Desktop"),
      StringStruct("FileDescription", "X-ray Desktop: research and teaching, not a medical device"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "xray-desktop"),
      StringStruct("LegalCopyright", "MIT licence"),
      StringStruct("OriginalFilename", "xray-desktop.exe"),
      StringStruct("ProductName", "X-ray Desktop"),
      StringStruct("ProductVersion", "{version} ({commit})"),
    ])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])]),
  ],
)
"""


def version_resource(version: str, commit: str) -> str:
    """What Windows' file properties show, in PyInstaller's form.

    Args:
        version: Such as "0.1.0".
        commit: The build's commit.
    """
    numbers = [int(part) for part in version.split(".") if part.isdigit()]
    four = (*numbers, 0, 0, 0, 0)[:4]
    return _RESOURCE.format(numbers=four, version=version, commit=commit)


def sign(program: Path) -> bool:
    """Sign the program where the environment says how; returns whether it did.

    Reads ``XRAY_WINDOWS_CERTIFICATE`` (a .pfx file), ``XRAY_WINDOWS_PASSWORD`` and, where wanted,
    ``XRAY_WINDOWS_TIMESTAMP`` (address of a timestamp service).

    Raises:
        BuildError: signtool failed.
    """
    certificate = os.environ.get("XRAY_WINDOWS_CERTIFICATE")
    if not certificate:
        return False
    words = ["signtool", "sign", "/fd", "sha256", "/f", certificate]
    words += ["/p", os.environ.get("XRAY_WINDOWS_PASSWORD", "")]
    service = os.environ.get("XRAY_WINDOWS_TIMESTAMP")
    if service:
        words += ["/tr", service, "/td", "sha256"]
    # Never shown: the words hold a password.
    if subprocess.run([*words, str(program)], check=False).returncode:
        raise BuildError("signtool could not sign the program (see above).")
    return True
