"""The 33 landmarks of MediaPipe's BlazePose topology: names, left/right partners and bones."""

from typing import Final, Literal

Side = Literal["left", "right"]

LANDMARKS: Final = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""Landmark names in the order in which every array stores them."""

COUNT: Final = len(LANDMARKS)
INDEX: Final = {name: i for i, name in enumerate(LANDMARKS)}

BONES: Final = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(
        (f"{side}_{a}", f"{side}_{b}")
        for side in ("left", "right")
        for a, b in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("shoulder", "hip"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "foot_index"),
            ("shoulder", "ear"),
        )
    ),
)
"""Pairs of landmark names that a skeleton drawing joins."""


_SIDES: Final[tuple[Side, Side]] = ("left", "right")
_PAIRED: Final[dict[tuple[str, Side], int]] = {}
for _name, _row in INDEX.items():
    for _side in _SIDES:
        if _name.startswith(f"{_side}_"):
            _PAIRED[_name.removeprefix(f"{_side}_"), _side] = _row


def index(joint: str, side: Side) -> int:
    """Return the row of a paired joint, for example ``index("hip", "left")``.

    Raises
    ------
    KeyError
        If there is no such paired joint.
    """
    return _PAIRED[joint, side]


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "right" if side == "left" else "left"
