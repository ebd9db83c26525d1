"""The report in a real browser, opened from the disk. Needs the `playwright` package and a Chromium on this machine."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest
from tests.unit.storage.report_examples import (
    SOURCES,
    cycles_report,
    deadlift_report,
    deadlift_series,
    empty_report,
    hostile_report,
    plank_report,
    plank_series,
    sides_report,
    watched_report,
)

from formcheck.engine.report import Report
from formcheck.storage.html import Series, write_report_html

playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
CURSOR = "document.querySelectorAll('.chart')[{}].layout.shapes.find((s) => s.name === 'cursor').x0"
FILM_TIME = "document.querySelector('video').currentTime"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def film() -> bytes:
    """Thirty seconds of H.264 that a browser can seek in."""
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.codec_context.gop_size = 10
        for i in range(300):
            picture = np.full((96, 160, 3), i % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    return data.getvalue()


@dataclass
class Opened:
    """A page and what it did on the way."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def value(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def wait(self, expression: str) -> None:
        """Wait for an expression to become true; `wait_for_function` would need `eval`, which the page forbids."""
        self.page.evaluate(f"""() => new Promise((resolve, reject) => {{
            const check = () => ({expression}) ? resolve() : requestAnimationFrame(check);
            setTimeout(() => reject(new Error("never came true")), 20000);
            check();
        }})""")


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[Any]:
    contexts = []

    def open_at(path: Path, **options: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.goto(path.as_uri())
        return opened

    yield open_at
    for context in contexts:
        context.close()


def still() -> bytes:
    return cv2.imencode(".jpg", np.full((300, 400, 3), 90, np.uint8))[1].tobytes()


@pytest.fixture
def deadlift(tmp_path: Path, film: bytes) -> Path:
    (tmp_path / "annotated.mp4").write_bytes(film)
    stills = {(f.rule, f.t_worst): still() for f in deadlift_report().reps[4].findings if f.verdict != "met"}
    return write_report_html(
        tmp_path, deadlift_report(), series=deadlift_series(), stills=stills,
        film="annotated.mp4", source_name="set.mp4", sources=SOURCES,
    )  # fmt: skip


def test_it_opens_from_the_disk_without_a_word_to_anybody(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    assert opened.value("document.querySelectorAll('.chart .main-svg').length") >= 2
    assert opened.requests
    assert all(url.startswith((deadlift.parent.as_uri(), "data:", "blob:")) for url in opened.requests), opened.requests
    assert opened.complaints == []


def test_the_policy_stops_what_somebody_else_would_load(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    blocked = opened.value("""async () => {
        const blocked = [];
        document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
        await fetch("https://example.org/").catch(() => {});
        const image = document.body.appendChild(new Image());
        image.src = "https://example.org/x.png";
        const script = document.createElement("script");
        script.textContent = "window.stolen = 1";
        document.body.append(script);
        await new Promise((done) => setTimeout(done, 100));
        return [...blocked.sort(), String(window.stolen)];
    }""")
    assert blocked == ["connect-src", "img-src", "script-src-elem", "undefined"]


def test_pressing_a_rep_jumps_film_and_cursor(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    opened.page.get_by_role("button", name="Rep 4 80").click()
    opened.wait(f"Math.abs({FILM_TIME} - 20.6) < 0.05")
    assert opened.value(CURSOR.format(0)) == pytest.approx(20.6, abs=0.05)
    assert opened.value(CURSOR.format(1)) == pytest.approx(20.6, abs=0.05)
    assert opened.value("[...document.querySelectorAll('.card')].map((c) => c.ariaCurrent)") == [
        "false", "false", "false", "true", "false",
    ]  # fmt: skip


def test_pressing_a_finding_jumps_to_its_worst_moment(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    opened.page.locator("article .still").first.click()
    opened.wait(f"Math.abs({FILM_TIME} - 27.6) < 0.05")
    opened.page.locator("article .chip", has_text="Rep 4").click()
    opened.wait(f"Math.abs({FILM_TIME} - 22.2) < 0.05")


@pytest.fixture
def watched(tmp_path: Path, film: bytes) -> Path:
    (tmp_path / "annotated.mp4").write_bytes(film)
    stills = {("DS-01", 13.0): still(), ("DS-01", 31.0): still()}
    return write_report_html(
        tmp_path, watched_report(), series=[], stills=stills, film="annotated.mp4", source_name="desk.mp4"
    )


def test_pressing_an_episode_jumps_to_it(open_page: Any, watched: Path) -> None:
    opened = open_page(watched)
    opened.wait("document.querySelector('video').readyState >= 2")
    opened.page.get_by_role("button", name="Head forward, 0:18–0:22: slightly off, 38°").click()
    opened.wait(f"Math.abs({FILM_TIME} - 18.0) < 0.05")
    current = "[...document.querySelectorAll('.episode')].map((e) => e.ariaCurrent)"
    assert opened.value(current) == ["false", "true", "false"]
    opened.page.locator("article .chip", has_text="0:10–0:18").click()
    opened.wait(f"Math.abs({FILM_TIME} - 13.0) < 0.05")


def test_episodes_stand_in_the_timeline_where_they_were(open_page: Any, watched: Path) -> None:
    opened = open_page(watched)
    line = opened.page.locator(".timeline").first.bounding_box()
    marks = [mark.bounding_box() for mark in opened.page.locator(".episode").all()]
    for mark, (start, length) in zip(marks, [(10.0, 8.0), (18.0, 4.0), (30.0, 2.0)], strict=True):
        assert mark["x"] - line["x"] == pytest.approx(line["width"] * start / 42.0, abs=1.0)
        assert mark["width"] == pytest.approx(max(10.0, line["width"] * length / 42.0), abs=1.0)
        assert mark["height"] >= 16.0


def test_a_lapse_of_a_hold_can_be_pressed(open_page: Any, tmp_path: Path, film: bytes) -> None:
    (tmp_path / "annotated.mp4").write_bytes(film)
    hold = sides_report().holds[3]
    lapses = tuple(replace(lapse, t_start=lapse.t_start - 20.0, t_end=lapse.t_end - 20.0) for lapse in hold.lapses)
    report = replace(sides_report(), holds=(replace(hold, lapses=lapses),))
    page = write_report_html(tmp_path, report, series=[], stills={}, film="annotated.mp4", source_name="a.mp4")
    opened = open_page(page)
    opened.wait("document.querySelector('video').readyState >= 2")
    opened.page.locator(".lapses .chip").first.click()
    opened.wait(f"Math.abs({FILM_TIME} - 21.0) < 0.05")


def test_the_cursor_runs_with_the_film(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    opened.value("document.querySelector('video').muted = true")
    opened.value("document.querySelector('video').play()")
    opened.wait(f"{CURSOR.format(0)} > 0.5 && {CURSOR.format(1)} > 0.5")
    opened.value("document.querySelector('video').pause()")
    opened.wait(f"Math.abs({CURSOR.format(0)} - {FILM_TIME}) < 0.01")
    assert "°" in opened.page.locator(".reading").first.inner_text()


def test_a_click_in_a_chart_seeks_the_film(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    area = opened.page.locator(".chart .nsewdrag").first.bounding_box()
    middle = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    opened.page.mouse.move(*middle)
    opened.page.get_by_text("0:14.4 · 4°").wait_for()  # what hovering shows; people do not click before they see it
    opened.page.mouse.click(*middle)
    opened.wait(f"Math.abs({FILM_TIME} - 28.9 / 2) < 0.3")


def test_arrow_keys_in_a_chart_move_through_the_film(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    opened.wait("document.querySelector('video').readyState >= 2")
    chart = opened.page.get_by_role("slider", name="trunk inclination over time, from 4° to 72°")
    chart.focus()
    for key in ("PageUp", "PageUp", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        chart.press(key)
    opened.wait(f"Math.abs({FILM_TIME} - 1.9) < 0.05")
    assert chart.get_attribute("aria-valuenow") == "1.9"
    assert chart.get_attribute("aria-valuetext") == "0:01.9 · 4°"


def test_bands_phases_and_reps_are_drawn(open_page: Any, deadlift: Path) -> None:
    shapes = open_page(deadlift).value("document.querySelectorAll('.chart')[1].layout.shapes")
    by_type = [shape["type"] for shape in shapes]
    assert by_type.count("rect") == 5 * 3 + 1  # phases and the wanted band
    lines = [shape for shape in shapes if shape["type"] == "line" and shape.get("xref") == "paper"]
    levels = {line["y0"]: line["line"]["dash"] for line in lines}
    assert levels == {0.02: "solid", 0.045: "dash"}
    assert shapes[-1]["name"] == "cursor"


def test_a_missing_film_is_said_and_the_rest_still_works(open_page: Any, deadlift: Path) -> None:
    (deadlift.parent / "annotated.mp4").unlink()
    opened = open_page(deadlift)
    opened.page.get_by_text("The film is not here.").wait_for()
    opened.page.get_by_role("button", name="Rep 2 93").click()
    assert opened.value(CURSOR.format(0)) == pytest.approx(9.1)


def test_dark_mode_redraws_the_charts(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    ink = "document.querySelector('.chart').data[0].line.color"
    light = opened.value(ink)
    opened.page.emulate_media(color_scheme="dark")
    opened.wait(f"{ink} !== '{light}'")


def test_it_prints_on_two_pages_in_light_colours_and_comes_back(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift, color_scheme="dark")
    printed = opened.page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2
    assert opened.value("document.documentElement.className") == ""
    charts = "[...document.querySelectorAll('.chart')]"
    opened.wait(f"{charts}.every((chart) => Math.abs(chart._fullLayout.width - chart.clientWidth) < 2)")


@pytest.mark.parametrize(
    ("report", "series"),
    [
        (deadlift_report(), deadlift_series()),
        (plank_report(), plank_series()),
        (empty_report(), []),
        (hostile_report(), deadlift_series()),
        (sides_report(), plank_series()),
        (cycles_report(), []),
        (watched_report(), []),
    ],
    ids=["deadlift", "plank", "empty", "hostile", "sides", "cycles", "watched"],
)
def test_nothing_runs_over_the_edge(open_page: Any, tmp_path: Path, report: Report, series: list[Series]) -> None:
    name = "a_film_with_a_long_name" * 4
    opened = open_page(write_report_html(tmp_path, report, series=series, stills={}, film=None, source_name=name))
    for details in opened.page.locator("summary").all():
        details.click()
    for width in (1280, 768, 390, 360):
        opened.page.set_viewport_size({"width": width, "height": 800})
        opened.wait(f"document.documentElement.scrollWidth <= {width}")
    assert opened.value("window.stolen") is None
    assert opened.complaints == []


def test_everything_that_can_be_pressed_can_be_reached_by_keyboard(open_page: Any, deadlift: Path) -> None:
    opened = open_page(deadlift)
    for button in opened.page.locator("button").all():
        assert button.evaluate("(b) => b.tabIndex") == 0
        assert button.evaluate("(b) => b.textContent.trim().length > 0 || b.querySelector('img')?.alt.length > 0")
    opened.page.keyboard.press("Tab")
    outline = opened.value("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_times_fit_where_only_a_part_of_the_film_was_analysed(open_page: Any, tmp_path: Path, film: bytes) -> None:
    (tmp_path / "annotated.mp4").write_bytes(film)
    report = deadlift_report()
    page = write_report_html(
        tmp_path, report, series=[], stills={}, film="annotated.mp4", film_begins_s=1.5, source_name="lift.mp4"
    )
    opened = open_page(page)
    opened.page.locator("button.card").first.click()
    opened.wait(f"Math.abs({FILM_TIME} - {report.reps[0].t_start - 1.5}) < 0.2")


def test_charts_show_the_part_of_the_film_that_was_analysed(open_page: Any, tmp_path: Path) -> None:
    series = [replace(one, t=[t + 30.0 for t in one.t]) for one in deadlift_series()]
    page = write_report_html(
        tmp_path, deadlift_report(), series=series, stills={}, film=None, film_begins_s=30.0, source_name="lift.mp4"
    )
    opened = open_page(page)
    assert opened.value("document.querySelector('.chart').layout.xaxis.range") == [30.0, 58.9]
    chart = opened.page.get_by_role("slider").first
    chart.press("PageDown")
    assert opened.value(CURSOR.format(0)) == pytest.approx(30.0)
    chart.press("PageUp")
    assert opened.value(CURSOR.format(0)) == pytest.approx(31.0)
