// The day at the desk, or seven of them: ribbons, what was off when, and the set-ups side by side.

import { $, ask, beginPage, language, make, word } from "./page.js";

const LOOK_EVERY_MS = 60_000; // a minute at the desk is kept when it is over
const DAY_MS = 86_400_000;
const GROUND = 90; // where pieces stand, in pixels from the top of a ribbon
const TALLEST = 70;
const UNJUDGED = 35;
const MOST_LABELS = 12;
const STATES = ["sitting", "standing", "walking", "away"];
const COLUMNS = ["day_set_up", "day_sitting", "day_standing", "day_longest_column", "day_breaks_column", "day_posture_column", "day_off_column"];

const chosen = { span: "today", day: null, last: null, today: null }; // day null: today, also after midnight
let scale = null;

/** An element of a drawing. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Hours laid out over a width, in percent. */
const scaleOf = ({ first_hour: first, last_hour: last }) => ({
  hours: Array.from({ length: last - first + 1 }, (_, i) => first + i),
  every: last - first <= MOST_LABELS ? 1 : 3,
  across: (hour) => `${(100 * (hour - first)) / (last - first)}%`,
  wide: (hours) => `${(100 * hours) / (last - first)}%`,
});

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const parts = [minutes >= 60 && `${Math.floor(minutes / 60)} h`, (minutes % 60 || minutes < 60) && `${minutes % 60} min`];
  return parts.filter(Boolean).join(" ");
}

const clock = (hours) => `${Math.floor(Math.round(hours * 60) / 60)}:${String(Math.round(hours * 60) % 60).padStart(2, "0")}`;

function ribbon(day) {
  const ends = (hour) => ({ [scale.hours[0]]: "first", [scale.hours.at(-1)]: "last" })[hour] ?? "";
  const named = (hour, i) => ends(hour) || i % scale.every === 0;
  return draw("svg", { class: "ribbon", role: "img", "aria-label": `${day.name}: ${day.sentence}` },
    ...scale.hours.map((hour) => draw("line", { class: "hour", x1: scale.across(hour), x2: scale.across(hour), y1: 14, y2: GROUND })),
    ...scale.hours.filter(named).map((hour) => draw("text", { class: ends(hour), x: scale.across(hour), y: 106 }, `${hour}`)),
    ...day.pieces.map(piece));
}

function piece(one) {
  const score = one.score === null ? "" : `, ${word("day_posture_column")} ${one.score}`;
  const title = `${clock(one.from_h)}–${clock(one.to_h)}: ${word(`day_${one.state}`)}${score}`;
  return draw("g", {}, draw("title", {}, title), shape(one), ...(one.alerts ? [alert(one)] : []));
}

function shape({ state, height, from_h: from, to_h: to }) {
  if (state === "away") return draw("line", { class: "away", x1: scale.across(from), x2: scale.across(to), y1: GROUND - 1, y2: GROUND - 1 });
  const bar = (kind, tall) => draw("rect", { class: kind, x: scale.across(from), width: scale.wide(to - from), y: GROUND - tall, height: tall });
  if (state === "walking") return bar("walking", 6);
  return height === null ? bar("unjudged", UNJUDGED) : bar(state, TALLEST * height);
}

const alert = ({ from_h: from, to_h: to }) =>
  draw("svg", { x: scale.across((from + to) / 2), overflow: "visible" }, draw("path", { class: "alert", d: "M-5 11h10l-5-9z" }));

function swatch(kind) {
  const shapes = {
    away: () => draw("line", { class: "away", x1: 0, x2: 20, y1: 12.5, y2: 12.5 }),
    walking: () => draw("rect", { class: "walking", width: 20, height: 5, y: 8 }),
    alert: () => draw("path", { class: "alert", d: "M4 13h12L10 2z" }),
  };
  const box = () => draw("rect", { class: kind, x: 0.5, y: 0.5, width: 19, height: 13 });
  return make("span", { className: "key" }, draw("svg", { class: "swatch", viewBox: "0 0 20 14", "aria-hidden": "true" }, (shapes[kind] ?? box)()), word(`day_${kind}`));
}

