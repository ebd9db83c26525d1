"""What a body is: landmarks, poses, geometry, silhouette and measures. Knows no time, no files and no exercise."""

from formcheck.body import (
    carrying,
    face_and_shoulders,
    gait,
    kneeling,
    lifting,
    lower_limb,
    lying,
    pulling,
    rotation,
    seated,
    sideways,
    stepping,
    trunk_and_head,
    upper_limb,
)
from formcheck.body.measures import MEASURES, Measure

__all__ = [
    "MEASURES",
    "Measure",
    "carrying",
    "face_and_shoulders",
    "gait",
    "kneeling",
    "lifting",
    "lower_limb",
    "lying",
    "pulling",
    "rotation",
    "seated",
    "sideways",
    "stepping",
    "trunk_and_head",
    "upper_limb",
]
