"""The catalogue in a real browser, against a real server."""

from collections.abc import Callable

import pytest
from tests.browser.serving import Tab

from formcheck.exercise.load import catalogue, load_exercise

pytestmark = pytest.mark.model  # the server asks for it


def test_every_exercise_tells_what_it_checks_and_cannot_see(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/exercises")
    tab.shows("[data-exercise=deadlift]")
    assert tab.page.locator(".card").count() == len(catalogue())
    deadlift = load_exercise("deadlift")
    tab.page.locator("[data-exercise=deadlift]").click()
    tab.shows("#details")
    told = tab.text("#details")
    for rule in deadlift.rules:
        assert rule.name in told
        assert rule.not_measurable or rule.cue in told
    assert all(line in told for line in deadlift.not_checked)
    assert deadlift.filming in told
    assert tab.page.locator("#details .sources dd").count() >= 1


def test_an_address_leads_to_an_exercise_and_that_to_a_set(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/exercises#plank")
    tab.shows("#details")
    assert tab.text("#details h1") == "Plank"
    tab.page.get_by_role("link", name="Train this").click()
    tab.shows("#ask")
    assert tab.text("#ask-title") == "Plank"


def test_the_catalogue_is_searched_in_german(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/exercises", locale="de-DE")
    tab.shows("[data-exercise=deadlift]")
    tab.page.locator("#search").fill("kreuz")
    names = tab.page.locator(".card:visible .card-name").all_inner_texts()
    assert names
    assert all("kreuz" in name.lower() for name in names)
    tab.page.locator("#search").press("Enter")
    tab.shows("#details")
    assert "Was geprüft wird" in tab.text("#details")
