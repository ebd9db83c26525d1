"""One slot between two threads: the newest item wins, and what nobody took in time is counted."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one item, so that a slow reader gets the newest and never a queue of old ones.

    Attributes
    ----------
    dropped : int
        Items that were replaced by a newer one before anybody took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._item: T | None = None
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Leave an item in place of the one that may still be there."""
        with self._changed:
            self.dropped += self._item is not None
            self._item = item
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """Take the item out, waiting so many seconds for one; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None, timeout_s)
            item, self._item = self._item, None
            return item

    def empty(self) -> None:
        """Throw away what is there, without counting it."""
        with self._changed:
            self._item = None

    def holds(self) -> bool:
        """Return whether there is something to take."""
        with self._changed:
            return self._item is not None
