"""Published pose weights in, the bundle that MediaPipe's Pose Landmarker loads out.

A bundle is an uncompressed zip of two TFLite models: one finds the person, one places the landmarks. Pose Landmarker
accepts a model only if its metadata say how picture values are scaled, and most of the published weights come without.

Re-serialising a model with the FlatBuffers library gives other bytes from one release of that library to the next, so
no checksum of the result could be written down. Here the published bytes stay as they are: references inside a
FlatBuffer are relative and point forward, so anything may be put in front of it. In front goes a new root table, which
refers to the old parts and to one more buffer, with the metadata.
"""

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from formcheck.errors import ModelError

DETECTOR: Final = "pose_detector.tflite"
LANDMARKS: Final = "pose_landmarks_detector.tflite"

ALIGNMENT_BYTES: Final = 16  # of weights within a TFLite file; what goes in front must not shift it

_METADATA_NAME: Final = "TFLITE_METADATA"

# Slots of tables in TFLite's schema: model, buffer, metadata entry ...
_VERSION, _BUFFERS, _METADATA = 0, 4, 6
_DATA = 0
_ENTRY_NAME, _ENTRY_BUFFER = 0, 1
# ... and in its metadata schema: model, graph, tensor, processing unit (of kind 1), normalisation.
_GRAPHS = 3
_INPUT_TENSORS = 2
_UNITS = 4
_KIND, _OPTIONS = 0, 1
_MEAN, _STD = 0, 1


@dataclass(frozen=True)
class _Old:
    """Something that the published model already holds, at this byte."""

    position: int


_Value: TypeAlias = "int | str | bytes | tuple[float, ...] | list[_Value] | dict[int, _Value] | _Old"
"""An integer, a string, a vector of bytes, of floats or of references, or a table by slot."""


