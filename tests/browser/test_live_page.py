"""A live set in a real browser, with a film as its camera, against a real server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.serving import ALLOWED, FAKE_CAMERA, SILENCE, Server, Tab, film_as_camera, launch, open_tab

from formcheck.app.analyse import FilmPart, analyse_video
from formcheck.estimators import models
from formcheck.exercise.load import load_exercise
from formcheck.shipped import shipped_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

pytestmark = pytest.mark.model

FILM_MS = 60_000
LEAD_S = 6.0
"""The model is loaded while the film's first picture stands still."""
COUNT = "document.querySelector('#count').textContent"
MARK = "document.querySelector('#mark').textContent"
NOTICE = "document.querySelector('#notice').textContent"
TRACK = "document.querySelector('#video').srcObject.getVideoTracks()[0]"
SHOWN_WORDS = """[...document.querySelectorAll("body *")].flatMap((element) => [
    element.getAttribute("aria-label"), element.getAttribute("placeholder"), element.title,
    ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()),
].filter(Boolean))"""
"""Every text of a page and what screen readers and empty fields say, whether it is shown now or later."""
PATHS = {"c": "", "a": "&path=a"}


@pytest.fixture(scope="module")
def film() -> Path:
    return shipped_file("samples", "deadlift_rounded.mp4")


