"""Packs the bundle for Linux: an archive with an install script, and a Debian package.

The same files, versions and commit time give the same bytes. Nothing here needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults import BuildError
from icons import SIZES

# Presets of xz. Of 60 MB of TensorFlow's code, in seconds of one core and MB: preset 6 with the
# filter for x86 code 39 s and 10.5, preset 1 with it 7 s and 11.9, zstd -19 42 s and 11.9.
LEVEL, QUICK_LEVEL = 6, 1
_NAME = "xray-desktop"
_FILES = Path(__file__).resolve().parent / "files"
# What a bare system lacks; all else is in the bundle. One of the fonts is enough.
DEPENDS = (
    "libc6 (>= 2.35)",
    "libstdc++6 (>= 12)",
    "libgcc-s1",
    "libegl1",
    "libgl1",
    "libxcb1",
    "libfontconfig1",
    "libfreetype6",
    "fontconfig",
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core | fonts-freefont-ttf",
)
_CONTROL = """Package: {name}
Version: {version}
Section: science
Priority: optional
Architecture: amd64
Installed-Size: {size}
Depends: {depends}
Recommends: libcups2 | libcups2t64
Maintainer: The makers of X-ray Desktop <maintainers@xray-desktop.invalid>
Description: Train a fracture classifier on bone films, and read films
 Trains a network on a folder of bone films at one click and shows any film, DICOM
 or picture, with what the network says of it.
 .
 A research and teaching aid. Not a medical device.
"""


def add_linux_files(bundle: Path, made: Path, svg: Path) -> None:
    """Put the install script and what it needs into the bundle.

    Args:
        bundle: The program's folder.
        made: Where the icons were drawn.
        svg: The icon.
    """
    share = bundle / "share"
    share.mkdir(exist_ok=True)
    for name in ("install.sh", "uninstall.sh"):
        shutil.copyfile(_FILES / name, bundle / name)
    for name in ("refresh.sh", f"{_NAME}.desktop", f"{_NAME}.xml"):
        shutil.copyfile(_FILES / name, share / name)
    for size in SIZES:
        shutil.copyfile(made / f"app-{size}.png", share / f"app-{size}.png")
    shutil.copyfile(svg, share / "app.svg")
    for path in (*bundle.glob("*.sh"), *share.glob("*.sh")):
        path.chmod(0o755)


def make_archive(bundle: Path, target: Path, version: str, time: int, level: int) -> None:
    """Pack the bundle as one folder named after its version.

    Args:
        bundle: The program's folder.
        target: The archive, ``.tar.xz``.
        version: Of the program.
        time: Seconds since 1970 that every file bears.
        level: Of compression.
    """
    with _packed(target, level) as stream:
        _add_tree(stream, bundle, f"{_NAME}-{version}", time)


@contextmanager
def _packed(target: Path, level: int) -> Iterator[tarfile.TarFile]:
    command = ("xz", "-T2", "--x86", f"--lzma2=preset={level},dict=64MiB", "--stdout")
    beside = target.with_suffix(".part")
    with (
        beside.open("wb") as file,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file) as packer,
    ):
        assert packer.stdin
        with tarfile.open(fileobj=packer.stdin, mode="w|", format=tarfile.GNU_FORMAT) as stream:
            yield stream
        packer.stdin.close()
    if packer.returncode:
        raise BuildError(f"xz could not pack {target.name}.")
    beside.replace(target)


def _add_tree(stream: tarfile.TarFile, folder: Path, name: str, time: int) -> None:
    """Add a folder with all below it: in order, owned by root, with plain rights and one time."""
    paths = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
    for path in (folder, *paths):
        inner = path.relative_to(folder).as_posix()
        entry = stream.gettarinfo(path, name if inner == "." else f"{name}/{inner}")
        if entry.islnk():
            # Two names of one file on this disk are two files in the archive.
            entry.type, entry.size = tarfile.REGTYPE, path.stat().st_size
        _plain(entry, time)
        if entry.isreg():
            with path.open("rb") as file:
                stream.addfile(entry, file)
        else:
            stream.addfile(entry)


def _plain(entry: tarfile.TarInfo, time: int) -> None:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = time
    is_program = entry.isdir() or bool(entry.mode & 0o111)
    entry.mode = 0o777 if entry.issym() else 0o755 if is_program else 0o644


def make_deb(bundle: Path, target: Path, version: str, time: int, level: int) -> None:
    """Make the Debian package. Needs ``dpkg-deb``.

    The files are linked, not copied, into a tree of the package's own.

    Args:
        bundle: The program's folder.
        target: The ``.deb``.
        version: Of the program.
        time: As for ``make_archive``.
        level: Of compression.
    """
    if shutil.which("dpkg-deb") is None:
        raise BuildError("Making the .deb needs dpkg-deb: build on Debian or Ubuntu.")
    # On the same disk, or files cannot be linked.
    with tempfile.TemporaryDirectory(prefix="deb-", dir=bundle.parent) as name:
        root = Path(name)
        _lay_out(bundle, root)
        size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and not p.is_symlink())
        control = root / "DEBIAN"
        control.mkdir()
        text = _CONTROL.format(
            name=_NAME, version=version, size=size // 1024, depends=", ".join(DEPENDS)
        )
        (control / "control").write_text(text, encoding="utf-8")
        for path in (root, *root.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "--threads-max=2"]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(time)}
        done = subprocess.run(
            [*command, "--build", root, target],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        raise BuildError("dpkg-deb could not make the package (see above).")


def _lay_out(bundle: Path, root: Path) -> None:
    program = root / "opt" / _NAME
    shutil.copytree(
        bundle,
        program,
        symlinks=True,
        copy_function=os.link,
        # dpkg does what the scripts do.
        ignore=shutil.ignore_patterns("*.sh"),
    )
    share = root / "usr" / "share"
    for size in SIZES:
        icon = share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{_NAME}.png"
        icon.parent.mkdir(parents=True)
        shutil.copyfile(program / "share" / f"app-{size}.png", icon)
    svg = share / "icons" / "hicolor" / "scalable" / "apps" / f"{_NAME}.svg"
    svg.parent.mkdir(parents=True)
    shutil.copyfile(program / "share" / "app.svg", svg)
    entry = share / "applications" / f"{_NAME}.desktop"
    entry.parent.mkdir(parents=True)
    text = (program / "share" / entry.name).read_text(encoding="utf-8")
    entry.write_text(text.replace("@PROGRAM@", f"/usr/bin/{_NAME}"), encoding="utf-8")
    kinds = share / "mime" / "packages" / f"{_NAME}.xml"
    kinds.parent.mkdir(parents=True)
    shutil.copyfile(program / "share" / kinds.name, kinds)
    licence = share / "doc" / _NAME / "copyright"
    licence.parent.mkdir(parents=True)
    licences = program / "_internal" / "resources" / "licences.txt"
    shutil.copyfile(licences, licence)
    command = root / "usr" / "bin" / _NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/opt/{_NAME}/{_NAME}")
