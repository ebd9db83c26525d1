"""What all tests share. Builders that need types live in `tests.stick` and `tests.signals`."""

from hypothesis import HealthCheck, settings

# A laptop that is busy with something else must not make a property fail.
settings.register_profile(
    "formcheck", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("formcheck")
