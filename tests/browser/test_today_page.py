"""The day at the desk in a real browser: the page of the server, and the one that is written to a file."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.serving import Server, Tab, open_tab
from tests.unit.storage.desk_examples import FRIDAY, monday, store, week

from formcheck.exercise.language import load_language
from formcheck.storage.day import overview
from formcheck.storage.day_page import write_day_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NO_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def picture(tab: Tab, name: str) -> None:
    """Keep what is to be seen in the folder that FORMCHECK_SHOTS names, for somebody to look at."""
    if folder := os.environ.get("FORMCHECK_SHOTS"):
        tab.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def server(browser_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a working week that ended today, a Friday whatever day it is."""
    assert browser_package
    data = tmp_path_factory.mktemp("analyses")
    with Server(data) as server:
        later = date.fromisoformat(server.ask("/v1/desk/today")["days"][0]["date"]) - FRIDAY
        store(data / "desk.db", (replace(minute, start=minute.start + later) for minute in week(UTC)))
        yield server


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "week.html"
    write_day_page(path, overview(week(), FRIDAY, 7, UTC), load_language("de"))
    return path


pytestmark = pytest.mark.model  # the server asks for it


def pieces(tab: Tab) -> int:
    return tab.page.locator(".ribbon g").count()


@pytest.mark.parametrize(
    ("name", "options"),
    [("desktop_light", {}), ("desktop_dark", {"color_scheme": "dark"}), ("phone_light", PHONE),
     ("phone_dark", {**PHONE, "color_scheme": "dark"})],
)  # fmt: skip
def test_today_is_a_ribbon_with_what_was_off_and_the_set_ups(
    open_page: Callable[..., Tab], name: str, options: dict[str, Any]
) -> None:
    tab = open_page("/today", **options)
    tab.shows(".ribbon")
    assert "You sat for 5 h 45 min and stood for 40 min, with 4 breaks" in tab.text("#sentence")
    assert pieces(tab) == len(overview(monday(), monday()[0].start.date(), zone=UTC).days[0].pieces)
    assert tab.page.locator("#rules h3").all_inner_texts() == ["Head forward", "Looking down"]
    assert tab.page.locator("#set-ups th").all_inner_texts() == ["monitor", "laptop"]
    assert tab.page.evaluate(NO_SIDEWAYS)
    picture(tab, f"today_{name}")


def test_posture_is_the_height_of_the_ribbon(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/today")
    tab.shows(".ribbon")
    heights = tab.page.locator(".ribbon .sitting").evaluate_all("all => all.map(r => r.getBoundingClientRect().height)")
    assert heights[0] == pytest.approx(63.0, abs=1.0)  # 95 of 100
    assert heights[12] == pytest.approx(28.0, abs=1.0)  # 70 of 100


def test_days_and_weeks_are_gone_through(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/today")
    tab.shows(".ribbon")
    today = tab.text("#title")
    assert tab.page.locator("#later").is_disabled()
    for ribbons in (1, 0, 1):  # the day before, the one without anything, and the one before that
        before = tab.text("#title")
        tab.page.locator("#earlier").click()
        tab.wait(f"document.querySelector('#title').textContent !== '{before}'")
        assert tab.page.locator(".ribbon").count() == ribbons
    tab.page.locator("#week").click()
    tab.wait("document.querySelectorAll('.day').length === 7")
    tab.page.locator("#later").click()
    tab.wait("document.querySelector('#later').disabled && document.querySelectorAll('.ribbon').length === 4")
    picture(tab, "week_desktop_light")
    tab.page.locator("#day").click()
    tab.wait(f"document.querySelector('#title').textContent === '{today}'")


def test_the_page_speaks_german(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/today", locale="de-DE")
    tab.shows(".ribbon")
    assert "Du hast 5 h 45 min gesessen" in tab.text("#sentence")
    assert "Haltung nicht beurteilt" in tab.text("#legend")
    assert tab.text("nav [aria-current]") == "Heute"


@pytest.mark.parametrize(
    ("name", "options"), [("file_desktop_dark", {"color_scheme": "dark"}), ("file_phone_light", PHONE)]
)
def test_the_file_opens_from_a_disk_and_asks_for_nothing(
    plain_browser: "Browser", file: Path, name: str, options: dict[str, Any]
) -> None:
    tab = open_tab(plain_browser, file.as_uri(), **options)
    assert tab.page.locator(".ribbon").count() == 4
    assert tab.requests == [file.as_uri()]
    assert tab.errors == []
    assert tab.page.evaluate(NO_SIDEWAYS)
    picture(tab, name)
    tab.context.close()
