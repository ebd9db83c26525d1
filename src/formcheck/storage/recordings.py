"""Pose recordings: the poses of a film as one Parquet file, exact to the bit, so that they are judged alike again.

One row is one pose. Landmarks lie one after another in the order of `LANDMARKS`, each with its coordinates together.
"""

import contextlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from formcheck.atomic import PendingFile, output_error
from formcheck.body.landmarks import COUNT, LANDMARKS
from formcheck.body.pose import STATIONS, Array, Pose, TorsoProfile
from formcheck.errors import RecordingError

SCHEMA_VERSION: Final = 1
_POSES_A_GROUP: Final = 1024
_SPOILT: Final = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises for a file whose bytes are not as they were written."""

_VERSION_KEY: Final = b"formcheck.recording"
_LANDMARKS_KEY: Final = b"formcheck.landmarks"
_FACTS_KEY: Final = b"formcheck.facts"


def _numbers(count: int) -> pa.DataType:
    return pa.list_(pa.float64(), count)


_SCHEMA: Final = pa.schema(
    [
        pa.field("t", pa.float64(), nullable=False),
        pa.field("width_px", pa.int32(), nullable=False),
        pa.field("height_px", pa.int32(), nullable=False),
        pa.field("xy_px", _numbers(2 * COUNT), nullable=False),
        pa.field("visibility", _numbers(COUNT), nullable=False),
        pa.field("has_world", pa.bool_(), nullable=False),
        pa.field("world_m", _numbers(3 * COUNT), nullable=False),
        pa.field("torso_side", pa.string()),
        pa.field("torso_edges", _numbers(2 * len(STATIONS)), nullable=False),
        pa.field("torso_sharpness", _numbers(2), nullable=False),
    ]
)
"""What is missing is NaN, and `has_world` or `torso_side` says so, because few programs can leave out a whole list."""

_NUMBERS: Final = ["t", *(f"{f.name}.list.element" for f in _SCHEMA if pa.types.is_fixed_size_list(f.type))]


class RecordingWriter:
    """Writes poses to a Parquet file as they come, holding about a thousand of them in memory.

    A context manager. The recording appears at `path` when the block ends; if the block fails, nothing is left behind
    and what was at `path` stays.

    Parameters
    ----------
    path : Path or str
        Where the recording shall appear.
    facts : Mapping, optional
        What else is known about the recording (film, model, versions, ...): anything JSON can hold, no NaN.

    Attributes
    ----------
    facts : dict
        Written when the block ends, so that what is known only then can still be added.

    Raises
    ------
    OutputError
        On entering, writing or leaving, if the file cannot be written.
    """

    def __init__(self, path: Path | str, facts: Mapping[str, Any] | None = None) -> None:
        self.facts: dict[str, Any] = dict(facts or {})
        self._path = Path(path)
        self._waiting: list[Pose] = []
        self._last_t = -math.inf

    def __enter__(self) -> Self:
        self._pending = PendingFile(self._path)
        try:
            # The bytes of a number apart, because the first ones of neighbours are alike: half the size of plain zstd.
            self._parquet = pq.ParquetWriter(
                self._pending.path,
                _SCHEMA,
                compression="zstd",
                use_dictionary=False,
                use_byte_stream_split=_NUMBERS,
                write_page_checksum=True,
            )
        except OSError as error:
            self._pending.discard()
            raise output_error(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            # A second failure to write would only hide the first.
            with contextlib.suppress(OSError):
                self._parquet.close()
            self._pending.discard()

    def write(self, pose: Pose) -> None:
        """Append one pose, later than the one before.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        if not self._last_t < pose.t < math.inf:
            raise ValueError(f"poses must come in order of time, got {pose.t} s after {self._last_t} s")
        self._last_t = pose.t
        self._waiting.append(pose)
        if len(self._waiting) == _POSES_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        try:
            self._parquet.write_table(_table(self._waiting))
        except OSError as error:
            raise output_error(self._path, error) from error
        self._waiting.clear()

    def _finish(self) -> None:
        metadata = {
            _VERSION_KEY: str(SCHEMA_VERSION),
            _LANDMARKS_KEY: json.dumps(LANDMARKS),
            _FACTS_KEY: json.dumps(self.facts, allow_nan=False),
        }
        if self._waiting:
            self._write_group()
        self._parquet.add_key_value_metadata(metadata)
        try:
            self._parquet.close()
            self._pending.keep()
        except OSError as error:
            raise output_error(self._path, error) from error


@dataclass(frozen=True, slots=True)
class Recording:
    """A pose recording on disk.

    Attributes
    ----------
    path : Path
        The file.
    facts : dict
        What was recorded along with the poses.
    """

    path: Path
    facts: dict[str, Any]

    def poses(self) -> Iterator[Pose]:
        """Read the poses one after another, holding about a thousand of them in memory.

        Raises
        ------
        RecordingError
            If the file is damaged or its poses are not in order of time.
        """
        last_t = -math.inf
        for pose in self._poses():
            if not last_t < pose.t < math.inf:
                raise RecordingError(
                    f"{self.path} has a pose at {pose.t} s after one at {last_t} s; bring its rows in order of time."
                )
            last_t = pose.t
            yield pose

    def _poses(self) -> Iterator[Pose]:
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                for batch in file.iter_batches(_POSES_A_GROUP, columns=_SCHEMA.names):
                    yield from _batch_poses(batch, self.path)
        except _SPOILT as error:
            raise _damaged(self.path) from error


