"""A level must be passed for a while before it counts."""


class Dwell:
    """Wait until something has been wanted for `seconds` without a break; one thing at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pending: tuple[str, float] | None = None

    def held(self, target: str, wanted: bool, t: float) -> float | None:
        """Return since when `wanted` has been true, once that is long enough."""
        if not wanted:
            if self._pending and self._pending[0] == target:
                self._pending = None
            return None
        if self._pending is None or self._pending[0] != target:
            self._pending = (target, t)
        since = self._pending[1]
        return since if t - since >= self._seconds - 1e-6 else None

    def forget(self) -> None:
        """Begin anew."""
        self._pending = None
