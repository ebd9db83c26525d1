"""What a notifier says in the log, and what is pressed in answer: kept, and waited for."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

WITHIN_S = 20.0


class Pressed:
    """What was pressed."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._came = threading.Semaphore(0)

    def __call__(self, key: str) -> None:
        self.keys.append(key)
        self._came.release()

    def wait(self) -> str:
        """Wait until something is pressed, and return it."""
        assert self._came.acquire(timeout=WITHIN_S), "nothing was pressed"
        return self.keys[-1]


class Told(logging.Handler):
    """The sentences that one module says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sentences: list[str] = []
        self._came = threading.Semaphore(0)

    def emit(self, record: logging.LogRecord) -> None:
        self.sentences.append(record.getMessage())
        self._came.release()

    def wait(self, count: int = 1) -> list[str]:
        """Wait for so many more sentences, and return all of them."""
        for _ in range(count):
            assert self._came.acquire(timeout=WITHIN_S), "nothing was said"
        return list(self.sentences)


@contextmanager
def told_by(module: str) -> Iterator[Told]:
    """Listen to one module."""
    told, logger = Told(), logging.getLogger(module)
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)
