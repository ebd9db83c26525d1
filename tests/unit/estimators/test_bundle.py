import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
from mediapipe.tasks.metadata import schema_py_generated as tflite

from formcheck.errors import ModelError
from formcheck.estimators.bundle import ALIGNMENT_BYTES, DETECTOR, LANDMARKS, check_bundle, with_scaling, write_bundle

Build = Callable[..., bytes]


def read(model: bytes) -> Any:
    return tflite.ModelT.InitFromObj(tflite.Model.GetRootAs(model, 0))


def scaling(model: bytes) -> tuple[list[float], list[float]]:
    """Read mean and std the way MediaPipe does: by the library's own schema."""
    parts = read(model)
    entry = next(entry for entry in parts.metadata if entry.name == b"TFLITE_METADATA")
    blob = bytes(parts.buffers[entry.buffer].data)
    assert schema.ModelMetadata.ModelMetadataBufferHasIdentifier(blob, 0)
    metadata = schema.ModelMetadataT.InitFromObj(schema.ModelMetadata.GetRootAs(blob, 0))
    (unit,) = metadata.subgraphMetadata[0].inputTensorMetadata[0].processUnits
    assert unit.optionsType == schema.ProcessUnitOptions.NormalizationOptions
    return list(unit.options.mean), list(unit.options.std)


@given(buffers=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=20))
def test_scaling_is_added_and_nothing_else_changes(tflite_model: Build, buffers: list[bytes]) -> None:
    published = tflite_model(*buffers, metadata={"min_runtime_version": 0})
    made = with_scaling(published, mean=127.5, std=64.25)
    assert scaling(made) == ([127.5], [64.25])
    assert made.endswith(published)
    assert (len(made) - len(published)) % ALIGNMENT_BYTES == 0
    model = read(made)
    assert [bytes(buffer.data) for buffer in model.buffers[:-1]] == buffers
    assert [entry.name for entry in model.metadata] == [b"min_runtime_version", b"TFLITE_METADATA"]
    assert (model.version, model.description) == (3, b"a model for tests")
    assert tflite.Model.ModelBufferHasIdentifier(made, 0)


def test_a_model_without_any_metadata_gets_some(tflite_model: Build) -> None:
    assert scaling(with_scaling(tflite_model(b"weights"), mean=0.0, std=255.0)) == ([0.0], [255.0])


def test_a_model_with_scaling_stays_as_it_is(tflite_model: Build) -> None:
    once = with_scaling(tflite_model(b"weights"), mean=0.0, std=255.0)
    assert with_scaling(once, mean=1.0, std=2.0) == once


def test_bundles_are_equal_whenever_they_are_made(
    tflite_model: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector, landmarks = tflite_model(b"detector"), tflite_model(b"landmarks")
    write_bundle(tmp_path / "now.task", detector, landmarks)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("sys.platform", "win32")
    write_bundle(tmp_path / "later.task", detector, landmarks)
    assert (tmp_path / "now.task").read_bytes() == (tmp_path / "later.task").read_bytes()


def test_a_bundle_holds_both_models_uncompressed_with_their_own_scaling(tflite_model: Build, tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.task", tflite_model(b"detector"), tflite_model(b"landmarks"))
    check_bundle(tmp_path / "a.task")
    with zipfile.ZipFile(tmp_path / "a.task") as bundle:
        assert bundle.namelist() == [DETECTOR, LANDMARKS]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in bundle.infolist())
        assert scaling(bundle.read(DETECTOR)) == ([127.5], [127.5])  # pictures from -1 to 1
        assert scaling(bundle.read(LANDMARKS)) == ([0.0], [255.0])  # from 0 to 1


def make_zip(path: Path, names: list[str], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in names:
            archive.writestr(name, b"some weights that are long enough to flip a byte in")


def test_a_missing_file_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"a\.task cannot be read: No such file"):
        check_bundle(tmp_path / "a.task")


def test_a_file_that_is_no_zip_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "a.task").write_bytes(b"<html>404</html>")
    with pytest.raises(ModelError, match="not an intact pose model bundle: File is not a zip file"):
        check_bundle(tmp_path / "a.task")


def test_a_bundle_needs_both_models(tmp_path: Path) -> None:
    make_zip(tmp_path / "a.task", [DETECTOR])
    with pytest.raises(ModelError, match=f"it holds no {LANDMARKS}"):
        check_bundle(tmp_path / "a.task")


def test_a_compressed_bundle_is_refused(tmp_path: Path) -> None:
    make_zip(tmp_path / "a.task", [DETECTOR, LANDMARKS], zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match=f"{DETECTOR} in it is compressed"):
        check_bundle(tmp_path / "a.task")


def test_one_wrong_byte_is_noticed(tmp_path: Path) -> None:
    make_zip(tmp_path / "a.task", [DETECTOR, LANDMARKS])
    data = bytearray((tmp_path / "a.task").read_bytes())
    data[data.rindex(b"flip")] ^= 1
    (tmp_path / "a.task").write_bytes(data)
    with pytest.raises(ModelError, match=f"Bad CRC-32 for file '{LANDMARKS}'"):
        check_bundle(tmp_path / "a.task")
