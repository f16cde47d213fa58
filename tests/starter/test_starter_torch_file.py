"""Weights out of a PyTorch file of before 1.6, written here as PyTorch wrote them."""

from __future__ import annotations

import collections
import pickle
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from training.starter.torch_file import read_weights

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


class _Tensor:
    """Pickles as a tensor of torch does: a call that rebuilds it from a storage."""

    def __init__(self, key: str, size: int, offset: int, shape: tuple[int, ...]) -> None:
        self.place = (key, size, offset, shape)

    def __reduce__(self) -> tuple[object, ...]:
        key, size, offset, shape = self.place
        strides = tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape)))
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2  # type: ignore[attr-defined]
        return rebuild, (_Storage(key, size), offset, shape, strides, False, {})


class _Storage:
    def __init__(self, key: str, size: int) -> None:
        self.key, self.size = key, size


class _Pickler(pickle.Pickler):
    def persistent_id(self, thing: object) -> object:
        if isinstance(thing, _Storage):
            kind = sys.modules["torch"].FloatStorage  # type: ignore[attr-defined]
            return ("storage", kind, thing.key, "cpu", thing.size, None)
        return None


@pytest.fixture
def _torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that pickle finds under torch's modules; the reader never imports them."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2() -> None:
        raise AssertionError("the reader must not call what a file names")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = (
        "torch._utils",
        "_rebuild_tensor_v2",
    )
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def write(path: Path, table: object, storages: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        for part in (MAGIC, PROTOCOL, {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        _Pickler(file, protocol=2).dump(table)
        pickle.dump(list(storages), file, protocol=2)
        for values in storages.values():
            file.write(len(values).to_bytes(8, "little") + values.astype("<f4").tobytes())


@pytest.mark.usefixtures("_torch")
def test_that_tensors_come_with_their_names_shapes_and_values(tmp_path: Path) -> None:
    numbers = np.arange(30, dtype=np.float32)
    table = collections.OrderedDict(
        kernel=_Tensor("1", 30, 0, (2, 3, 4)), bias=_Tensor("1", 30, 24, (6,))
    )
    write(tmp_path / "weights.pth", table, {"1": numbers})
    read = read_weights(tmp_path / "weights.pth")
    assert list(read) == ["kernel", "bias"]
    np.testing.assert_array_equal(read["kernel"], numbers[:24].reshape(2, 3, 4))
    np.testing.assert_array_equal(read["bias"], numbers[24:])


@pytest.mark.usefixtures("_torch")
def test_that_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    write(path, {"bias": _Tensor("1", 8, 0, (8,))}, {"1": np.ones(8)})
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match="cut short"):
        read_weights(path)


def test_that_a_file_with_a_program_in_it_is_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    ran = tmp_path / "ran"

    class Program:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (ran,)

    write(path, {"bias": Program()}, {})
    with pytest.raises(pickle.UnpicklingError, match="no place"):
        read_weights(path)
    assert not ran.exists()


def test_that_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"".join(pickle.dumps(part, protocol=2) for part in (1, 2, 3)))
    with pytest.raises(ValueError, match=r"not written by PyTorch before 1\.6"):
        read_weights(path)
