import os
from collections.abc import Callable
from pathlib import Path

import cv2
import flatbuffers
import numpy as np
import pytest
from mediapipe.tasks.metadata import schema_py_generated as tflite
from numpy.typing import NDArray

from formcheck.errors import ModelError
from formcheck.estimators import models

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def real_model() -> Path:
    """The pose model that was pulled on this machine."""
    try:
        return models.model_path("full")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture
def person() -> NDArray[np.uint8]:
    """A picture of one real person, BGR."""
    folder = Path(os.environ.get("FORMCHECK_TEST_DATA", PROJECT.parent / "shared" / "data"))
    path = folder / "photos" / "fedb_Bodyweight_Squat_0.jpg"
    if not path.is_file():
        pytest.skip(f"there is no picture of a person at {path}; set FORMCHECK_TEST_DATA")
    return np.asarray(cv2.imread(str(path)), dtype=np.uint8)


@pytest.fixture(scope="session")
def tflite_model() -> Callable[..., bytes]:
    """Serialise a TFLite model with nothing but buffers, by the library and not by our own code."""

    def build(*buffers: bytes, metadata: dict[str, int] | None = None) -> bytes:
        model = tflite.ModelT()
        model.version, model.description = 3, "a model for tests"
        model.buffers = [tflite.BufferT() for _ in buffers]
        for buffer, content in zip(model.buffers, buffers, strict=True):
            buffer.data = np.frombuffer(content, np.uint8)
        model.metadata = [tflite.MetadataT() for _ in metadata or {}]
        for entry, (name, index) in zip(model.metadata, (metadata or {}).items(), strict=True):
            entry.name, entry.buffer = name, index
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    return build
