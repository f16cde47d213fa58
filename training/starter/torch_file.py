"""Reads the weights of a file that PyTorch wrote before version 1.6, without PyTorch.

Such a file is five pickles (a magic number, the protocol, facts of the machine, the tensors by
name, the keys of their storages) and then each storage: its length and its bytes. Only the few
names that a table of tensors needs are unpickled; any other is refused, so the file runs no code.
"""

from __future__ import annotations

import collections
import pickle
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8", "HalfStorage": "<f2"}


class _Storage:
    """The bytes of one or several tensors; empty until they are read."""

    def __init__(self, dtype: str, size: int) -> None:
        self.values: npt.NDArray[Any] = np.empty(size, dtype)


class _Tensor:
    """Where a tensor lies in its storage."""

    def __init__(
        self,
        storage: _Storage,
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_: Any,
    ) -> None:
        self._storage = storage
        self._offset = offset
        self._shape = shape
        self._strides = strides

    def array(self) -> npt.NDArray[Any]:
        """Its values."""
        values = self._storage.values[self._offset :]
        strides = tuple(step * values.itemsize for step in self._strides)
        return np.lib.stride_tricks.as_strided(values, self._shape, strides).copy()


class _TableReader(pickle.Unpickler):
    """Unpickles tensors and the tables that hold them, and nothing else."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """The few names that are allowed (called by pickle)."""
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
            return _Tensor if name == "_rebuild_tensor_v2" else _only_tensor
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a table of weights")

    def persistent_load(self, pid: Any) -> _Storage:
        """The storage a tensor names (called by pickle)."""
        kind, storage_type, key, _, size, *_ = pid
        if kind != "storage":
            raise pickle.UnpicklingError(f"{kind} has no place in a table of weights")
        return self.storages.setdefault(key, _Storage(_DTYPES[storage_type], size))


def _only_tensor(tensor: _Tensor, *_: Any) -> _Tensor:
    return tensor


def read_weights(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read every tensor of a file.

    Args:
        path: A state dictionary as ``torch.save`` wrote it before version 1.6.

    Returns:
        Each tensor by its name.

    Raises:
        ValueError: It is no such file, or is cut short.
        pickle.UnpicklingError: It holds more than tensors.
    """
    with path.open("rb") as file:
        head = [_TableReader(file).load() for _ in range(3)]
        if head[:2] != [_MAGIC, _PROTOCOL]:
            raise ValueError(f"{path.name} was not written by PyTorch before 1.6")
        reader = _TableReader(file)
        table = reader.load()
        for key in _TableReader(file).load():
            storage = reader.storages[key].values
            size = int.from_bytes(file.read(8), "little")
            if size != storage.size or file.readinto(storage.data) != storage.nbytes:
                raise ValueError(f"{path.name} is cut short")
    return {name: tensor.array() for name, tensor in table.items()}
