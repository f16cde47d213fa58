"""The fingerprint of a data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from training.data.dataset import Item, Split
from training.data.fingerprint import content_hash, fingerprint


def entries(root: Path) -> list[tuple[Item, str]]:
    return [
        (Item(root / "train" / "fractured" / "1.png", 1, Split.TRAIN, "1"), content_hash(b"one")),
        (Item(root / "val" / "intact" / "é.png", 0, Split.VALIDATION, "2"), content_hash(b"two")),
    ]


def test_that_it_depends_neither_on_the_place_nor_on_the_order(tmp_path: Path) -> None:
    there = fingerprint(tmp_path / "a", entries(tmp_path / "a"))
    elsewhere = fingerprint(tmp_path / "b" / "c", reversed(entries(tmp_path / "b" / "c")))
    assert there == elsewhere
    assert len(there) == 64


def test_that_any_change_of_name_label_split_or_bytes_shows(tmp_path: Path) -> None:
    (first, digest), second = entries(tmp_path)
    seen = {fingerprint(tmp_path, [(first, digest), second])}
    for changed in (
        (replace(first, path=tmp_path / "train" / "fractured" / "2.png"), digest),
        (replace(first, label=0), digest),
        (replace(first, split=Split.TEST), digest),
        (first, content_hash(b"One")),
    ):
        seen.add(fingerprint(tmp_path, [changed, second]))
    seen.add(fingerprint(tmp_path, [second]))
    assert len(seen) == 6


def test_that_both_unicode_forms_of_a_name_are_the_same_film(tmp_path: Path) -> None:
    (first, digest), (second, other) = entries(tmp_path)
    decomposed = replace(second, path=second.path.with_name("e\N{COMBINING ACUTE ACCENT}.png"))
    assert fingerprint(tmp_path, [(first, digest), (second, other)]) == fingerprint(
        tmp_path, [(first, digest), (decomposed, other)]
    )


def test_that_the_content_hash_is_sha_256() -> None:
    # FIPS 180-2, B.1.
    assert content_hash(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_that_a_film_outside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        fingerprint(tmp_path / "a", entries(tmp_path / "b"))
