import base64
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.unit.storage.report_examples import (
    HOSTILE,
    SOURCES,
    cycles_report,
    deadlift_report,
    deadlift_series,
    empty_report,
    hostile_report,
    plank_report,
    plank_series,
    report_of,
    sides_report,
    watched_report,
)

from formcheck.engine.report import Hold, Lapse, Report, RuleTime, Score
from formcheck.errors import OutputError
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.storage.html import PAGE, Series, write_report_html

JPEG = b"\xff\xd8\xff a picture"
VOID = {"meta", "img", "link", "br", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def has_class(self, name: str) -> bool:
        return name in (self.attributes.get("class") or "").split()


class Page(HTMLParser):
    """The elements of a page in order, each with the text inside it; refuses a page whose tags do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, [e.tag for e in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag == "dd":
            self.handle_data(" ")
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def all(self, tag: str, css_class: str | None = None) -> list[Element]:
        return [e for e in self.elements if e.tag == tag and (css_class is None or e.has_class(css_class))]

    def one(self, tag: str, css_class: str | None = None) -> Element:
        (element,) = self.all(tag, css_class)
        return element

    def labelled(self, heading_id: str) -> Element:
        (section,) = [e for e in self.elements if e.attributes.get("aria-labelledby") == heading_id]
        return section

    @property
    def chart_data(self) -> Any:
        (script,) = [e for e in self.all("script") if e.attributes.get("type") == "application/json"]
        return json.loads("".join(script.texts))

    @property
    def scripts(self) -> list[str]:
        return ["".join(e.texts) for e in self.all("script") if "type" not in e.attributes]


def write(folder: Path, report: Report, series: list[Series] | None = None, **more: Any) -> Page:
    options: dict[str, Any] = {"stills": {}, "film": "annotated.mp4", "source_name": "set.mp4", "sources": SOURCES}
    path = write_report_html(folder, report, series=series or [], **{**options, **more})
    assert path == folder / PAGE
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture
def deadlift(tmp_path: Path) -> Page:
    moments = {f.rule: f.t_worst for f in deadlift_report().reps[4].findings}
    stills = {("DL-01", moments["DL-01"]): JPEG, ("DL-03", moments["DL-03"]): b"\x89PNG a picture"}
    return write(tmp_path, deadlift_report(), deadlift_series(), stills=stills)


def test_headline_and_summary_stand_first(deadlift: Page) -> None:
    assert deadlift.one("h1").text == "Deadlift · 5 reps · 84 technique match, 80 % could be judged"
    assert deadlift.one("p", "summary").text == "Strong hinge. Your back rounds in reps 4–5."
    assert deadlift.one("title").text == "Deadlift · 5 reps"


def test_without_a_score_the_reason_stands_instead(tmp_path: Path) -> None:
    report = replace(deadlift_report(), score=Score(None, 0.3, "less than half could be judged"))
    page = write(tmp_path, report)
    assert page.one("h1").text == "Deadlift · 5 reps · no score"
    assert "No score. Less than half could be judged." in page.one("header").text


def test_film_is_relative_and_has_controls(deadlift: Page) -> None:
    video = deadlift.one("video")
    assert video.attributes["src"] == "annotated.mp4"
    assert "controls" in video.attributes


def test_film_name_is_escaped_and_must_be_a_name(tmp_path: Path) -> None:
    page = write(tmp_path, deadlift_report(), film="my film #1?.mp4")
    assert page.one("video").attributes["src"] == "my%20film%20%231%3F.mp4"
    for path in ("../secret.mp4", "/etc/film.mp4", "//elsewhere/film.mp4"):
        with pytest.raises(ValueError, match="beside the report"):
            write(tmp_path, deadlift_report(), film=path)


def test_without_a_film_there_is_no_player(tmp_path: Path) -> None:
    assert not write(tmp_path, deadlift_report(), film=None).all("video")


def test_rep_cards_jump_to_their_rep_and_say_their_marks_in_words(deadlift: Page) -> None:
    cards = deadlift.all("button", "card")
    assert [card.attributes["data-t"] for card in cards] == ["3.600", "9.100", "14.900", "20.600", "26.000"]
    assert cards[0].text == "Rep 1 94 3 fine 1 not seen 0:03 · 4.0 s"
    assert cards[4].text == "Rep 5 62 Back rounds Hips rise first 1 fine 1 not seen 0:26 · 2.8 s"


def test_changes_come_faults_first_with_all_their_evidence(deadlift: Page) -> None:
    back, hips = deadlift.all("article")
    assert back.has_class("fault")
    assert hips.has_class("warning")
    for words in (
        "Back rounds Change this · reps 4, 5",
        "Brace, chest up",
        "More bend comes from the spine than at the start of the pull. [bengtsson-2022] [shoji-2025]",
        "Wanted: at most 2 % of the back.",
        "Rep 4 3.4 % of the back at 0:22",
        "Rep 5 5.8 % of the back at 0:27",
    ):
        assert words in back.text
    assert "Hips rise first Slightly off · rep 5" in hips.text
    assert "Wanted: at most 5°." in hips.text


def test_the_still_is_the_worst_moment_and_jumps_there(deadlift: Page) -> None:
    jpeg, png = deadlift.all("img")
    assert jpeg.attributes["src"] == "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()
    assert (png.attributes["src"] or "").startswith("data:image/png;base64,")
    assert jpeg.attributes["alt"] == "Back rounds, rep 5 at 0:27: measured 5.8 % of the back"
    assert deadlift.all("button", "still")[0].attributes["data-t"] == "27.600"


def test_sources_are_footnotes_where_their_text_is_known(deadlift: Page) -> None:
    links = {e.text: e.attributes["href"] for e in deadlift.all("a", "ref")}
    assert links == {"[bengtsson-2022]": "#source-1", "[shoji-2025]": "#source-2"}
    notes = {
        e.attributes["id"]: e.text for e in deadlift.elements if (e.attributes.get("id") or "").startswith("source-")
    }
    assert notes["source-1"].startswith("bengtsson-2022 Bengtsson V, Aasa U")
    assert "[coaching]" in [e.text for e in deadlift.all("span", "ref")]


def test_gauge_holds_every_value_that_was_held_against_its_band(deadlift: Page) -> None:
    places = [
        float((e.attributes["x"] or "").rstrip("%"))
        for e in deadlift.all("svg")
        if (e.attributes.get("x") or "").endswith("%")
    ]
    back = places[:5]  # 0.004, 0.008, 0.013, 0.034, 0.058; ideal up to 0.02, fault from 0.045; room 0.12 of 0.054
    low, width = 0.004 - 0.12 * 0.054, 1.24 * 0.054
    assert back == pytest.approx([100 * (v - low) / width for v in (0.004, 0.008, 0.013, 0.034, 0.058)], abs=0.01)
    ideal = deadlift.all("rect", "ideal")[0]
    assert ideal.attributes["x"] == "0.0%"
    assert float((ideal.attributes["width"] or "").rstrip("%")) == pytest.approx(100 * (0.02 - low) / width, abs=0.01)


def test_fine_and_unseen_are_told_apart(deadlift: Page) -> None:
    assert "No full lockout reps 1–5" in deadlift.labelled("h-fine").text
    assert "Hips rise first" not in deadlift.labelled("h-fine").text
    unseen = deadlift.labelled("h-unseen").text
    assert "The hands were hidden: film with small plates to see them. Bar away from the legs (reps 1–5)" in unseen
    assert "film from the front to see your knees. Knees fall in" in unseen
    assert "Beyond what a film shows: grip, pelvic tilt, load and effort." in unseen


def test_conditions_say_how_it_was_measured(deadlift: Page) -> None:
    text = deadlift.labelled("h-conditions").text
    for words in (
        "set.mp4, 28.9 s",
        "side, 8° off",
        "23.98 frames a second",
        "1280 × 720",
        "693 judged of 693",
        "99 %",
        "97 %",
    ):
        assert words in text
    assert "The start of the film is a rep already under way." in text
    footer = deadlift.one("footer").text
    assert "deadlift, version 1 · formcheck 0.1.0 · mediapipe 0.10.31" in footer
    assert footer.endswith("This page is a training aid, not a medical device.")


@pytest.mark.parametrize(
    ("name", "yaw", "words"),
    [
        ("side", 8.0, "side, 8° off"),
        ("front", 82.0, "front, 8° off"),
        ("oblique", 40.0, "oblique, 40° off the side"),
        ("unknown", None, "not clear"),
    ],
)
def test_view_in_words(tmp_path: Path, name: Any, yaw: float | None, words: str) -> None:
    view = replace(deadlift_report().view, name=name, yaw_deg=yaw, facing=None)
    text = write(tmp_path, replace(deadlift_report(), view=view)).labelled("h-conditions").text
    assert f"View {words} Picture" in text


def test_what_was_said_and_not_counted_is_there(deadlift: Page) -> None:
    assert "“Brace, chest up” rep 4, at 0:21" in deadlift.labelled("h-said").text
    assert "Not counted at 0:00 Lowered without a pull before it." in deadlift.labelled("h-spans").text


def test_every_number_is_in_the_table(deadlift: Page) -> None:
    rows = [row.text for row in deadlift.all("tr")]
    assert len(rows) == 1 + 5 * 4 + 1
    assert "Back rounds DL-01 5 Change this 5.8 % of the back at most 2 % of the back 86 %" in rows
    assert "Knees fall in DL-13 – Not seen – at most 8° –" in rows


def test_findings_listed_twice_count_once(tmp_path: Path) -> None:
    report = deadlift_report()
    once = replace(report, findings=tuple(f for f in report.findings if f.rep is None))
    first, second = ([row.text for row in write(tmp_path, r).all("tr")] for r in (once, report))
    assert sorted(first) == sorted(second)


def test_a_clear_fault_comes_before_a_close_call(tmp_path: Path) -> None:
    report = deadlift_report()
    findings = tuple(
        replace(f, verdict="fault", borderline=f.rule == "DL-01") if f.verdict in ("warning", "fault") else f
        for f in report.findings
    )
    page = write(tmp_path, replace(report, findings=findings, reps=()))
    hips, back = page.all("article")
    assert "Hips rise first" in hips.text
    assert "close call" in back.text


def test_a_band_that_follows_the_person_is_named_where_it_differs(tmp_path: Path) -> None:
    report = deadlift_report()
    findings = tuple(
        replace(f, limits=replace(f.limits, ideal_max=0.01)) if (f.rule, f.rep) == ("DL-01", 4) else f
        for f in report.findings
    )
    page = write(tmp_path, replace(report, findings=findings, reps=()))
    assert "Rep 4 3.4 % of the back (at most 1 % of the back wanted)" in page.all("article")[0].text
    written = [e.text for e in page.all("text")]
    assert written == ["5", "5"]  # one gauge for each article; rep 4 was held against another band


def test_charts_carry_values_bands_phases_reps_and_marks(deadlift: Page) -> None:
    data = deadlift.chart_data
    trunk, back = data["series"]
    assert (trunk["unit"], trunk["sign"], back["unit"], back["sign"]) == ("°", "°", " chord lengths", "")
    assert len(trunk["t"]) == len(trunk["values"]) == 694
    assert None in back["values"]
    assert back["limits"] == {"ideal_min": None, "ideal_max": 0.02, "fault_below": None, "fault_above": 0.045}
    assert [(m["t"], m["verdict"]) for m in back["marks"]] == [(22.2, "warning"), (27.6, "fault")]
    assert data["phases"][:2] == [
        {"name": "going", "from": 3.6, "to": 4.8},
        {"name": "turning", "from": 4.8, "to": 6.4},
    ]
    assert [span["label"] for span in data["spans"]] == ["1", "2", "3", "4", "5"]
    assert data["end"] == 28.9


def test_charts_are_described_and_reachable_by_keyboard(deadlift: Page) -> None:
    first = deadlift.all("div", "chart")[0].attributes
    assert first["aria-label"] == "trunk inclination over time, from 4° to 72°. The arrow keys move through the film."
    assert (first["role"], first["tabindex"]) == ("slider", "0")


def test_values_that_are_no_numbers_are_unseen(tmp_path: Path) -> None:
    series = Series("m", "measure", "deg", [0.0, 1.0, 2.0], [float("nan"), float("inf"), None])
    page = write(tmp_path, deadlift_report(), [series])
    assert page.chart_data["series"][0]["values"] == [None, None, None]
    assert page.all("div", "chart")[0].attributes["aria-label"] == "measure: not seen"


def test_series_needs_a_value_for_each_time() -> None:
    with pytest.raises(ValueError, match="2 times but 1 values"):
        Series("m", "measure", "deg", [0.0, 1.0], [1.0])


def test_the_policy_admits_exactly_the_scripts_of_the_page_and_no_connection(deadlift: Page) -> None:
    (meta,) = [e for e in deadlift.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy"]
    parts = (meta.attributes["content"] or "").split("; ")
    policy = {name: values for name, *values in (part.split() for part in parts)}
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in deadlift.scripts]
    assert len(digests) == 2
    assert policy == {
        "default-src": ["'none'"],
        "script-src": [f"'sha256-{digest}'" for digest in digests],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "media-src": ["'self'", "file:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def test_nothing_is_loaded_from_elsewhere(deadlift: Page) -> None:
    assert not deadlift.all("link")
    for element in deadlift.elements:
        for name in ("src", "href", "poster", "action"):
            value = element.attributes.get(name) or "#"
            assert value == "annotated.mp4" or value.startswith(("#", "data:")), (element.tag, value)
    assert not any(name.startswith("on") for e in deadlift.elements for name in e.attributes)


def test_a_page_without_charts_leaves_the_chart_library_out(tmp_path: Path) -> None:
    write(tmp_path, deadlift_report())
    assert (tmp_path / PAGE).stat().st_size < 60_000


def test_headings_do_not_skip_a_level_and_landmarks_are_there(deadlift: Page) -> None:
    levels = [int(e.tag[1]) for e in deadlift.elements if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for landmark in ("header", "main", "footer"):
        deadlift.one(landmark)
    assert deadlift.one("html").attributes["lang"] == "en"
    ids = [e.attributes["id"] for e in deadlift.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_no_word_frightens_and_no_score_has_decimals(deadlift: Page) -> None:
    text = deadlift.one("body").text.split("plotly.js")[0].lower()
    assert not re.search(r"danger|damage|injur|risk|wrong|bad\b|fail", text)
    assert not re.search(r"\d\.\d+ technique match", text)


def test_hold_report(tmp_path: Path) -> None:
    page = write(tmp_path, plank_report(), plank_series())
    assert page.one("h1").text == "Plank · 1 hold, 42 s · 78 technique match, 100 % could be judged"
    assert page.one("button", "card").text == "Hold 1 78 Hips sink 1 fine 0:02 · 42 s held, 33 s good"
    assert page.one("article").text.startswith("Hips sink Change this · hold 1")
    assert page.chart_data["shaded"] == ["holding"]


def test_hold_without_a_score_and_with_a_side(tmp_path: Path) -> None:
    hold = Hold(2, 1.0, 9.0, 8.0, 8.0, "left", None, 0.4, ())
    page = write(tmp_path, replace(plank_report(), holds=(hold,), findings=()))
    assert page.one("button", "card").text == "Hold 2, left – no score 0:01 · 8.0 s held, 8.0 s good"
    assert "Nothing, in what could be judged." in page.labelled("h-changes").text


def test_sides_are_told_apart(tmp_path: Path) -> None:
    page = write(tmp_path, sides_report())
    assert page.one("h1").text.startswith("Side plank · 4 holds (2 left, 2 right), 33 s · 78")
    assert [card.text[:13] for card in page.all("button", "card")][:2] == ["Hold 1, right", "Hold 2, left "]
    assert page.one("table", "sides").text.endswith("Right216 s16 s8.2 s Left216 s14 s8.2 s")
    assert "Sides differ Change this · whole set" in page.labelled("h-changes").text
    assert "31 %" in page.labelled("h-changes").text


def test_a_hold_lists_what_broke_it(tmp_path: Path) -> None:
    page = write(tmp_path, sides_report())
    (lapses,) = page.all("ul", "lapses")
    assert lapses.text == "0:41, 1.5 s: Hips sink 0:44, 0.6 s: Hips sink, SP-99"
    assert "8.2 s held, 6.1 s good" in page.all("button", "card")[3].text
    hold = sides_report().holds[3]
    many = replace(hold, lapses=tuple(Lapse(40.0 + i, 40.5 + i, ("SP-01",)) for i in range(9)))
    assert write(tmp_path, replace(sides_report(), holds=(many,))).one("ul", "lapses").text.endswith("and 3 more")


def test_what_faded_and_when_the_set_should_have_ended(tmp_path: Path) -> None:
    page = write(tmp_path, sides_report())
    text = page.labelled("h-course").text
    assert "Form that faded: Hips sink, from −4° to −16°, since hold 3. See 0:26" in text
    assert (
        "The set should have ended at 0:46: hips sink for the second time: rest, then go on with less load. See 0:46"
    ) in text


def test_how_it_was_filmed_is_folded(tmp_path: Path) -> None:
    page = write(tmp_path, sides_report())
    folded = page.one("details", "filming").text
    assert folded.startswith("How it was filmed The camera stood 8° off a side view.")
    assert "Outside the picture: the feet in 12% of the pictures." in folded
    assert "Asked for at 1 s: Step back." in folded
    assert "Second film front.mp4: front, 6° off; 3 holds seen in both" in page.labelled("h-conditions").text
    assert not write(tmp_path, deadlift_report()).all("details", "filming")


def test_cycles_are_called_cycles(tmp_path: Path) -> None:
    page = write(tmp_path, cycles_report())
    assert page.one("h1").text.startswith("Cat-cow · 2 cycles · 84")
    assert page.all("button", "card")[1].text.startswith("Cycle 2 94")
    assert "cycle 2, at 0:07" in page.labelled("h-said").text
    assert page.chart_data["shaded"] == ["cat", "cow"]
    empty = write(tmp_path, replace(cycles_report(), reps=()))
    assert "do not count as a cycle" in empty.labelled("h-spans").text


def test_a_watched_posture_shows_times_instead_of_cards(tmp_path: Path) -> None:
    page = write(tmp_path, watched_report())
    assert page.one("h1").text == "Sitting at a desk · watched for 40 s · no score"
    assert not page.all("button", "card")
    text = page.labelled("h-spans").text
    assert "Head forward most: 51° at 0:13; wanted: at most 30°" in text
    assert "fine 26 s slightly off 4.0 s change this 10 s" in text
    assert text.index("Head forward") < text.index("Slumping")
    assert "Elbows too straight" not in text
    assert "Elbows too straight" in page.labelled("h-unseen").text
    assert "Slumping for 40 s" in page.labelled("h-fine").text
    assert page.chart_data["shaded"] == ["watched"]


def test_bars_and_timeline_stand_where_the_time_is(tmp_path: Path) -> None:
    page = write(tmp_path, watched_report())
    bars = [tuple(e.attributes.get(name) for name in ("class", "x", "width")) for e in page.all("rect")]
    assert ("met", "0.0%", "65.0%") in bars
    assert ("warning", "65.0%", "10.0%") in bars
    assert ("fault", "75.0%", "25.0%") in bars
    marks = page.all("button", "episode")
    assert [e.attributes["data-t"] for e in marks] == ["10.000", "18.000", "30.000"]
    assert marks[0].attributes["style"] == "left: 23.81%; width: 19.05%"
    assert marks[0].attributes["aria-label"] == "Head forward, 0:10–0:18: change this, 51°"
    later = write(tmp_path, watched_report(), film_begins_s=10.0).all("button", "episode")
    assert later[0].attributes["style"] == "left: 0.0%; width: 19.05%"


def test_episodes_have_their_own_stills_and_times(tmp_path: Path) -> None:
    stills = {("DS-01", 13.0): JPEG, ("DS-01", 31.0): JPEG}
    page = write(tmp_path, watched_report(), stills=stills)
    assert [e.attributes["data-t"] for e in page.all("button", "still")] == ["13.000", "31.000"]
    (change,) = page.all("article")
    assert change.text.startswith("Head forward Change this · for 14 s")
    assert "0:10–0:18 51° at 0:13" in change.text
    assert "whole set" not in page.one("body").text
    assert "Head forward DS-01 0:18–0:22 Slightly off 38°" in " ".join(row.text for row in page.all("tr"))


def test_a_long_watch_names_its_worst_moments_only(tmp_path: Path) -> None:
    report = watched_report()
    first = report.findings[0]
    many = tuple(replace(first, t_start=2.0 * i, t_end=2.0 * i + 1, t_worst=2.0 * i, value=50.0 + i) for i in range(30))
    page = write(tmp_path, replace(report, findings=(*many, *report.findings[3:])))
    assert "and 18 more in the timeline" in page.one("article").text
    assert "79° at 0:58" in page.one("article").text
    assert "50° at 0:00" not in page.one("article").text


def test_a_posture_that_was_not_seen_says_so(tmp_path: Path) -> None:
    times = tuple(RuleTime(t.rule, 0.0, 0.0, 0.0, 0.0) for t in watched_report().rule_times)
    page = write(tmp_path, replace(watched_report(), watched_s=0.0, episodes=(), findings=(), rule_times=times))
    assert page.one("h1").text == "Sitting at a desk · not seen · no score"
    assert page.labelled("h-spans").text == "Not seen This posture was not found in this film."


def test_a_posture_of_which_nothing_could_be_judged_does_not_seem_fine(tmp_path: Path) -> None:
    times = tuple(RuleTime(t.rule, 0.0, 0.0, 0.0, 40.0) for t in watched_report().rule_times)
    hidden = tuple(f for f in watched_report().findings if f.verdict == "unseen")
    page = write(tmp_path, replace(watched_report(), episodes=(), findings=hidden, rule_times=times))
    assert page.labelled("h-spans").text.startswith("Nothing judged The posture was there")
    assert "What to change" not in page.one("body").text


@pytest.mark.parametrize("name", catalogue())
def test_every_rule_of_the_catalogue_can_be_told(tmp_path: Path, name: str) -> None:
    exercise = load_exercise(name)
    page = write(tmp_path, report_of(exercise))
    text = page.one("body").text
    assert all(rule.name in text for rule in exercise.rules)
    assert not re.search(r"\b(nan|None|inf)\b|widths|lengths|heights|deg/|/min|times/", text)


def test_charts_begin_where_the_part_of_the_film_begins(tmp_path: Path) -> None:
    data = write(tmp_path, deadlift_report(), deadlift_series(), film_begins_s=30.0).chart_data
    assert (data["begin"], data["end"]) == (30.0, 58.9)


def test_empty_report_says_what_was_begun(tmp_path: Path) -> None:
    page = write(tmp_path, empty_report(), film=None)
    assert page.one("h1").text == "Deadlift · nothing counted · no score"
    text = page.labelled("h-spans").text
    assert "Nothing counted These movements began but do not count as a rep:" in text
    assert "at 0:01 Only 22 of 45 needed to count." in text
    assert not page.all("article")
    assert not page.all("div", "watch")


def test_empty_report_without_attempts(tmp_path: Path) -> None:
    page = write(tmp_path, replace(empty_report(), attempts=()))
    assert "No rep was found in this film." in page.labelled("h-spans").text


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain", deadlift_report(), deadlift_series())
    series = [replace(one, label=HOSTILE, unit=HOSTILE) for one in deadlift_series()]
    page = write(
        tmp_path / "hostile", hostile_report(), series, film=f"{HOSTILE}.mp4".replace("/", "|"), source_name=HOSTILE,
        sources={HOSTILE: HOSTILE},
    )  # fmt: skip
    assert len(page.all("script")) == len(plain.all("script")) == 3
    assert page.scripts == plain.scripts
    assert not page.all("img")
    shown = " ".join(HOSTILE.encode("utf-8", "replace").decode().split())
    assert page.one("h1").text.startswith(shown)
    assert page.chart_data["series"][0]["label"] == HOSTILE


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write(tmp_path / "a", deadlift_report(), deadlift_series()).source
    assert write(tmp_path / "b", deadlift_report(), deadlift_series()).source == first


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match=r"report\.html could not be written"):
        write(tmp_path / "taken", deadlift_report())


def test_writing_again_replaces_the_page_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write(tmp_path, empty_report())
    write(tmp_path, deadlift_report())
    assert [p.name for p in tmp_path.iterdir()] == [PAGE]
    assert "5 reps" in (tmp_path / PAGE).read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(deadlift: Page, mode: int) -> None:
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", deadlift.one("style").text)
    colour = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", blocks[mode]))
    for ground in ("page", "card"):
        for text in ("ink", "soft", "calm", "change"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
        for sign in ("change-mark", "edge", "calm"):
            assert contrast(colour[sign], colour[ground]) >= 3.0, (sign, ground)
    for phase in ("phase-0", "phase-1", "phase-2", "phase-3", "calm-wash"):
        assert contrast(colour["ink"], colour[phase]) >= 4.5, phase
