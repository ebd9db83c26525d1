import itertools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stick import Body, Limbs, pose_of

from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.engine.events import SetupEvent
from formcheck.engine.filming import conditions_text
from formcheck.engine.report import Conditions, InstructionGiven
from formcheck.engine.setup_coach import ORDER, REPEAT_S, SetupCoach
from formcheck.exercise.language import load_language
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.synth.clip import Options
from formcheck.synth.poses import true_poses

FPS = 15
GOOD = Scene(120.0, 40.0, 0.0, 110.0, 45.0, 0.0)
DARK = Scene(15.0, 4.0, 0.0, 11.0, 5.0, 0.0)

Film = list[tuple[Pose, Scene | None]]


@cache
def filmed(exercise: str, options: tuple[tuple[str, Any], ...]) -> Pose:
    chosen = Options(**dict(options))  # type: ignore[typeddict-item]
    return next(true_poses(exercise, **chosen))[0]


def first(exercise: str, **options: Any) -> Pose:
    """The first pose of a rendered person, true to the pixel: standing, on all fours, or in a plank."""
    return filmed(exercise, tuple(sorted(options.items())))


def kept(pose: Pose, seconds: float, scene: Scene | None = None) -> Film:
    return [(pose, scene)] * round(seconds * FPS)


def watch(coach: SetupCoach, film: Iterable[tuple[Pose, Scene | None]], t0: float = 0.0) -> list[SetupEvent]:
    updates = [coach.update(replace(pose, t=t0 + i / FPS), scene) for i, (pose, scene) in enumerate(film)]
    events = [event for event in updates if event]
    assert all(in_german(event) != event.text for event in events)
    return events


def in_german(event: SetupEvent) -> str:
    return load_language("de").setup(event.instruction, event.text, event.value, event.variant, event.parts)


def asked(exercise: str, film: Iterable[tuple[Pose, Scene | None]]) -> list[SetupEvent]:
    return watch(SetupCoach(load_exercise(exercise)), film)


def moved(pose: Pose, dx: float, dy: float) -> Pose:
    return replace(pose, xy_px=pose.xy_px + np.array([dx, dy]))


def turned_camera(pose: Pose, clockwise_deg: float) -> Pose:
    a, middle = math.radians(clockwise_deg), np.array(pose.size_px) / 2.0
    back = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])  # the picture turns the other way
    return replace(pose, xy_px=(pose.xy_px - middle) @ back + middle)


@pytest.mark.parametrize(
    ("exercise", "options", "instruction", "value", "within"),
    [
        ("squat", {}, "ready", None, 0.0),
        ("squat", {"yaw_deg": 90.0}, "ready", None, 0.0),
        ("squat", {"distance_m": 1.2}, "step_back", None, 0.0),
        ("squat", {"distance_m": 7.5}, "step_closer", None, 0.0),
        ("squat", {"yaw_deg": 40.0}, "turn_to_side", 40.0, 5.0),
        ("romanian_deadlift", {"yaw_deg": 90.0}, "turn_to_side", 90.0, 5.0),
        ("squat", {"yaw_deg": 90.0, "roll_deg": 8.0}, "camera_level", 8.0, 1.0),
        ("squat", {"yaw_deg": 90.0, "roll_deg": -8.0}, "camera_level", -8.0, 1.0),
        ("squat", {"yaw_deg": 90.0, "roll_deg": 2.0}, "ready", None, 0.0),
        ("squat", {"roll_deg": 8.0}, "ready", None, 0.0),  # nobody stands plumb in profile: it cannot be told
        ("plank", {}, "ready", None, 0.0),
        ("plank", {"roll_deg": -8.0}, "camera_level", -8.0, 1.5),
        ("bird_dog", {"roll_deg": 8.0}, "camera_level", 8.0, 1.5),
        ("plank", {"height_m": 2.0}, "camera_lower", None, 0.0),
        ("squat", {"height_m": 2.0}, "camera_lower", None, 0.0),
        ("squat", {"height_m": 0.3}, "ready", None, 0.0),
        ("plank", {"yaw_deg": 60.0}, "turn_to_side", 60.0, 10.0),
    ],
)
def test_the_one_instruction(
    exercise: str, options: dict[str, Any], instruction: str, value: float | None, within: float
) -> None:
    (event,) = asked(exercise, kept(first(exercise, **options), 3.0, GOOD))
    assert event.instruction == instruction
    if value is None:
        assert instruction.startswith("turn") == (event.value is not None)
    else:
        assert event.value == pytest.approx(value, abs=within)
    assert event.t == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(
    ("dx", "dy", "instruction", "text"),
    [
        (0, 120, "tilt_down", "Tilt the camera down until your feet are in view"),
        (0, -80, "tilt_up", "Tilt the camera up until your head is in view"),
        (300, 0, "move_to_middle", "Move sideways until your whole body is in view"),
    ],
)
def test_over_which_edge_a_body_is_that_would_fit(dx: float, dy: float, instruction: str, text: str) -> None:
    (event,) = asked("squat", kept(moved(first("squat"), dx, dy), 3.0))
    assert (event.instruction, event.text) == (instruction, text)


