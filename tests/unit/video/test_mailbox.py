"""The newest item wins, the others are counted, and nobody waits longer than asked."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from formcheck.video.mailbox import Mailbox


@given(st.lists(st.booleans(), max_size=40))
def test_every_item_is_taken_or_counted_and_the_newest_wins(puts: list[bool]) -> None:
    box: Mailbox[int] = Mailbox()
    put, taken = [], []
    for i, is_put in enumerate(puts):
        if is_put:
            box.put(i)
            put.append(i)
        elif (item := box.take(0.0)) is not None:
            assert item == put[-1]
            taken.append(item)
    assert len(put) == len(taken) + box.dropped + box.holds()
    assert taken == sorted(set(taken))


def test_an_empty_slot_gives_nothing() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take(0.0) is None
    box.put(0)  # an item that counts as false is an item
    assert box.holds()
    assert box.take(0.0) == 0
    assert box.take(0.0) is None


def test_what_is_thrown_away_is_not_counted() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.empty()
    assert box.take(0.0) is None
    assert box.dropped == 0


def test_who_waits_is_woken() -> None:
    box: Mailbox[int] = Mailbox()
    got: list[int | None] = []
    thread = threading.Thread(target=lambda: got.append(box.take(60.0)))
    thread.start()
    box.put(7)
    thread.join(30.0)
    assert got == [7]
