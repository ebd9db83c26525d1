"""What the tests of the evaluation share."""

from pathlib import Path

import pytest

from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.study import Setting


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """A setting whose data folder is empty and whose pose model does not exist."""
    return Setting(tmp_path, PoseCache(tmp_path / "none.task", tmp_path / "cache"))