def test_a_body_that_does_not_fit_has_to_step_back() -> None:
    near = first("squat", distance_m=2.4)
    (event,) = asked("squat", kept(moved(near, 0, 60), 3.0))
    assert (event.instruction, event.text) == ("step_back", "Step back until your feet are in view")


def test_a_film_that_is_mended_step_by_step() -> None:
    nobody = Pose.nobody(0.0, (640, 480))
    crowd = replace(GOOD, people=2)
    near, askew = first("squat", distance_m=1.2, yaw_deg=45.0), first("squat", yaw_deg=45.0)
    tilted, well = first("squat", yaw_deg=90.0, roll_deg=8.0), first("squat", yaw_deg=90.0)
    film = [
        *kept(nobody, 2.0),
        *kept(near, 2.0, replace(DARK, people=2)),
        *kept(near, 2.0, crowd),
        *kept(near, 2.0, GOOD),
        *kept(askew, 3.0, GOOD),
        *kept(tilted, 5.0, GOOD),
        *kept(well, 10.0, GOOD),
    ]
    events = asked("squat", film)
    assert [event.instruction for event in events] == [
        "step_into_view", "more_light", "one_person", "step_back", "turn_to_side", "camera_level", "ready",
    ]  # fmt: skip
    ranks = [ORDER.index(event.instruction) for event in events]
    assert ranks == sorted(ranks)


def test_what_is_mended_makes_way_at_once() -> None:
    both = replace(GOOD, people=2)
    far = first("squat", distance_m=7.5)
    events = asked("squat", [*kept(far, 3.0, both), *kept(far, 3.0, GOOD)])
    assert [event.instruction for event in events] == ["one_person", "step_closer"]
    assert events[1].t - 3.0 < 0.7


def test_nothing_is_said_of_what_lasts_less_than_a_second() -> None:
    well, away = first("squat"), moved(first("squat"), 0, 120)
    assert asked("squat", [*kept(well, 0.4), *kept(away, 0.8)]) == []
    (event,) = asked("squat", [*kept(well, 3.0), *kept(away, 0.7), *kept(well, 3.0)])
    assert event.instruction == "ready"


def test_a_glitch_does_not_mend() -> None:
    away = moved(first("squat"), 0, 120)
    glitch = [*kept(away, 1.6), *kept(first("squat"), 0.2), *kept(away, 1.6)]
    assert [event.instruction for event in asked("squat", glitch)] == ["tilt_down"]


def test_it_is_repeated_every_five_seconds_and_ready_only_once() -> None:
    away = asked("squat", kept(moved(first("squat"), 0, 120), 12.0))
    assert [round(event.t) for event in away] == [1, 6, 11]
    assert len(asked("squat", kept(first("squat"), 12.0))) == 1


def test_under_way_nothing_is_said_but_the_conditions_are_kept() -> None:
    coach, pose = SetupCoach(load_exercise("squat")), moved(first("squat"), 0, 120)
    assert all(coach.update(replace(pose, t=i / FPS), resting=False) is None for i in range(60))
    assert coach.conditions().cut_off["feet"] == 1.0
    assert coach.update(replace(pose, t=4.1)) is None  # a second of rest comes first
    assert [event.t for event in watch(coach, kept(pose, 2.0), 4.2)] == [pytest.approx(5.2, abs=0.3)]


