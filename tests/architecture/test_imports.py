"""Who may import whom, and what importing formcheck costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import formcheck

PROJECT = Path(__file__).parents[2]
PACKAGE = Path(formcheck.__file__).parent
EVERYBODY = {"atomic", "errors", "frame", "shipped"}
BELOW: dict[str, set[str]] = {
    "body": set(),
    "filters": set(),
    "exercise": {"body", "filters"},
    "engine": {"body", "exercise", "filters"},
}
ADAPTERS = ("drawing", "estimators", "notify", "storage", "synth", "video")
SERVER = {"fastapi", "prometheus_client", "starlette", "uvicorn"}
MESSAGES = {"dbus_fast", "desktop_notifier", "httpx", "paho", "tenacity"}
HEAVY = {"av", "cv2", "jinja2", "mediapipe", "plotly", "pyarrow", "pyttsx3", "rich", "scipy", "sqlalchemy", "typer"}
HEAVY |= SERVER | MESSAGES


def python(code: str) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_after(statement: str) -> set[str]:
    return set(python(f"import sys\n{statement}\nprint('\\n'.join(sys.modules))").split())


WALK = """
import importlib, pkgutil, sys, types
root = types.ModuleType("formcheck")
root.__path__ = [{folder!r}]
sys.modules["formcheck"] = root
layer = importlib.import_module("formcheck.{layer}")
for module in pkgutil.walk_packages(layer.__path__, "formcheck.{layer}."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def loaded_by(layer: str) -> tuple[set[str], set[str]]:
    """Import a whole layer past `formcheck/__init__.py`; return the parts of formcheck and the libraries it brings."""
    loaded = modules_after(WALK.format(folder=str(PACKAGE), layer=layer))
    parts = {name.split(".")[1] for name in loaded if name.startswith("formcheck.")}
    return parts - {layer}, loaded & HEAVY


def test_the_contracts_are_kept() -> None:
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("layer", sorted(BELOW))
def test_every_layer_of_the_core_stands_alone(layer: str) -> None:
    parts, heavy = loaded_by(layer)
    assert parts <= BELOW[layer] | EVERYBODY
    assert heavy == set()


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_adapter_needs_only_the_core(adapter: str) -> None:
    parts, heavy = loaded_by(adapter)
    assert parts <= set(BELOW) | EVERYBODY
    assert "mediapipe" not in heavy  # loaded when an estimator is made, not before


def test_importing_formcheck_is_light() -> None:
    loaded = modules_after("import formcheck")
    assert loaded & HEAVY == set()
    assert not any(name.startswith(("formcheck.app", "formcheck.cli", "formcheck.estimators")) for name in loaded)


def test_the_command_line_starts_without_a_server() -> None:
    assert modules_after("import formcheck.cli.main") & SERVER == set()


def test_no_notifier_loads_what_it_sends_with_before_it_is_made() -> None:
    parts = "import formcheck.notify.desktop, formcheck.notify.hint, formcheck.notify.mqtt, formcheck.notify.webhook"
    assert modules_after(parts) & (MESSAGES | {"tkinter"}) == set()


def test_counting_and_judging_need_no_picture_library() -> None:
    use = "import formcheck; s = formcheck.Session(formcheck.load_exercise('deadlift')); s.finish().as_dict()"
    assert modules_after(use) & HEAVY == set()


def test_the_public_names_are_these_and_all_there() -> None:
    assert set(formcheck.__all__) == {
        "Baseline",
        "FilmPart",
        "Pose",
        "Report",
        "Session",
        "analyse_video",
        "load_exercise",
        "replay",
    }
    for name in formcheck.__all__:
        assert getattr(formcheck, name).__name__ == name
        assert getattr(formcheck, name).__doc__


def test_a_name_that_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'formcheck' has no attribute 'sessions'"):
        formcheck.sessions  # noqa: B018
