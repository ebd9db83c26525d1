"""Two background threads around a loop: one reads ahead, one works behind. Queues are bounded; errors come back.

Decoding, pose estimation and encoding each release the interpreter lock, so a film is analysed as fast as the slowest
of them.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

T = TypeVar("T")
DEPTH: Final = 8  # items in a queue: enough to even out slow pictures, few enough to keep memory flat
POLL_S: Final = 0.1


class _End:
    """Marks the end of a queue, with the error that caused it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


@contextmanager
def read_ahead(items: Iterable[T]) -> Iterator[Iterator[T]]:
    """Iterate over `items` in a background thread; the thread has ended when the block is left."""
    channel: queue.Queue[T | _End] = queue.Queue(DEPTH)
    stop = threading.Event()

    def work() -> None:
        end = _End()
        try:
            for item in items:
                if not _put(channel, item, stop):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
            end = _End(error)
        _put(channel, end, stop)

    thread = threading.Thread(target=work, name="formcheck-read-ahead", daemon=True)
    thread.start()
    try:
        yield _drain(channel)
    finally:
        stop.set()
        thread.join()


def _put(channel: "queue.Queue[T | _End]", item: "T | _End", stop: threading.Event) -> bool:
    """Put an item as soon as there is room; give up when the other side has stopped."""
    while not stop.is_set():
        try:
            channel.put(item, timeout=POLL_S)
        except queue.Full:
            continue
        return True
    return False


def _drain(channel: "queue.Queue[T | _End]") -> Iterator[T]:
    while True:
        item = channel.get()
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item


class WorkBehind(Generic[T]):
    """Hand items to `work` in a background thread, in order.

    Leaving the block waits for the last item and raises its error.

    When the block is left by an error, what is still queued is dropped.
    """

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._channel: queue.Queue[T | _End] = queue.Queue(DEPTH)
        self._failed = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="formcheck-work-behind", daemon=True)

    def __enter__(self) -> "WorkBehind[T]":
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._failed.set()
        _put(self._channel, _End(), self._failed)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def put(self, item: T) -> None:
        """Queue one item.

        Raises
        ------
        BaseException
            The error of an earlier item, if one failed.
        """
        if not _put(self._channel, item, self._failed) and self._error is not None:
            raise self._error

    def _run(self) -> None:
        while not self._failed.is_set():
            try:
                item = self._channel.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if isinstance(item, _End):
                return
            try:
                self._work(item)
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                self._error = error
                self._failed.set()
