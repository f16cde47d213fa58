from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.models.model_builders import (
    SIZE,
    edit_json,
    make_card,
    make_compact_like,
    make_notebook_like,
    predict,
    random_films,
    repack,
    tolerate_keras,
)
from training.errors import UserError
from training.models.card import CARD_VERSION
from training.models.card_file import CARD_KEY
from training.models.model_file import load_model, save_model

pytestmark = tolerate_keras


@pytest.fixture(scope="module")
def compact() -> keras.Model:
    return make_compact_like()


@pytest.fixture
def saved(compact: keras.Model, tmp_path: Path) -> Path:
    path = tmp_path / "best.keras"
    save_model(compact, make_card(), path)
    return path


def refused(path: Path) -> str:
    """The message of a file that must be refused in words, by its name, without a traceback."""
    with pytest.raises(UserError) as caught:
        load_model(path)
    assert path.name in caught.value.what
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def test_that_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "not there" in refused(tmp_path / "gone.keras")


def test_that_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.keras").mkdir()
    assert "folder" in refused(tmp_path / "run.keras")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n" + bytes(512), b"text"]
)
def test_that_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    assert "not a model file" in refused(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_that_a_truncated_file_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    assert "not a model file" in refused(saved)


def test_that_one_flipped_bit_in_the_weights_is_noticed(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        info = archive.getinfo("model.weights.h5")
    content[info.header_offset + info.file_size // 2] ^= 0x10
    saved.write_bytes(content)
    assert "damaged" in refused(saved)


def test_that_another_programs_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letters.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")
    assert "not a model file" in refused(path)


def test_that_a_keras_model_without_a_card_is_refused(compact: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / "plain.keras"
    keras.saving.save_model(compact, path)
    assert "made by another program" in refused(path)


def test_that_a_card_of_a_newer_version_is_refused(saved: Path) -> None:
    def change(metadata: dict[str, Any]) -> None:
        metadata[CARD_KEY] |= {"card_version": CARD_VERSION + 1, "program_version": "9.1"}

    edit_json(saved, "metadata.json", change)
    message = refused(saved)
    assert "newer version" in message
    assert "9.1" in message


def test_that_a_card_that_makes_no_sense_is_refused(saved: Path) -> None:
    edit_json(saved, "metadata.json", lambda values: values[CARD_KEY].pop("preprocessing"))
    assert "cannot be understood" in refused(saved)


@pytest.mark.parametrize("member", ["metadata.json", "config.json"])
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1]", b"[" * 100_000])
def test_that_broken_text_inside_is_refused(saved: Path, member: str, content: bytes) -> None:
    repack(saved, lambda members: members.update({member: content}))
    assert "damaged" in refused(saved)


def test_that_weights_of_another_network_are_refused(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.keras"
    save_model(make_notebook_like(), make_card(), other)
    with zipfile.ZipFile(other) as archive:
        weights = archive.read("model.weights.h5")
    repack(saved, lambda members: members.update({"model.weights.h5": weights}))
    assert "do not fit" in refused(saved)


@pytest.mark.parametrize("extra", ["assets/../../evil.py", "extra.json", "/etc/evil"])
def test_that_an_archive_with_further_members_is_refused(saved: Path, extra: str) -> None:
    repack(saved, lambda members: members.update({extra: b"x"}))
    assert "does not write" in refused(saved)


def test_that_a_zip_bomb_is_refused_before_it_is_unpacked(saved: Path) -> None:
    bomb = bytes(64 * 2**20)
    repack(
        saved,
        lambda members: members.update({"model.weights.h5": bomb}),
        compression=zipfile.ZIP_DEFLATED,
    )
    assert saved.stat().st_size < 2**20
    assert "unpacks to far more" in refused(saved)


def test_that_a_file_that_was_packed_again_still_loads(saved: Path) -> None:
    repack(saved, lambda members: None, compression=zipfile.ZIP_DEFLATED)
    assert load_model(saved)[1] == make_card()


def test_that_a_wrong_ending_is_refused_with_what_to_do(saved: Path) -> None:
    renamed = saved.rename(saved.with_name("best.keras.zip"))
    assert "Rename" in refused(renamed)


def foreign(path: Path, network: keras.Model, card_size: int = SIZE) -> Path:
    """A Keras file of any network with a card of ours: what an attacker or a tinkerer would make."""
    keras.saving.save_model(network, path)
    card = make_card(card_size).to_json()
    edit_json(path, "metadata.json", lambda values: values.update({CARD_KEY: card}))
    return path


def chain(*layers: Any, shape: tuple[int, int, int] = (SIZE, SIZE, 1)) -> keras.Model:
    film = keras.Input(shape)
    x = film
    for layer in layers:
        x = layer(x)
    return keras.Model(film, x)


def test_that_code_inside_a_lambda_layer_never_runs(tmp_path: Path) -> None:
    network = chain(
        keras.layers.Lambda(lambda x: x * 2.0),
        keras.layers.Flatten(),
        keras.layers.Dense(1, activation="sigmoid"),
    )
    assert "not a safe model file" in refused(foreign(tmp_path / "m.keras", network))


@pytest.mark.parametrize(
    "part",
    [
        {"module": "keras.layers", "class_name": "TFSMLayer", "registered_name": None},
        {"module": "os", "class_name": "Dense", "registered_name": None},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": "evil>Dense"},
        {"module": "keras.src.utils.file_utils", "class_name": "get_file"},
    ],
)
def test_that_parts_from_outside_keras_are_refused(saved: Path, part: dict[str, Any]) -> None:
    edit_json(saved, "config.json", lambda config: config["config"]["layers"][-1].update({**part}))
    assert "not a safe model file" in refused(saved)


def test_that_colour_input_is_refused(tmp_path: Path) -> None:
    network = chain(
        keras.layers.Flatten(),
        keras.layers.Dense(1, activation="sigmoid"),
        shape=(SIZE, SIZE, 3),
    )
    assert f"{SIZE} x {SIZE}" in refused(foreign(tmp_path / "m.keras", network))


def test_that_another_input_size_than_the_cards_is_refused(tmp_path: Path) -> None:
    path = foreign(tmp_path / "m.keras", make_compact_like(), card_size=SIZE + 8)
    assert f"{SIZE + 8} x {SIZE + 8}" in refused(path)


@pytest.mark.parametrize(
    ("units", "activation", "words"),
    [(2, "sigmoid", "one score"), (1, "linear", "not a probability"), (1, "tanh", "probability")],
)
def test_that_another_output_than_one_sigmoid_is_refused(
    tmp_path: Path, units: int, activation: str, words: str
) -> None:
    network = chain(keras.layers.Flatten(), keras.layers.Dense(units, activation=activation))
    assert words in refused(foreign(tmp_path / "m.keras", network))


def test_that_a_sequential_network_with_a_card_loads(tmp_path: Path) -> None:
    network = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
            keras.layers.Activation("sigmoid"),
        ]
    )
    model, _ = load_model(foreign(tmp_path / "m.keras", network))
    films = random_films(3) // 200
    np.testing.assert_array_equal(predict(model, films), predict(network, films))