function days(shown) {
  if (shown.days.length === 1) return shown.days.filter((day) => day.pieces.length).map(ribbon);
  return shown.days.map((day) =>
    make("div", { className: "day" },
      make("h3", { textContent: day.short }, make("small", { textContent: day.figures })),
      day.pieces.length ? ribbon(day) : null));
}

function rule(one, most) {
  const hours = scale.hours.slice(0, -1);
  const tall = (hour) => (38 * one.by_hour[hour]) / most;
  const label = hours.filter((hour) => one.by_hour[hour] >= 30).map((hour) => `${hour}: ${duration(one.by_hour[hour])}.`).join(" ");
  return make("li", {},
    make("div", {},
      make("h3", { textContent: one.name }),
      make("p", { textContent: one.text }),
      one.cue ? make("p", { className: "cue", textContent: word("quoted", { text: one.cue }) }) : null),
    draw("svg", { class: "by-hour", role: "img", "aria-label": `${word("day_hours")}: ${label}` },
      draw("line", { class: "away", x1: 0, x2: "100%", y1: 39.5, y2: 39.5 }),
      ...hours.filter((hour) => one.by_hour[hour]).map((hour) =>
        draw("rect", { class: "off", x: scale.across(hour + 0.08), width: scale.wide(0.84), y: 39 - tall(hour), height: tall(hour) },
          draw("title", {}, `${hour}–${hour + 1}: ${duration(one.by_hour[hour])}`))),
      ...hours.filter((hour, i) => i && i % scale.every === 0).map((hour) => draw("text", { x: scale.across(hour), y: 54 }, `${hour}`))));
}

function setUp({ place, totals, most_off: off }) {
  const cells = [duration(totals.sitting_s), duration(totals.standing_s), duration(totals.longest_sitting_s), totals.breaks, totals.score ?? "–", off || "–"];
  return make("tr", {}, make("th", { scope: "row", textContent: place }), ...cells.map((textContent) => make("td", { textContent })));
}

function show(shown) {
  scale = scaleOf(shown);
  const most = Math.max(...shown.rules.flatMap((one) => one.by_hour), 1);
  $("#title").textContent = shown.title;
  $("#sentence").textContent = shown.sentence;
  const nothing = !shown.days.some((day) => day.pieces.length);
  $("#shown").hidden = nothing;
  $("#legend").hidden = nothing;
  $("#days").replaceChildren(...days(shown));
  $("#nothing-off").hidden = shown.rules.length > 0;
  $("#rules").replaceChildren(...shown.rules.map((one) => rule(one, most)));
  $("#compared").hidden = shown.set_ups.length < 2;
  $("#set-ups").replaceChildren(...shown.set_ups.map(setUp));
  chosen.last = shown.days.at(-1).date;
  if (chosen.day === null) chosen.today = chosen.last;
  $("#later").disabled = chosen.day === null;
  for (const [id, span] of [["#day", "today"], ["#week", "week"]]) $(id).setAttribute("aria-pressed", chosen.span === span);
}

async function look() {
  const day = chosen.day ? `&day=${chosen.day}` : "";
  try {
    show(await ask(`/v1/desk/${chosen.span}?language=${language}${day}`));
    $("#problem").hidden = true;
  } catch (failure) {
    $("#problem").textContent = failure.message;
    $("#problem").hidden = false;
  }
}

/** Goes to an earlier or later day or week; the newest one moves on by itself. */
async function move(step) {
  const days = step * (chosen.span === "week" ? 7 : 1);
  const there = new Date(Date.parse(`${chosen.last}T12:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  chosen.day = there < chosen.today ? there : null;
  await look();
}

function choose(span) {
  chosen.span = span;
  return look();
}

await beginPage();
$("#legend").replaceChildren(...[...STATES, "unjudged", "alert"].map(swatch), make("span", { textContent: word("day_height") }));
$("#columns").replaceChildren(...COLUMNS.map((key) => make("th", { scope: "col", textContent: word(key) })));
$("#earlier").addEventListener("click", () => move(-1));
$("#later").addEventListener("click", () => move(1));
$("#day").addEventListener("click", () => choose("today"));
$("#week").addEventListener("click", () => choose("week"));
await look();
setInterval(() => document.hidden || look(), LOOK_EVERY_MS);
