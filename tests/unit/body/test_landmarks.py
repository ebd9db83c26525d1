import pytest

from formcheck.body.landmarks import BONES, COUNT, INDEX, LANDMARKS, index, other


def test_the_order_is_that_of_the_pose_model() -> None:
    assert COUNT == len(set(LANDMARKS)) == 33
    known = {
        "nose": 0,
        "left_ear": 7,
        "left_shoulder": 11,
        "right_wrist": 16,
        "left_hip": 23,
        "right_knee": 26,
        "right_foot_index": 32,
    }
    assert {name: INDEX[name] for name in known} == known


@pytest.mark.parametrize("joint", ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index", "ear"])
def test_a_paired_joint_is_found_on_either_side(joint: str) -> None:
    assert LANDMARKS[index(joint, "left")] == f"left_{joint}"
    assert LANDMARKS[index(joint, "right")] == f"right_{joint}"


@pytest.mark.parametrize("joint", ["nose", "left_hip", "tail"])
def test_what_is_not_a_paired_joint_is_refused(joint: str) -> None:
    with pytest.raises(KeyError):
        index(joint, "left")


def test_the_sides_are_each_others_other() -> None:
    assert (other("left"), other("right")) == ("right", "left")


def test_bones_join_known_landmarks_and_are_the_same_on_both_sides() -> None:
    bones = {frozenset(bone) for bone in BONES}
    assert len(bones) == len(BONES)
    assert all(name in INDEX for bone in BONES for name in bone)
    swapped = {
        frozenset(n.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right") for n in b) for b in bones
    }
    assert swapped == bones