@pytest.mark.parametrize(
    ("facing", "yaw_deg", "way"), [(1, 45.0, "left"), (-1, 45.0, "right"), (1, -45.0, "right"), (-1, -45.0, "left")]
)
def test_which_way_to_turn(facing: int, yaw_deg: float, way: str) -> None:
    standing = Body.even(0.0, Limbs())
    (event,) = asked("romanian_deadlift", kept(pose_of(standing, facing=facing, yaw_deg=yaw_deg), 3.0))
    assert event.text in {f"Turn {deg}° to your {way}, side on to the camera" for deg in (40, 50)}


def test_who_stands_beside_the_mat_is_asked_to_get_into_position() -> None:
    (event,) = asked("plank", kept(first("squat", yaw_deg=45.0), 3.0))
    assert event.instruction == "take_position"
    coach = SetupCoach(load_exercise("plank"))
    watch(coach, kept(moved(first("squat"), 0, 120), 3.0))
    assert coach.conditions().fill is None  # how a bystander fills the picture is not how the plank will


def test_a_body_that_points_at_the_camera_is_not_standing() -> None:
    (event,) = asked("bird_dog", kept(first("bird_dog", yaw_deg=90.0), 3.0))
    assert event.instruction == "turn_to_side"


def test_room_for_a_stretched_arm_and_leg() -> None:
    on_all_fours = first("bird_dog", distance_m=1.9)
    (event,) = asked("bird_dog", kept(on_all_fours, 3.0))
    assert (event.instruction, event.text) == ("step_back", "Move the camera back: you need room to stretch out")


@pytest.mark.parametrize(
    ("scene", "seen", "instruction"),
    [
        (Scene(15.4, 3.7, 0.0), False, "more_light"),
        (Scene(253.0, 12.0, 0.97), False, "less_light"),
        (Scene(157.0, 38.0, 0.0), False, "step_into_view"),
        (DARK, True, "more_light"),
        (Scene(251.0, 19.0, 0.95, 222.0, 54.0, 0.56), True, "ready"),  # pale, but the person is found
        (Scene(19.4, 45.0, 0.0, 87.0, 63.0, 0.0), True, "ready"),  # a black border is not the dark
        (Scene(47.2, 11.2, 0.0, 33.9, 14.7, 0.0), True, "ready"),  # dim, but enough
    ],
)
def test_light(scene: Scene, seen: bool, instruction: str) -> None:
    pose = first("squat") if seen else Pose.nobody(0.0, (640, 480))
    (event,) = asked("squat", kept(pose, 3.0, scene))
    assert event.instruction == instruction


@pytest.mark.parametrize("exercise", catalogue())
def test_every_exercise_can_be_set_up(exercise: str) -> None:
    coach = SetupCoach(load_exercise(exercise))
    watch(coach, kept(first("squat", yaw_deg=30.0), 2.0))
    assert not coach.conditions().cut_off or set(coach.conditions().cut_off) >= {"head", "shoulders"}
    (event,) = watch(SetupCoach(load_exercise(exercise)), kept(Pose.nobody(0.0, (640, 480)), 2.0))
    assert event.text.startswith("Step into the picture")


def same_never_soon_again(events: Sequence[SetupEvent]) -> bool:
    pairs = itertools.combinations(events, 2)
    return all(b.t - a.t >= REPEAT_S - 1e-6 for a, b in pairs if a.instruction == b.instruction)


def test_who_hovers_far_beyond_an_edge_is_told_once_in_five_seconds() -> None:
    swinging = [turned_camera(first("squat", yaw_deg=90.0), 8.0 if i // 24 % 2 else 0.0) for i in range(600)]
    events = asked("squat", [(pose, None) for pose in swinging])
    assert len(events) > 3
    assert same_never_soon_again(events)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(3.7, 6.5), min_size=150, max_size=150))
