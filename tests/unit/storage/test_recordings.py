import json
import math
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from formcheck.body.landmarks import COUNT, LANDMARKS
from formcheck.body.pose import STATIONS, Pose, TorsoProfile
from formcheck.errors import OutputError, RecordingError
from formcheck.storage.recordings import RecordingWriter, load_poses, save_poses

PER_ROW = {"xy_px": 66, "visibility": 33, "world_m": 99, "torso_edges": 82, "torso_sharpness": 2}


def a_pose(t: float, *, world: bool = True, torso: bool = True) -> Pose:
    random = np.random.default_rng(round(t * 1000))
    edges = random.normal(size=(2, len(STATIONS)))
    edges[:, :3] = np.nan
    return Pose(
        t,
        # As the estimator makes them: float32 fractions of the picture, scaled to pixels.
        random.random((COUNT, 2), np.float32).astype(np.float64) * (1280, 720),
        random.normal(size=(COUNT, 3)) if world else None,
        random.random(COUNT),
        (1280, 720),
        TorsoProfile(edges, random.random(2), "left" if random.random() < 0.5 else "right") if torso else None,
    )


def bits(array: Any) -> bytes:
    return np.ascontiguousarray(array, dtype=np.float64).tobytes()


def assert_same(found: Pose, wanted: Pose) -> None:
    """Compare to the bit, so that NaN equals NaN and -0.0 does not equal 0.0."""
    assert bits(found.t) == bits(wanted.t)
    assert found.size_px == wanted.size_px
    assert bits(found.xy_px) == bits(wanted.xy_px)
    assert bits(found.visibility) == bits(wanted.visibility)
    assert (found.world_m is None) == (wanted.world_m is None)
    if found.world_m is not None and wanted.world_m is not None:
        assert found.world_m.shape == (COUNT, 3)
        assert bits(found.world_m) == bits(wanted.world_m)
    assert (found.torso is None) == (wanted.torso is None)
    if found.torso is not None and wanted.torso is not None:
        assert bits(found.torso.edges) == bits(wanted.torso.edges)
        assert bits(found.torso.sharpness) == bits(wanted.torso.sharpness)
        assert found.torso.side == wanted.torso.side


def any_array(*shape: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.float64, shape, elements=st.floats(allow_nan=True, allow_infinity=True, width=64))


def any_poses() -> st.SearchStrategy[list[Pose]]:
    torso = st.builds(TorsoProfile, any_array(2, len(STATIONS)), any_array(2), st.sampled_from(["left", "right"]))
    pose = st.builds(
        Pose,
        st.just(0.0),
        any_array(COUNT, 2),
        st.none() | any_array(COUNT, 3),
        any_array(COUNT),
        st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)),
        st.none() | torso,
    )

    def in_order(poses: list[Pose]) -> list[Pose]:
        return [replace(pose, t=number / 30) for number, pose in enumerate(poses)]

    return st.lists(pose, max_size=4).map(in_order)


@settings(max_examples=40)
@given(any_poses())
def test_any_poses_come_back_to_the_bit(tmp_path_factory: pytest.TempPathFactory, poses: list[Pose]) -> None:
    path = tmp_path_factory.mktemp("recording") / "poses.parquet"
    save_poses(path, poses)
    found = list(load_poses(path).poses())
    assert len(found) == len(poses)
    for one, other in zip(found, poses, strict=True):
        assert_same(one, other)


def test_more_poses_than_one_group(tmp_path: Path) -> None:
    poses = [a_pose(i / 30, world=i % 7 > 0, torso=i % 5 > 0) for i in range(2500)]
    poses[3] = Pose.nobody(poses[3].t, (640, 480))
    save_poses(tmp_path / "poses.parquet", iter(poses))
    recording = load_poses(tmp_path / "poses.parquet")
    found = list(recording.poses())
    assert len(found) == 2500
    for one, other in zip(found, poses, strict=True):
        assert_same(one, other)
    assert not found[3].has_person
    assert pq.read_metadata(tmp_path / "poses.parquet").num_row_groups == 3
    assert [p.t for p in recording.poses()] == [p.t for p in poses]


def test_facts(tmp_path: Path) -> None:
    facts = {
        "film": "größer.mp4",
        "fps": 29.97,
        "damaged": 0,
        "truncated": False,
        "model": {"hash": "ab"},
        "note": None,
    }
    save_poses(tmp_path / "poses.parquet", [a_pose(0)], facts=facts)
    recording = load_poses(str(tmp_path / "poses.parquet"))
    assert recording.facts == facts
    assert recording.path == tmp_path / "poses.parquet"