@pytest.fixture(scope="module")
def filmed(driver: "Playwright", film: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Browser"]:
    """A browser whose camera shows a set of three deadlifts with a rounded back, again and again."""
    camera = tmp_path_factory.mktemp("camera") / "camera.y4m"
    film_as_camera(film, camera, lead_s=LEAD_S, trail_s=4.0)
    browser = launch(driver, FAKE_CAMERA, ALLOWED, f"--use-file-for-fake-video-capture={camera}")
    yield browser
    browser.close()
    camera.unlink()


@pytest.fixture
def live(filmed: "Browser", server: Server) -> Iterator[Callable[..., Tab]]:
    """Choose the deadlift, with the camera on."""
    tabs = []

    def begin(query: str = "?countdown=0", *, prepare: Callable[[Tab], None] = lambda tab: None, **options: Any) -> Tab:
        tab = open_tab(filmed, server.address + "/" + query, **options)
        tabs.append(tab)
        prepare(tab)
        tab.page.locator("[data-exercise=deadlift]").click()
        return tab

    yield begin
    for tab in tabs:
        tab.context.close()
        assert tab.only_asked(server.address)
        assert tab.errors == []


def faults(parts: list[Any]) -> set[str]:
    """Return the rules at fault; in which rep a close one falls goes by how many pictures there is time for."""
    return {f["rule"] for part in parts for f in part["findings"] if f["verdict"] == "fault"}


@pytest.mark.parametrize("path", PATHS)
def test_a_set_before_the_camera_is_judged_as_its_film_is(
    live: Callable[..., Tab], server: Server, film: Path, path: str
) -> None:
    tab = live(f"?countdown=0{PATHS[path]}")
    tab.wait(f"{MARK}.startsWith('3')", FILM_MS)
    assert tab.text("#count") == "3"
    notice = tab.page.evaluate(NOTICE)
    tab.page.keyboard.press("f")
    tab.shows("#over")
    report = server.newest_report()
    by_film = analyse_video(FilmPart(film), load_exercise("deadlift"), models.model_path("lite")).as_dict()
    assert tab.text("#over-count") == "3 reps"
    assert len(report["reps"]) == len(by_film["reps"]) == 3
    assert faults(report["reps"]) == faults(by_film["reps"]) != set()
    assert {cue["rule"] for cue in report["cues"]} == {cue["rule"] for cue in by_film["cues"]} != set()
    spoken = tab.page.evaluate("window.spoken")
    assert spoken[0] == "Go"
    assert {cue["text"] for cue in report["cues"]} <= set(spoken)
    assert notice == ("Pictures go to the formcheck program that served this page." if path == "a" else "")


def test_the_person_is_led_into_the_picture_counted_down_and_begins(live: Callable[..., Tab]) -> None:
    tab = live("")
    tab.wait_for_stage("countdown")
    assert tab.page.locator("#silhouette svg").count() == 1
    assert tab.text("#countdown") in {"1", "2", "3"}
    tab.wait_for_stage("set")
    counted = [words for words in tab.page.evaluate("window.spoken") if words in {"3", "2", "1", "Go"}]
    assert counted[-4:] == ["3", "2", "1", "Go"]
    assert tab.text("#count") == "0"


def test_everything_works_by_keys(live: Callable[..., Tab]) -> None:
    tab = live("?countdown=30")
    tab.wait_for_stage("countdown")
    tab.page.keyboard.press("Space")
    tab.wait_for_stage("set")
    tab.page.keyboard.press("m")
    assert tab.page.locator("#mute").get_attribute("aria-pressed") == "true"
    tab.page.keyboard.press("Space")
    tab.wait_for_stage("paused")
    assert tab.text("#say") == "Paused"
    tab.page.keyboard.press("Space")
    tab.wait_for_stage("set")
    tab.page.keyboard.press("f")
    tab.shows("#over")
    tab.page.keyboard.press("Escape")
    tab.shows("#choose")
    assert tab.page.evaluate("document.querySelector('#video').srcObject") is None  # the camera is off


def test_a_cue_is_muted_for_good(live: Callable[..., Tab]) -> None:
    tab = live()
    tab.shows("#mute-cue", FILM_MS)
    assert tab.page.locator("#say").get_attribute("class") == "change"
    tab.page.keyboard.press("x")
    tab.wait("document.querySelector('#mute-cue').hidden")
    assert tab.text("#notice").startswith("No more cues for: Back ")
    assert tab.text("#say") == ""


def test_a_lost_camera_is_said_and_opened_again(live: Callable[..., Tab]) -> None:
    tab = live()
    tab.wait_for_stage("set")
    before = tab.page.evaluate(f"{TRACK}.id")
    tab.page.evaluate(f"{TRACK}.dispatchEvent(new Event('ended'))")
    assert tab.text("#notice").startswith("The camera is gone")
    tab.wait(f"document.querySelector('#video').srcObject && {TRACK}.id !== '{before}'")
    tab.wait(f"{NOTICE} === ''")
    tab.wait("window.spoken.includes('The camera is back')")


def test_a_camera_that_stands_still_is_noticed(live: Callable[..., Tab]) -> None:
    tab = live()
    tab.wait_for_stage("set")
    tab.page.evaluate(f"{TRACK}.dispatchEvent(new Event('mute'))")
    tab.wait("window.spoken.includes('The camera has stopped: check it')")
    tab.page.evaluate("document.querySelector('#video').pause()")  # no more pictures come
    tab.wait(f"{NOTICE}.startsWith('The camera has stopped')")
    tab.page.evaluate("document.querySelector('#video').play()")
    tab.wait(f"{NOTICE} === ''")


def test_a_set_outlives_the_server(filmed: "Browser", browser_package: Path, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        tab = open_tab(filmed, server.address + "/?countdown=0#deadlift")
        tab.wait(f"{COUNT} === '1'", FILM_MS)
        server.stop()
        tab.wait(f"{NOTICE}.startsWith('The formcheck program does not answer')")
        server.start()
        tab.wait(f"{NOTICE} === ''")
        tab.wait(f"{MARK}.startsWith('3')", FILM_MS)
        assert tab.page.evaluate("window.spoken").count("Go") == 1  # what was said is not said again
        tab.page.keyboard.press("f")
        tab.shows("#over")
        assert [rep["index"] for rep in server.newest_report()["reps"]] == [1, 2, 3]
        assert len(server.ask("/v1/analyses")) == 1  # what was kept when the server stopped has made way
        tab.context.close()


def test_pictures_are_sent_where_the_browser_finds_no_poses(live: Callable[..., Tab]) -> None:
    tab = live(prepare=lambda tab: tab.page.route("**/pose/*", lambda route: route.abort()))
    tab.wait_for_stage("set")
    assert tab.text("#notice") == "Pictures go to the formcheck program that served this page."
    tab.wait("document.querySelector('#reading').textContent.startsWith('trunk inclination')")


def test_without_a_voice_cues_are_only_shown(live: Callable[..., Tab]) -> None:
    tab = live(script=SILENCE)
    tab.wait(f"{NOTICE}.startsWith('This device has no voice for English')")
    assert tab.page.locator("#mute").is_hidden()


def test_a_page_that_is_left_pauses_the_set(live: Callable[..., Tab]) -> None:
    tab = live()
    tab.wait_for_stage("set")
    tab.page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        delete document.hidden;
    }""")
    tab.wait_for_stage("paused")
    assert tab.text("#notice") == "You left this tab, so the set is paused."
    tab.page.locator("#go").click()
    tab.wait_for_stage("set")


def test_a_busy_server_is_a_sentence_and_a_way_on(live: Callable[..., Tab]) -> None:
    busy = '{"type": "error", "code": "busy", "text": "This server leads 400 people and has them; try later."}'

    def refuse(tab: Tab) -> None:
        tab.page.route_web_socket("**/v1/live", lambda socket: socket.on_message(lambda _: socket.send(busy)))

    tab = live(prepare=refuse)
    tab.shows("#ask")
    assert tab.text("#ask-text") == "This server leads 400 people and has them; try later."
    assert tab.page.locator("#ask-actions button").all_inner_texts() == ["Again", "Another exercise"]


@pytest.mark.parametrize(
    ("flags", "options", "sentence"),
    [
        ((FAKE_CAMERA,), {"permissions": ["geolocation"]}, "The camera is not allowed"),
        ((ALLOWED,), {}, "There is no camera on this device"),
    ],
    ids=["refused", "none"],
)
def test_without_a_camera_there_is_a_sentence_and_a_way_on(
    start_browser: Callable[..., "Browser"], server: Server, flags: tuple[str, ...], options: Any, sentence: str
) -> None:
    tab = open_tab(start_browser(*flags), server.address + "/#deadlift", **options)
    tab.wait("document.querySelector('#ask-actions button')")
    if tab.page.get_by_role("button", name="Turn on the camera").count():
        tab.page.get_by_role("button", name="Turn on the camera").click()
    tab.wait(f"document.querySelector('#ask-text').textContent.startsWith('{sentence}')")
    assert tab.page.locator("#ask-actions button").all_inner_texts() == ["Try again", "Use a film", "Another exercise"]


def test_exercises_are_searched_and_chosen_by_keys(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/")
    tab.shows("[data-exercise=deadlift]")
    tab.page.locator("#search").fill("dead")
    shown = tab.page.locator(".card:visible")
    assert {card.get_attribute("data-exercise") for card in shown.all()} == {"deadlift", "romanian_deadlift"}
    tab.page.locator("#search").fill("deadlift of mine")
    assert tab.text("#nothing") == "No exercise of that name."
    tab.page.locator("#search").fill("")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("document.activeElement === document.querySelectorAll('.card')[1]")
    tab.page.keyboard.press("Enter")
    tab.shows("#ask")
    assert tab.text("#ask-privacy").startswith("The picture stays in this browser")


@pytest.mark.parametrize("path", ["/", "/film", "/exercises", "/today"])
def test_nothing_of_a_german_page_stays_english(open_page: Callable[..., Tab], server: Server, path: str) -> None:
    tab = open_page(path, locale="de-DE")
    tab.wait("document.documentElement.lang === 'de'")
    english, german = (server.ask(f"/v1/languages/{code}")["page"] for code in ("en", "de"))
    left = {words for key, words in english.items() if words != german[key]}
    shown = tab.page.evaluate(f"[document.title.split(' · ')[0], ...({SHOWN_WORDS})]")
    assert left.isdisjoint(shown)
    assert set(german.values()) & set(shown)


def test_the_page_speaks_german_once_it_is_chosen(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/")
    tab.shows("[data-exercise=deadlift]")
    tab.page.locator("#language").select_option("de")
    tab.page.wait_for_load_state()
    tab.shows("[data-exercise=deadlift]")
    assert tab.page.locator("html").get_attribute("lang") == "de"
    assert tab.text("#choose h1") == "Was trainierst du?"
    assert tab.text("[data-exercise=deadlift] .card-name") == "Kreuzheben"


@pytest.mark.parametrize("path", ["/", "/film", "/exercises#deadlift"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_runs_over_the_edge(open_page: Callable[..., Tab], path: str, width: int) -> None:
    tab = open_page(path, viewport={"width": width, "height": 844})
    tab.wait("document.querySelector('#language').options.length > 0")
    tab.wait(f"document.documentElement.scrollWidth <= {width}")


def test_light_and_dark_are_chosen_and_kept(open_page: Callable[..., Tab]) -> None:
    tab = open_page("/", color_scheme="light")
    tab.wait(
        "document.querySelector('#theme').textContent === 'Dark' && document.querySelector('#language').options.length"
    )
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.page.evaluate(ground)
    tab.page.locator("#theme").click()
    dark = tab.page.evaluate(ground)
    assert light != dark
    tab.page.reload()
    assert tab.page.evaluate(ground) == dark
