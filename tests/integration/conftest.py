import os
from pathlib import Path

import pytest

from formcheck.errors import ModelError
from formcheck.estimators import models

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pose_model() -> Path:
    """The pose model that was pulled on this machine."""
    try:
        return models.model_path("full")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def films() -> Path:
    """Films of real people, which are kept outside the project."""
    folder = Path(os.environ.get("FORMCHECK_TEST_DATA", PROJECT.parent / "shared" / "data")) / "clips"
    if not folder.is_dir():
        pytest.skip(f"there are no films of real people in {folder}; set FORMCHECK_TEST_DATA")
    return folder
