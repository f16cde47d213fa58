from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.models.model_builders import (
    SIZE,
    make_card,
    make_compact_like,
    make_notebook_like,
    predict,
    random_films,
    tolerate_keras,
)
from training.errors import UserError
from training.models import card_writing, model_file
from training.models.card_file import read_card
from training.models.model_file import bring_up_to_date, inference_copy, load_model, save_model

pytestmark = tolerate_keras


@pytest.fixture(scope="module")
def compact() -> keras.Model:
    return make_compact_like()


@pytest.fixture
def saved(compact: keras.Model, tmp_path: Path) -> Path:
    path = tmp_path / "best.keras"
    save_model(compact, make_card(), path)
    return path


@pytest.mark.parametrize("make", [make_notebook_like, make_compact_like])
def test_that_a_reloaded_model_gives_the_same_scores(
    make: Callable[[], keras.Model], tmp_path: Path
) -> None:
    model, films = make(), random_films(8)
    save_model(model, make_card(), tmp_path / "m.keras")
    reloaded, card = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(predict(reloaded, films), predict(model, films))
    assert card == make_card()


@pytest.mark.parametrize("make", [make_notebook_like, make_compact_like])
def test_that_a_model_trained_in_bfloat16_is_saved_in_float32(
    make: Callable[..., keras.Model], tmp_path: Path
) -> None:
    mixed, films = make(dtype="mixed_bfloat16"), random_films(8)
    mixed.compile("adam", "binary_crossentropy")
    mixed.train_on_batch(films[..., None].astype(np.float32), np.arange(8) % 2)
    plain = make()
    plain.set_weights(mixed.get_weights())
    save_model(mixed, make_card(), tmp_path / "m.keras")
    reloaded, _ = load_model(tmp_path / "m.keras")
    assert {layer.compute_dtype for layer in reloaded.layers} == {"float32"}
    # The same weights in a network that was float32 from the start: equal to the last bit.
    np.testing.assert_array_equal(predict(reloaded, films), predict(plain, films))
    assert not np.array_equal(predict(reloaded, films), predict(mixed, films))
    np.testing.assert_allclose(predict(reloaded, films), predict(mixed, films), atol=0.05)


def test_that_the_optimiser_stays_out_of_the_file(tmp_path: Path) -> None:
    model = make_compact_like()
    save_model(model, make_card(), tmp_path / "before.keras")
    model.compile("adam", "binary_crossentropy")
    model.train_on_batch(random_films(4)[..., None].astype(np.float32), np.array([0, 1, 0, 1]))
    save_model(model, make_card(), tmp_path / "after.keras")
    assert not load_model(tmp_path / "after.keras")[0].compiled
    sizes = [(tmp_path / name).stat().st_size for name in ("before.keras", "after.keras")]
    assert sizes[0] == sizes[1]


def test_that_an_inference_copy_shares_no_weights(compact: keras.Model) -> None:
    copy, films = inference_copy(compact), random_films(2)
    before = predict(compact, films)
    copy.set_weights([np.zeros_like(value) for value in copy.get_weights()])
    np.testing.assert_array_equal(predict(compact, films), before)


def test_that_a_copy_takes_the_weights_that_its_model_has_by_now() -> None:
    model, films = make_compact_like(), random_films(2)
    copy = inference_copy(model)
    model.set_weights([value * 0.5 for value in model.get_weights()])
    assert not np.array_equal(predict(copy, films), predict(model, films))
    bring_up_to_date(copy, model)
    np.testing.assert_array_equal(predict(copy, films), predict(model, films))


@pytest.mark.slow
def test_that_plain_keras_loads_the_file_without_this_program(
    saved: Path, compact: keras.Model
) -> None:
    films = random_films(4)
    np.save(saved.with_suffix(".npy"), films[..., None].astype(np.float32))
    code = (
        "import sys, keras, numpy; "
        f"model = keras.saving.load_model({str(saved)!r}); "
        f"scores = model(numpy.load({str(saved.with_suffix('.npy'))!r})); "
        "assert not [name for name in sys.modules if name.startswith('training')]; "
        "print(*[repr(float(score)) for score in scores[:, 0]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=saved.parent
    )
    printed = [float(text) for text in done.stdout.split()]
    np.testing.assert_allclose(printed, predict(compact, films), rtol=1e-6)


@pytest.mark.slow
def test_that_a_card_is_read_without_keras(saved: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from training.models.card_file import read_card; "
        f"card = read_card(Path({str(saved)!r})); "
        "assert not {'keras', 'tensorflow'} & set(sys.modules); print(card.classes[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "fractured"
    assert read_card(saved) == make_card()


def test_that_loading_under_a_training_threads_policy_gives_float32_and_keeps_the_policy(
    saved: Path,
) -> None:
    found: list[Any] = []

    def load() -> None:
        keras.config.set_dtype_policy("mixed_bfloat16")
        model, _ = load_model(saved)
        found.append({layer.compute_dtype for layer in model.layers})
        found.append(keras.config.dtype_policy().name)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    assert found == [{"float32"}, "mixed_bfloat16"]
    assert keras.config.dtype_policy().name == "float32"


def test_that_a_non_ascii_name_is_saved_and_loaded(compact: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / "Röntgen 手" / "beste größte.keras"
    path.parent.mkdir()
    save_model(compact, make_card(classes=("ohne Bruch", "mit Bruch ✓")), path)
    assert load_model(path)[1].classes == ("ohne Bruch", "mit Bruch ✓")


def only_file(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "may not be written to"),
        (errno.EACCES, "may not be written to"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("moment", ["_copy_with_card", "keras"])
def test_that_a_failing_disk_leaves_the_older_file_and_no_rest(
    code: int, words: str, moment: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    if moment == "keras":
        monkeypatch.setattr(model_file.keras.saving, "save_model", fail)
    else:
        monkeypatch.setattr(card_writing, moment, fail)
    with pytest.raises(UserError, match=words) as caught:
        save_model(make_compact_like(), make_card(), saved)
    assert saved.name in caught.value.what
    assert caught.value.advice
    assert saved.read_bytes() == before
    assert only_file(saved.parent) == [saved.name]


@pytest.mark.skipif(os.name == "nt", reason="file size limits are a Unix thing")
def test_that_a_file_that_cannot_be_written_to_its_end_leaves_nothing(
    compact: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A limit on the size of files makes a real write fail half-way through, as a full disk does.
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(UserError, match="could not be saved"):
            save_model(compact, make_card(), tmp_path / "best.keras")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert only_file(tmp_path) == []


def test_that_a_missing_folder_is_named(compact: keras.Model, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        save_model(compact, make_card(), tmp_path / "gone" / "best.keras")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_read_only_folder_is_named(compact: keras.Model, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UserError, match="may not be written to"):
            save_model(compact, make_card(), tmp_path / "best.keras")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("size", "name"), [(SIZE + 1, "best.keras"), (SIZE, "best.h5")], ids=["card", "name"]
)
def test_that_a_card_of_another_size_or_another_ending_is_a_bug(
    compact: keras.Model, tmp_path: Path, size: int, name: str
) -> None:
    with pytest.raises(ValueError, match=r"keras|fit"):
        save_model(compact, make_card(size), tmp_path / name)
    assert only_file(tmp_path) == []