def test_facts_known_only_at_the_end(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "poses.parquet", {"film": "a.mp4"}) as recording:
        recording.write(a_pose(0))
        recording.facts["damaged"] = 3
    assert load_poses(tmp_path / "poses.parquet").facts == {"film": "a.mp4", "damaged": 3}


def test_no_poses(tmp_path: Path) -> None:
    save_poses(tmp_path / "poses.parquet", [])
    assert list(load_poses(tmp_path / "poses.parquet").poses()) == []


def test_the_columns_that_other_programs_see(tmp_path: Path) -> None:
    pose = a_pose(0.5)
    poses = [pose, Pose.nobody(0.6, (640, 480))]
    save_poses(tmp_path / "poses.parquet", poses, facts={"film": "a.mp4"})
    table = pq.read_table(tmp_path / "poses.parquet")
    assert set(table.schema.names) == {"t", "width_px", "height_px", "has_world", "torso_side", *PER_ROW}
    for name, count in PER_ROW.items():
        assert table.schema.field(name).type == pa.list_(pa.float64(), count)
    row, empty = table.to_pylist()
    assert (row["t"], row["width_px"], row["height_px"]) == (0.5, 1280, 720)
    nose, knee = LANDMARKS.index("nose"), LANDMARKS.index("left_knee")
    assert row["xy_px"][2 * nose : 2 * nose + 2] == list(pose.xy_px[nose])
    assert pose.world_m is not None
    assert row["world_m"][3 * knee : 3 * knee + 3] == list(pose.world_m[knee])
    assert (row["has_world"], empty["has_world"], empty["torso_side"]) == (True, False, None)
    assert all(math.isnan(number) for name in ("xy_px", "world_m", "torso_edges") for number in empty[name])
    metadata = pq.read_metadata(tmp_path / "poses.parquet").metadata
    assert metadata[b"formcheck.recording"] == b"1"
    assert json.loads(metadata[b"formcheck.landmarks"]) == list(LANDMARKS)
    assert json.loads(metadata[b"formcheck.facts"]) == {"film": "a.mp4"}


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten minutes at 30 frames per second are 41 MB of numbers; a thousand poses are 2.4 MB."""
    arrow: list[int] = []
    before = pa.total_allocated_bytes()

    def poses() -> Iterator[Pose]:
        pose = a_pose(0)
        for number in range(18_000):
            arrow.append(pa.total_allocated_bytes() - before)
            yield replace(pose, t=number / 30, xy_px=pose.xy_px + number)

    tracemalloc.start()
    save_poses(tmp_path / "poses.parquet", poses())
    count = 0
    for _ in load_poses(tmp_path / "poses.parquet").poses():
        arrow.append(pa.total_allocated_bytes() - before)
        count += 1
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 18_000
    assert python < 15e6
    assert max(arrow) < 15e6


class TestWriting:
    @pytest.mark.parametrize("t", [1.0, 0.5, math.nan, math.inf])
    def test_time_must_go_on(self, tmp_path: Path, t: float) -> None:
        with pytest.raises(ValueError, match="order of time"):
            save_poses(tmp_path / "poses.parquet", [a_pose(0), a_pose(1), Pose.nobody(t, (1, 1))])
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("facts", [{"fps": math.nan}, {"path": Path("a")}])
    def test_facts_must_be_json(self, tmp_path: Path, facts: dict[str, Any]) -> None:
        with pytest.raises((ValueError, TypeError), match="JSON"):
            save_poses(tmp_path / "poses.parquet", [a_pose(0)], facts=facts)
        assert list(tmp_path.iterdir()) == []

    def test_a_failing_block_leaves_things_as_they_were(self, tmp_path: Path) -> None:
        path = tmp_path / "poses.parquet"
        path.write_text("older")
        with pytest.raises(ConnectionError), RecordingWriter(path) as recording:
            recording.write(a_pose(0))
            raise ConnectionError("camera")
        assert path.read_text() == "older"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="no folder"):
            save_poses(tmp_path / "nowhere" / "poses.parquet", [])

    @pytest.mark.parametrize("limit", [0, 5000, 2_000_000])
    def test_a_full_disk(self, tmp_path: Path, limit: int) -> None:
        resource = pytest.importorskip("resource", reason="this system knows no limit of file sizes")
        path = tmp_path / "poses.parquet"
        path.write_text("older")
        poses = [a_pose(i / 30) for i in range(1500)]
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(OutputError, match=r"poses\.parquet could not be written .* free space"):
                save_poses(path, poses)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_text() == "older"
        assert list(tmp_path.iterdir()) == [path]


class TestRefusals:
    @staticmethod
    def refusal(path: Path) -> str:
        with pytest.raises(RecordingError) as caught:
            list(load_poses(path).poses())
        message = str(caught.value)
        assert str(path) in message
        assert message.endswith(".")
        assert "\n" not in message
        return message

    @pytest.fixture
    def recording(self, tmp_path: Path) -> Path:
        save_poses(tmp_path / "poses.parquet", [a_pose(i / 30) for i in range(50)])
        return tmp_path / "poses.parquet"

    def change(self, path: Path, table: pa.Table | None = None, **metadata: str) -> None:
        """Write the recording again with another table or other metadata."""
        old = pq.read_metadata(path).metadata
        kept = {key: value for key, value in old.items() if key.startswith(b"formcheck.")}
        new = kept | {f"formcheck.{key}".encode(): value.encode() for key, value in metadata.items()}
        table = pq.read_table(path) if table is None else table
        pq.write_table(table.replace_schema_metadata(new), path)

    def test_what_change_writes_is_read(self, recording: Path) -> None:
        self.change(recording)
        assert len(list(load_poses(recording).poses())) == 50

    def test_missing(self, tmp_path: Path) -> None:
        assert "There is no pose recording" in self.refusal(tmp_path / "poses.parquet")
        assert "There is no pose recording" in self.refusal(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"t,x,y\n1,2,3\n", b"PAR1" * 100])
    def test_no_parquet(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "poses.parquet").write_bytes(content)
        assert "damaged" in self.refusal(tmp_path / "poses.parquet")

    def test_cut(self, recording: Path) -> None:
        recording.write_bytes(recording.read_bytes()[:-100])
        assert "damaged" in self.refusal(recording)

    def test_smashed_numbers(self, recording: Path) -> None:
        content = bytearray(recording.read_bytes())
        content[200:20_000] = b"\xff" * 19_800
        recording.write_bytes(content)
        assert "damaged" in self.refusal(recording)

    def test_one_wrong_number(self, recording: Path) -> None:
        content = bytearray(recording.read_bytes())
        content[len(content) // 2] ^= 1
        recording.write_bytes(content)
        assert "damaged" in self.refusal(recording)

    def test_a_name_that_is_no_text(self, recording: Path) -> None:
        content = recording.read_bytes()
        recording.write_bytes(content.replace(b"visibility", b"visibil\xff\xffy"))
        assert "damaged" in self.refusal(recording)

    def test_another_table(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"t": [1.0]}), tmp_path / "poses.parquet")
        assert "no pose recording" in self.refusal(tmp_path / "poses.parquet")

    def test_a_newer_version(self, recording: Path) -> None:
        self.change(recording, recording="2")
        assert "newer formcheck" in self.refusal(recording)

    def test_other_landmarks(self, recording: Path) -> None:
        self.change(recording, landmarks=json.dumps(["nose"] * 33))
        assert "other landmarks" in self.refusal(recording)

    @pytest.mark.parametrize("facts", ["{", "[1]"])
    def test_spoilt_facts(self, recording: Path, facts: str) -> None:
        self.change(recording, facts=facts)
        assert "damaged" in self.refusal(recording)

    def test_a_missing_column(self, recording: Path) -> None:
        self.change(recording, pq.read_table(recording).drop_columns(["visibility"]))
        assert "visibility" in self.refusal(recording)

    def test_a_column_of_another_width(self, recording: Path) -> None:
        table = pq.read_table(recording)
        narrow = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(50 * 64)), 64)
        place = table.schema.names.index("xy_px")
        self.change(recording, table.set_column(place, "xy_px", narrow))
        assert "xy_px" in self.refusal(recording)

    @pytest.mark.parametrize(
        ("name", "value"), [("t", None), ("has_world", None), ("width_px", None), ("torso_side", "front")]
    )
    def test_a_wrong_value(self, recording: Path, name: str, value: object) -> None:
        table = pq.read_table(recording)
        place = table.schema.names.index(name)
        values = [value, *table.column(name).to_pylist()[1:]]
        self.change(recording, table.set_column(place, name, pa.array(values, table.schema.field(name).type)))
        assert "damaged" in self.refusal(recording)

    def test_rows_out_of_order(self, recording: Path) -> None:
        table = pq.read_table(recording)
        self.change(recording, table.take([0, 2, 1]))
        assert "order of time" in self.refusal(recording)
