from collections.abc import Callable
from pathlib import Path

import cv2
import flatbuffers
import numpy as np
import pytest
from mediapipe.tasks.metadata import schema_py_generated as tflite
from numpy.typing import NDArray

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def person(photos: Path) -> NDArray[np.uint8]:
    """A picture of one real person, BGR."""
    return np.asarray(cv2.imread(str(photos / "fedb_Bodyweight_Squat_0.jpg")), dtype=np.uint8)


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
