"""Studies on rendered people, whose joint angles and faults are known exactly."""

from formcheck.evaluation.rendered_studies.angles import rendered_angles
from formcheck.evaluation.rendered_studies.conditions import rendered_conditions
from formcheck.evaluation.rendered_studies.faults import rendered_faults
from formcheck.evaluation.rendered_studies.rounding import rendered_rounding

__all__ = ["rendered_angles", "rendered_conditions", "rendered_faults", "rendered_rounding"]
