"""Studies on tables of landmarks and joints that others have labelled."""

from formcheck.evaluation.table_studies.plank import plank_classes
from formcheck.evaluation.table_studies.quality import movement_quality
from formcheck.evaluation.table_studies.repetitions import squat_reps
from formcheck.evaluation.table_studies.sitting import sitting_classes
from formcheck.evaluation.table_studies.squat import squat_phase

__all__ = ["movement_quality", "plank_classes", "sitting_classes", "squat_phase", "squat_reps"]