def write_bundle(path: Path, detector: bytes, landmarks: bytes) -> None:
    """Write a Pose Landmarker bundle; equal weights give equal bytes on every machine.

    Parameters
    ----------
    path : Path
        Where to; an existing file is overwritten.
    detector, landmarks : bytes
        The two published TFLite models.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        _store(bundle, DETECTOR, with_scaling(detector, mean=127.5, std=127.5))
        _store(bundle, LANDMARKS, with_scaling(landmarks, mean=0.0, std=255.0))


def check_bundle(path: Path) -> None:
    """Check that a file is an intact Pose Landmarker bundle.

    Raises
    ------
    ModelError
        If it is missing, no zip, damaged, compressed, or lacks one of the two models.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            for name in (DETECTOR, LANDMARKS):
                _check_member(bundle, name)
    except OSError as error:
        raise ModelError(f"The pose model bundle {path} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise ModelError(f"{path} is not an intact pose model bundle: {str(error).rstrip('.')}.") from error


def _check_member(bundle: zipfile.ZipFile, name: str) -> None:
    if name not in bundle.namelist():
        raise ModelError(f"{bundle.filename} is not a pose model bundle: it holds no {name}.")
    if bundle.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ModelError(f"{bundle.filename} cannot be used: {name} in it is compressed.")
    bundle.read(name)  # compares checksums


def with_scaling(model: bytes, *, mean: float, std: float) -> bytes:
    """Put metadata in front of a TFLite model that say how picture values are scaled: ``(value - mean) / std``.

    Parameters
    ----------
    model : bytes
        A TFLite model. One that already carries metadata is returned as it is.
    mean, std : float
        In units of 8-bit picture values.

    Returns
    -------
    bytes
        Ends with `model`, unchanged.
    """
    if _METADATA_NAME.encode() in model:
        return model
    at = _field_positions(model)
    root: dict[int, _Value] = {slot: _Old(at[slot] + _uint32(model, at[slot])) for slot in at if slot != _VERSION}
    root[_VERSION] = _uint32(model, at[_VERSION])
    buffers = _references(model, at[_BUFFERS])
    root[_BUFFERS] = [*buffers, {_DATA: _scaling_metadata(mean, std)}]
    entries = _references(model, at[_METADATA]) if _METADATA in at else []
    root[_METADATA] = [*entries, {_ENTRY_NAME: _METADATA_NAME, _ENTRY_BUFFER: len(buffers)}]
    return _flatbuffer(root, b"TFL3", model)


def _scaling_metadata(mean: float, std: float) -> bytes:
    """Return model metadata with nothing but what Pose Landmarker asks for."""
    unit: _Value = {_KIND: 1, _OPTIONS: {_MEAN: (mean,), _STD: (std,)}}
    return _flatbuffer({_GRAPHS: [{_INPUT_TENSORS: [{_UNITS: [unit]}]}]}, b"M001")


def _store(bundle: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # dated 1980, whatever the clock says
    entry.create_system = 3  # otherwise differs between Windows and the rest
    entry.external_attr = 0o644 << 16
    bundle.writestr(entry, data)


def _uint32(data: bytes, at: int) -> int:
    value: int = struct.unpack_from("<I", data, at)[0]
    return value


def _field_positions(model: bytes) -> dict[int, int]:
    """Where each field of the root table stands, by slot."""
    root = _uint32(model, 0)
    table_of_offsets = root - struct.unpack_from("<i", model, root)[0]
    size = struct.unpack_from("<H", model, table_of_offsets)[0]
    offsets = struct.unpack_from(f"<{size // 2 - 2}H", model, table_of_offsets + 4)
    return {slot: root + offset for slot, offset in enumerate(offsets) if offset}


def _references(model: bytes, field: int) -> list[_Old]:
    """Whatever the vector holds to which the field at this byte refers."""
    vector = field + _uint32(model, field)
    first = vector + 4
    return [_Old(at + _uint32(model, at)) for at in range(first, first + 4 * _uint32(model, vector), 4)]


def _flatbuffer(root: dict[int, _Value], kind: bytes, old: bytes = b"") -> bytes:
    """Lay out new tables, followed by the file that they extend."""
    front = _Front(kind)
    front.refer(0, root)
    return front.before(old)


class _Front:
    """New tables of a FlatBuffer, each before the values that it refers to."""

    def __init__(self, kind: bytes) -> None:
        self._data = bytearray(4) + kind
        self._to_old: list[tuple[int, int]] = []

    def refer(self, at: int, value: _Value) -> None:
        """Make the four bytes at `at` refer to a value."""
        if isinstance(value, _Old):
            self._to_old.append((at, value.position))
        else:
            struct.pack_into("<I", self._data, at, self._place(value) - at)

    def before(self, old: bytes) -> bytes:
        """Return the new bytes, connected to the old ones, and the old ones."""
        self._align(ALIGNMENT_BYTES)
        for at, position in self._to_old:
            struct.pack_into("<I", self._data, at, len(self._data) + position - at)
        return bytes(self._data) + old

    def _align(self, multiple: int) -> None:
        self._data.extend(bytes(-len(self._data) % multiple))

    def _place(self, value: _Value) -> int:
        """Append a value and what it refers to; return where it stands."""
        self._align(4)
        if isinstance(value, dict):
            return self._place_table(value)
        position = len(self._data)
        if isinstance(value, list):
            self._place_references(value)
        elif isinstance(value, tuple):
            self._data.extend(struct.pack(f"<I{len(value)}f", len(value), *value))
        elif isinstance(value, str):
            self._data.extend(struct.pack("<I", len(value)) + value.encode("ascii") + b"\0")
        elif isinstance(value, bytes):
            self._data.extend(struct.pack("<I", len(value)) + value)
        return position

    def _place_references(self, values: list[_Value]) -> None:
        first = len(self._data) + 4
        self._data.extend(struct.pack("<I", len(values)) + bytes(4 * len(values)))
        for i, value in enumerate(values):
            self.refer(first + 4 * i, value)

    def _place_table(self, fields: dict[int, _Value]) -> int:
        """Append a table whose fields take four bytes each, after the list of their offsets."""
        offsets = [0] * (max(fields) + 1)
        for i, slot in enumerate(fields):
            offsets[slot] = 4 + 4 * i
        start = len(self._data)
        self._data.extend(struct.pack(f"<HH{len(offsets)}H", 4 + 2 * len(offsets), 4 + 4 * len(fields), *offsets))
        self._align(4)
        table = len(self._data)
        self._data.extend(struct.pack("<i", table - start) + bytes(4 * len(fields)))
        for slot, value in fields.items():
            if isinstance(value, int):
                struct.pack_into("<I", self._data, table + offsets[slot], value)
            else:
                self.refer(table + offsets[slot], value)
        return table
