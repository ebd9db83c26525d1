"""Ways to tell a person something without a window: notifications, sounds, speech, and messages to other programs."""

from collections.abc import Mapping
from typing import Protocol


class Notifier(Protocol):
    """Shows a person short messages, with what can be pressed in answer.

    What is pressed is told, from a thread of the notifier's own, to the function that was given when it was made.
    """

    def show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        """Show a message in place of the one before, and return at once; never fails.

        Parameters
        ----------
        title, text : str
        actions : mapping of str to str
            Key of what can be pressed, and what stands on it: ``{"snooze_30": "30 min"}``.
        """

    def close(self) -> None:
        """Take away what is shown, and end."""
