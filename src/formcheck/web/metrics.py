"""Figures for Prometheus, counted for each server by itself. None of them says who did what."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

METHODS: Final = frozenset(("GET", "HEAD", "POST", "DELETE"))
POSE_SECONDS: Final = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


class Metrics:
    """The figures of one server.

    Attributes
    ----------
    live_sessions : Gauge
        Live sets under way.
    poses_judged : Counter
        Poses that went through an engine.
    frames_decoded, frames_dropped : Counter
        Pictures of live sets that were looked at here, and those that were not because newer ones had come.
    pose_seconds : Histogram
        Seconds from a pose, or a picture, to what is shown of it.
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "formcheck_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._analyses = Gauge("formcheck_analyses", "Analyses by status.", ["status"], registry=registry)
        self.live_sessions = Gauge("formcheck_live_sessions", "Live sets under way.", registry=registry)
        self.poses_judged = Counter("formcheck_poses_judged", "Poses judged live.", registry=registry)
        self.frames_decoded = Counter("formcheck_frames_decoded", "Live pictures looked at.", registry=registry)
        self.frames_dropped = Counter("formcheck_frames_dropped", "Live pictures left out.", registry=registry)
        self.pose_seconds = Histogram(
            "formcheck_pose_seconds",
            "Seconds from a pose or picture to what is shown of it.",
            buckets=POSE_SECONDS,
            registry=registry,
        )

    def count_request(self, method: str, route: str, status: int) -> None:
        """Count one answer; methods of a client's own making are counted together."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()

    def watch_analyses(self, status: str, count: Callable[[], float]) -> None:
        """Ask `count` for the number of analyses of one status whenever figures are wanted."""
        self._analyses.labels(status).set_function(count)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)
