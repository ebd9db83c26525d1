"""The page of a day: all that is known stands in it, nothing else does, and it needs nothing from anywhere."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from tests.unit.storage.desk_examples import FRIDAY, MONDAY, monday, week
from tests.unit.storage.test_html import Page

from formcheck.errors import OutputError
from formcheck.exercise.language import load_language
from formcheck.storage.day import overview
from formcheck.storage.day_page import day_page, hour_clock, write_day_page
from formcheck.storage.day_words import shown

ENGLISH = load_language("en")


def page_of(*, days: int = 1, language: str = "en", **changes: str) -> Page:
    last, minutes = (MONDAY, monday()) if days == 1 else (FRIDAY, week())
    minutes = [replace(minute, **changes) for minute in minutes]  # type: ignore[arg-type]
    words = load_language(language)
    return Page(day_page(shown(overview(minutes, last, days, UTC), words), words))


def text_of(page: Page) -> str:
    return page.all("body")[0].text


def test_a_day_is_a_ribbon_with_its_sentence_below() -> None:
    page = page_of()
    (ribbon,) = page.all("svg", "ribbon")
    sentence = "You sat for 5 h 45 min and stood for 40 min, with 4 breaks; 1 h 30 min was your longest sitting; "
    assert ribbon.attributes["aria-label"] == f"Monday, 2 March 2026: {sentence}your posture comes to 84 of 100."
    assert text_of(page).count(sentence) == 1
    assert [title.text for title in page.all("title")][1:3] == [
        "9:00–9:05: sitting, posture 95",
        "9:05–9:10: sitting, posture 95",
    ]


def test_posture_is_height_and_what_was_not_watched_is_a_gap() -> None:
    page = page_of()
    sitting = [r.attributes for r in page.all("rect", "sitting") if (r.attributes["x"] or "").endswith("%")]
    assert (sitting[0]["x"], sitting[0]["width"], sitting[0]["height"]) == ("0.0%", "1.041%", "63.0")
    standing = [r.attributes for r in page.all("rect", "standing") if (r.attributes["x"] or "").endswith("%")]
    assert len(standing) == 8
    places = [
        float((r.attributes["x"] or "")[:-1]) for r in page.all("rect") if (r.attributes.get("x") or "").endswith("%")
    ]
    gap = 37.5, 50.0  # noon to one o'clock
    assert not [x for x in places[:-2] if gap[0] <= x < gap[1]]


def test_what_was_off_is_told_by_hour_and_set_ups_are_compared() -> None:
    page = page_of(language="de")
    assert [h.text for h in page.all("h3")] == ["Kopf vorgeschoben", "Blick nach unten"]
    assert page.all("svg", "by-hour")[0].attributes["aria-label"] == "Minuten nach Stunden: 10: 22 min. "
    rows = [row.text for row in page.all("tr")]
    assert rows[1] == "monitor3 h 45 min0 min1 h383Blick nach unten"


def test_one_set_up_is_not_compared() -> None:
    assert page_of(place="laptop").all("table") == []


def test_a_week_has_a_ribbon_for_every_day_that_has_one() -> None:
    page = page_of(days=7)
    assert len(page.all("svg", "ribbon")) == 4
    assert text_of(page).count("nothing kept") == 3


def test_a_day_of_which_nothing_is_kept_says_so() -> None:
    page = Page(day_page(shown(overview([], MONDAY, zone=UTC), ENGLISH), ENGLISH))
    assert ENGLISH.page["day_nothing"] in text_of(page)
    assert page.all("section") == []


@pytest.mark.parametrize("days", [1, 7])
def test_the_page_loads_and_runs_nothing(days: int) -> None:
    page = page_of(days=days)
    assert page.all("script") == page.all("link") == page.all("img") == []
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.source
    assert re.findall(r"(?:https?:)?//[a-z]|@import|url\((?!#)", page.source) == []


def test_names_are_text_and_no_markup() -> None:
    minutes = [*monday(), *(replace(m, place="<b>bold</b>", rules={"<i>": (1.0, 30.0, 29.0)}) for m in monday())]
    page = Page(day_page(shown(overview(minutes, MONDAY, zone=UTC), ENGLISH), ENGLISH))
    assert page.all("b") == page.all("i") == []
    assert "<b>bold</b>" in text_of(page)


def test_long_days_name_every_third_hour() -> None:
    minutes = [replace(m, start=m.start + timedelta(hours=later)) for m in monday() for later in (-9, 5)]
    page = Page(day_page(shown(overview(minutes, MONDAY, zone=UTC), ENGLISH), ENGLISH))
    labels = [t.text for t in page.all("text")]
    assert labels[:8] == ["0", "3", "6", "9", "12", "15", "18", "21"]


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    found = overview(monday(), MONDAY, zone=UTC)
    write_day_page(tmp_path / "day.html", found, ENGLISH)
    assert (tmp_path / "day.html").read_text(encoding="utf-8").endswith("</html>")
    with pytest.raises(OutputError, match="there is no folder"):
        write_day_page(tmp_path / "nowhere" / "day.html", found, ENGLISH)


def test_clocks() -> None:
    assert [hour_clock(h) for h in (0.0, 9.0833, 13.5, 23.9999)] == ["0:00", "9:05", "13:30", "24:00"]