def test_a_tilt_that_hovers_at_its_edge_does_not_flicker(rolls: list[float]) -> None:
    level = first("squat", yaw_deg=90.0)
    film: Film = [*kept(turned_camera(level, 7.0), 2.0), *((turned_camera(level, roll), None) for roll in rolls)]
    events = asked("squat", film)
    assert {event.instruction for event in events} == {"camera_level"}
    assert same_never_soon_again(events)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 20.0), min_size=150, max_size=150))
def test_feet_that_hover_at_the_edge_do_not_flicker(heights: list[float]) -> None:
    """The soles lie 8 to 28 pixels inside or outside the lower edge, in any order."""
    well = first("squat")
    lowest = float(np.nanmax(well.xy_px[:, 1]))
    film: Film = [(moved(well, 0.0, 480.0 - lowest - 8.0 + height), None) for height in heights]
    events = asked("squat", film)
    assert same_never_soon_again(events)
    assert len(events) <= 5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["well", "away", "far", "dark", "crowd", "nobody"]), min_size=20, max_size=60))
def test_whatever_happens_is_said_in_words_and_not_too_often(scenes: list[str]) -> None:
    well = first("squat")
    films: dict[str, Callable[[], Film]] = {
        "well": lambda: kept(well, 0.5, GOOD),
        "away": lambda: kept(moved(well, 0, 120), 0.5, GOOD),
        "far": lambda: kept(first("squat", distance_m=7.5), 0.5, GOOD),
        "dark": lambda: kept(well, 0.5, DARK),
        "crowd": lambda: kept(well, 0.5, replace(GOOD, people=3)),
        "nobody": lambda: kept(Pose.nobody(0.0, (640, 480)), 0.5, GOOD),
    }
    events = asked("squat", itertools.chain.from_iterable(films[name]() for name in scenes))
    assert same_never_soon_again(events)
    assert all(event.instruction in ORDER and len(event.text.split()) <= 12 for event in events)
    assert all(a.instruction != b.instruction or a.instruction != "ready" for a, b in itertools.pairwise(events))


def test_the_conditions_of_a_film() -> None:
    coach = SetupCoach(load_exercise("plank"))
    tilted = first("plank", roll_deg=-4.0)
    watch(coach, [*kept(tilted, 4.0, replace(GOOD, people=2)), *kept(moved(tilted, 250, 0), 4.0, GOOD)])
    found = coach.conditions()
    assert found.roll_deg == pytest.approx(-4.0, abs=1.5)
    assert found.fill == pytest.approx(0.6, abs=0.1)
    assert found.yaw_deg is not None
    assert found.yaw_deg < 3.0
    assert found.looks_down is False
    assert (found.brightness, found.contrast, found.burnt, found.people) == (110.0, 45.0, 0.0, 2)
    assert max(found.cut_off.values()) == pytest.approx(0.5, abs=0.02)
    assert found.instructions[0].instruction == "one_person"
    json.dumps(asdict(found), allow_nan=False)


def test_of_a_film_that_shows_nobody_nothing_is_known() -> None:
    coach = SetupCoach(load_exercise("squat"))
    watch(coach, kept(Pose.nobody(0.0, (640, 480)), 0.5))
    assert coach.conditions() == Conditions()
    assert conditions_text(coach.conditions()) == []


def test_conditions_in_words() -> None:
    asked_for = (InstructionGiven(2.0, "step_back", "Step back"), InstructionGiven(8.0, "ready", "All set"))
    conditions = Conditions(8.2, 0.724, {"head": 0.0, "feet": 0.3}, -8.4, True, 30.0, 10.0, 0.0, 3, asked_for)
    assert conditions_text(conditions) == [
        "The camera stood 8° off a side view.",
        "The body took up 72% of the picture.",
        "Outside the picture: the feet in 30% of the pictures.",
        "The camera was tilted by 8°.",
        "The camera looked down from well above.",
        "The light was dim.",
        "Up to 3 people were in the picture.",
        "Asked for at 2 s: Step back.",
    ]
    fine = Conditions(85.0, 1.2, {"head": 0.0}, 0.4, False, 120.0, 40.0, 0.0, 1)
    assert conditions_text(fine) == [
        "The camera stood 5° off a front or back view.",
        "The body took up 100% of the picture.",
        "Everything that the exercise needs was in the picture.",
        "The camera was level.",
        "There was light enough.",
    ]