def save_poses(path: Path | str, poses: Iterable[Pose], *, facts: Mapping[str, Any] | None = None) -> None:
    """Write a pose recording in one go.

    Parameters
    ----------
    path : Path or str
        Where the recording shall appear.
    poses : Iterable of Pose
        In order of time.
    facts : Mapping, optional
        See `RecordingWriter`.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with RecordingWriter(path, facts) as recording:
        for pose in poses:
            recording.write(pose)


def load_poses(path: Path | str) -> Recording:
    """Open a pose recording.

    Parameters
    ----------
    path : Path or str
        A file written by `RecordingWriter`.

    Returns
    -------
    Recording
        Its facts, and its poses on demand.

    Raises
    ------
    RecordingError
        If there is no such file, or it is no pose recording, or one of a newer formcheck.
    """
    path = Path(path)
    if not path.is_file():
        raise RecordingError(f"There is no pose recording {path}; check the name.")
    try:
        with pq.ParquetFile(path) as file:
            metadata, schema = file.metadata.metadata or {}, file.schema_arrow
    except _SPOILT as error:
        raise _damaged(path) from error
    _check_version(metadata, path)
    _check_columns(schema, path)
    facts = _json(metadata, _FACTS_KEY, path)
    if not isinstance(facts, dict):
        raise _damaged(path)
    return Recording(path, facts)


def _table(poses: list[Pose]) -> pa.Table:
    torsos = [pose.torso for pose in poses]
    columns = {
        "t": [pose.t for pose in poses],
        "width_px": [pose.size_px[0] for pose in poses],
        "height_px": [pose.size_px[1] for pose in poses],
        "xy_px": _lists([pose.xy_px for pose in poses], 2 * COUNT),
        "visibility": _lists([pose.visibility for pose in poses], COUNT),
        "has_world": [pose.world_m is not None for pose in poses],
        "world_m": _lists([pose.world_m for pose in poses], 3 * COUNT),
        "torso_side": [torso.side if torso else None for torso in torsos],
        "torso_edges": _lists([torso.edges if torso else None for torso in torsos], 2 * len(STATIONS)),
        "torso_sharpness": _lists([torso.sharpness if torso else None for torso in torsos], 2),
    }
    return pa.table(columns, schema=_SCHEMA)


def _lists(arrays: Sequence[Array | None], count: int) -> pa.Array:
    """Return one list of `count` numbers a row, NaN where there is no array."""
    rows = np.full((len(arrays), count), np.nan)
    for row, array in zip(rows, arrays, strict=True):
        if array is not None:
            row[:] = array.ravel()
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), count)


def _batch_poses(batch: pa.RecordBatch, path: Path) -> Iterator[Pose]:
    if any(batch.column(field.name).null_count for field in _SCHEMA if not field.nullable):
        raise _damaged(path)
    worlds = zip(batch.column("has_world").to_pylist(), _arrays(batch, "world_m", COUNT, 3), strict=True)
    columns = (
        batch.column("t").to_pylist(),
        _arrays(batch, "xy_px", COUNT, 2),
        (world_m if has_world else None for has_world, world_m in worlds),
        _arrays(batch, "visibility", COUNT),
        zip(batch.column("width_px").to_pylist(), batch.column("height_px").to_pylist(), strict=True),
        _torsos(batch, path),
    )
    for t, xy_px, world_m, visibility, size_px, torso in zip(*columns, strict=True):
        yield Pose(t, xy_px, world_m, visibility, size_px, torso)


def _torsos(batch: pa.RecordBatch, path: Path) -> Iterator[TorsoProfile | None]:
    """Yield the torso profile of each row, None where there is none."""
    all_edges = _arrays(batch, "torso_edges", 2, len(STATIONS))
    all_sharpness = _arrays(batch, "torso_sharpness", 2)
    sides = batch.column("torso_side").to_pylist()
    for side, edges, sharpness in zip(sides, all_edges, all_sharpness, strict=True):
        if side not in (None, "left", "right"):
            raise _damaged(path)
        yield TorsoProfile(edges, sharpness, side) if side else None


def _arrays(batch: pa.RecordBatch, name: str, *shape: int) -> Array:
    """Return the arrays of all rows, one after another along the first axis."""
    return np.array(batch.column(name).flatten(), dtype=np.float64).reshape(-1, *shape)


def _check_version(metadata: Mapping[bytes, bytes], path: Path) -> None:
    version = metadata.get(_VERSION_KEY, b"")
    if not version.isdigit():
        raise RecordingError(f"{path} is a table but no pose recording; give one that formcheck wrote.")
    if int(version) > SCHEMA_VERSION:
        raise RecordingError(
            f"{path} was written by a newer formcheck (version {int(version)} of the format, this one reads "
            f"{SCHEMA_VERSION}); update formcheck."
        )
    if _json(metadata, _LANDMARKS_KEY, path) != list(LANDMARKS):
        raise RecordingError(f"{path} holds other landmarks than the {COUNT} of formcheck; record the film again.")


def _check_columns(schema: pa.Schema, path: Path) -> None:
    for field in _SCHEMA:
        found = schema.field(field.name).type if field.name in schema.names else None
        if found is None or not _same_type(found, field.type):
            raise RecordingError(
                f"{path} has the column {field.name} as {found}, not {field.type}; record the film again."
            )


def _same_type(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_fixed_size_list(found) and pa.types.is_fixed_size_list(wanted):
        return bool(found.list_size == wanted.list_size and found.value_type == wanted.value_type)
    return bool(found == wanted)


def _json(metadata: Mapping[bytes, bytes], key: bytes, path: Path) -> Any:
    try:
        return json.loads(metadata[key])
    except (KeyError, ValueError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> RecordingError:
    return RecordingError(f"{path} is no pose recording, or it is damaged; record the film again.")
