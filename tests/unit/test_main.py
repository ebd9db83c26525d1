"""The entry point, before any command is loaded."""

import sys
from types import ModuleType

import pytest

from formcheck.__main__ import main


class Interrupted(ModuleType):
    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_the_commands_load_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "formcheck.cli.main", Interrupted("formcheck.cli.main"))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
