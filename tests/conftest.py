"""What all tests share. Builders that need types live in `tests.stick` and `tests.signals`."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from formcheck.errors import ModelError
from formcheck.estimators import models

# A laptop that is busy with something else must not make a property fail.
settings.register_profile(
    "formcheck", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("formcheck")

DATA = Path(os.environ.get("FORMCHECK_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
"""Films and photos of real people, which are kept outside the project; what needs them is skipped without them."""


@pytest.fixture(scope="session")
def pose_model() -> Path:
    """The pose model that was pulled on this machine."""
    try:
        return models.model_path("full")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def films() -> Path:
    """The folder of films of real people."""
    if not (DATA / "clips").is_dir():
        pytest.skip(f"there are no films of real people in {DATA / 'clips'}; set FORMCHECK_TEST_DATA")
    return DATA / "clips"


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of photos of real people."""
    if not (DATA / "photos").is_dir():
        pytest.skip(f"there are no photos of real people in {DATA / 'photos'}; set FORMCHECK_TEST_DATA")
    return DATA / "photos"
