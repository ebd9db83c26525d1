"""What a body is: landmarks, poses, geometry, silhouette and measures. Knows no time, no files and no exercise."""

from formcheck.body import lower_limb, seated, trunk_and_head, upper_limb
from formcheck.body.measures import MEASURES, Measure

__all__ = ["MEASURES", "Measure", "lower_limb", "seated", "trunk_and_head", "upper_limb"]
