"""The page for films in a real browser, against a real server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.serving import Server, Tab

from formcheck.shipped import shipped_file

pytestmark = pytest.mark.model

ANALYSED_MS = 180_000


@pytest.fixture(scope="module")
def film() -> Path:
    return shipped_file("samples", "plank_straight.mp4")


@pytest.fixture
def film_page(open_page: Callable[..., Tab]) -> Tab:
    tab = open_page("/film")
    tab.wait("document.querySelectorAll('#exercise option').length > 5")
    return tab


def test_a_film_becomes_a_report_that_is_found_again_and_deleted(film_page: Tab, server: Server, film: Path) -> None:
    page = film_page.page
    page.locator("#film").set_input_files(film)
    assert film_page.text("#film-name") == film.name
    page.locator("#exercise").select_option("plank")
    assert film_page.text("#filming").startswith("Film from the side at mat height")
    page.get_by_role("button", name="Analyse").click()
    film_page.shows("#progress")
    page.wait_for_url("**/report.html", timeout=ANALYSED_MS)
    assert page.locator("h1").inner_text().startswith("Plank")
    page.goto(server.address + "/film")
    row = page.locator("#earlier li").first
    row.wait_for()
    assert row.locator("a").inner_text() == "Plank · plank_straight.mp4"
    before = page.locator("#earlier li").count()
    row.get_by_role("button").click()
    assert row.get_by_role("button").inner_text() == "Delete for good?"
    row.get_by_role("button").click()
    film_page.wait(f"document.querySelectorAll('#earlier li').length === {before - 1}")
    film_page.requests[:] = [url for url in film_page.requests if not url.startswith("data:")]


def test_what_is_no_film_is_answered_in_a_sentence(film_page: Tab) -> None:
    film_page.page.locator("#film").set_input_files(
        {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"these are no pictures"}
    )
    film_page.page.get_by_role("button", name="Analyse").click()
    film_page.shows("#problem", ANALYSED_MS)
    assert film_page.text("#problem").endswith(".")
    assert "notes.mp4" in film_page.text("#problem")
    film_page.shows("#send")
    assert film_page.text("#earlier li p:last-child").startswith("It did not work: ")


def test_nothing_is_sent_before_a_film_is_chosen(film_page: Tab) -> None:
    film_page.page.get_by_role("button", name="Analyse").click()
    assert film_page.text("#problem") == "Choose a film first."


def test_a_film_is_dropped(film_page: Tab, film: Path) -> None:
    film_page.page.evaluate("""() => {
        const files = new DataTransfer();
        files.items.add(new File(["film"], "dropped.mp4", { type: "video/mp4" }));
        document.querySelector("#drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true }));
    }""")
    assert film_page.text("#film-name") == "dropped.mp4"


def test_a_film_that_is_too_large_is_not_sent(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/")
    tab.page.route("**/v1/limits", lambda route: route.fulfill(json={"max_upload_mb": 1, "max_film_s": 60}))
    tab.page.goto(tab.page.url + "film")
    tab.wait("document.querySelector('#film-limits').textContent === 'up to 1 MB and 1 minutes'")
    film = {"name": "long.mp4", "mimeType": "video/mp4", "buffer": bytes(2**20 + 1)}
    tab.page.locator("#film").set_input_files(film)  # type: ignore[arg-type]
    tab.page.get_by_role("button", name="Analyse").click()
    assert tab.text("#problem") == "This film is larger than 1 MB: cut it or make it smaller."


def test_a_server_that_is_gone_is_a_sentence(film_page: Tab, film: Path) -> None:
    film_page.page.route("**/v1/analyses", lambda route: route.abort())
    film_page.page.locator("#film").set_input_files(film)
    film_page.page.get_by_role("button", name="Analyse").click()
    film_page.shows("#problem")
    assert film_page.text("#problem").startswith("The formcheck program does not answer")
