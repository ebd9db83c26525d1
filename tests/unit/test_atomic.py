from pathlib import Path

import pytest

from formcheck.atomic import PendingFile, atomic_path
from formcheck.errors import OutputError


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    final = tmp_path / "report.json"
    final.write_text("older")
    with atomic_path(final) as temporary:
        temporary.write_text("newer")
        assert final.read_text() == "older"
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".json"
    assert final.read_text() == "newer"
    assert list(tmp_path.iterdir()) == [final]


def test_a_failing_block_changes_nothing(tmp_path: Path) -> None:
    final = tmp_path / "report.json"
    final.write_text("older")
    with pytest.raises(KeyError), atomic_path(final) as temporary:
        temporary.write_text("newer")
        raise KeyError("rep")
    assert final.read_text() == "older"
    assert list(tmp_path.iterdir()) == [final]


def test_a_system_error_becomes_one_sentence(tmp_path: Path) -> None:
    final = tmp_path / "report.json"
    with pytest.raises(OutputError) as caught, atomic_path(final) as temporary:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")
    message = str(caught.value)
    assert message.startswith(f"{final} could not be written (No space left on device); check the free space")
    assert str(tmp_path) in message
    assert message.endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"), atomic_path(tmp_path / "report.json"):
        pass


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("older")
    link.symlink_to(real)
    with atomic_path(link) as temporary:
        temporary.write_text("newer")
    assert link.is_symlink()
    assert real.read_text() == "newer"


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        PendingFile(tmp_path / "nowhere" / "report.json")


def test_a_folder_has_the_name(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no ordinary file"):
        PendingFile(tmp_path)


def test_a_device_is_not_replaced() -> None:
    if not Path("/dev/null").is_char_device():
        pytest.skip("no such device here")
    with pytest.raises(OutputError, match="no ordinary file"):
        PendingFile(Path("/dev/null"))


def test_the_longest_name_has_room(tmp_path: Path) -> None:
    final = tmp_path / ("x" * 250 + ".json")
    with atomic_path(final) as temporary:
        temporary.write_text("{}")
    assert final.is_file()
