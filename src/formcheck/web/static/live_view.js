// What the live page shows of a set: one thing at a time, large enough to be read from three metres.

import { $, make, word } from "./page.js";
import { drawOverlay } from "./overlay.js";
import { silhouetteOf } from "./figures.js";

const PLACES = ["#choose", "#ask", "#live", "#over"];
const NOTICES = ["camera", "link", "tab", "left", "cue", "voice", "source"]; // the first of them is shown
const MARK_SHOWN_UP_TO = 0.3; // of the next movement
const MARK_SHOWN_MS = 3000;
const LONG_COUNT = 3; // letters

/** Shows one part of the page and hides the others. */
export function showOnly(place) {
  for (const selector of PLACES) $(selector).hidden = selector !== place;
  document.body.classList.toggle("filled", place === "#live");
  scrollTo(0, 0);
}

/** A sentence and the ways on: `actions` are [key of the label, what to do], the first one the obvious one. */
export function showQuestion(title, text, actions, { filming = "", privacy = "" } = {}) {
  $("#ask-title").textContent = title;
  $("#ask-text").textContent = text;
  $("#ask-filming").textContent = filming;
  $("#ask-privacy").textContent = privacy;
  $("#ask-privacy").hidden = !privacy;
  $("#ask-actions").replaceChildren(...actions.map(([key, act], i) => {
    const button = make("button", { type: "button", className: i ? "" : "main", textContent: word(key) });
    button.addEventListener("click", act);
    return button;
  }));
  showOnly("#ask");
  $("#ask-actions").firstElementChild?.focus();
}

export class LiveView {
  #pen = $("#overlay").getContext("2d");
  #said = null;
  #markedAt = 0;
  #notices = new Map();
  mirrored = true;

  constructor(exercise) {
    this.exercise = exercise;
    $("#title").textContent = exercise.name;
    $("#screen").classList.toggle("mirrored", this.mirrored);
    $("#silhouette").replaceChildren(silhouetteOf(exercise));
    for (const id of ["reading", "count", "phase", "mark", "notice", "countdown"]) $(`#${id}`).textContent = "";
    this.#pen.canvas.width = 0; // empties it
    this.stage("loading");
    this.say(word("loading"));
    showOnly("#live");
  }

  stage(stage) {
    $("#live").dataset.stage = stage;
    const starts = ["loading", "setup", "countdown"].includes(stage);
    $("#go span").textContent = word(stage === "paused" ? "resume" : starts ? "start_now" : "pause");
    $("#go").disabled = stage === "loading" || stage === "finishing";
    $("#finish span").textContent = word(starts ? "leave" : "finish");
    $("#finish").disabled = stage === "finishing";
  }

  voice(available, muted) {
    $("#mute").hidden = !available;
    $("#mute").setAttribute("aria-pressed", muted);
    $("#mute span").textContent = word(muted ? "voice_on" : "voice_off");
  }

  /** Shows what the server says of the newest pose; `ready` tells whether the last word on the set-up was that it fits. */
  update(state, cueKind, ready) {
    if ($("#live").dataset.stage !== state.stage) this.stage(state.stage);
    $("#live").classList.toggle("fits", state.fits);
    put("#count", state.stage === "setup" || state.stage === "countdown" ? "" : state.count);
    put("#phase", state.phase);
    put("#reading", state.reading ?? "");
    put("#countdown", state.stage === "countdown" ? state.instruction : "");
    $("#ring").setAttribute("stroke-dasharray", `${100 * (state.progress ?? 0)} 100`);
    const instruction = state.stage === "countdown" ? null : state.instruction;
    const standing = { setup: word("step_in"), countdown: word("hold_still") }[state.stage] ?? "";
    const kinds = { setup: ready ? "good" : "change", paused: "calm" };
    if (instruction) this.say(instruction, kinds[state.stage] ?? "change");
    else if (state.cue) this.say(state.cue, cueKind);
    else this.say(standing, ready && standing ? "good" : "calm");
    $("#mute-cue").hidden = !state.cue_rule;
    $("#count").classList.toggle("long", state.count.length > LONG_COUNT);
    if (state.progress > MARK_SHOWN_UP_TO && performance.now() - this.#markedAt > MARK_SHOWN_MS) put("#mark", "");
  }

  /** Shows the one sentence that matters now; its kind is "calm", "good" or "change". */
  say(text, kind = "calm") {
    if (this.#said === text + kind) return;
    this.#said = text + kind;
    $("#say").textContent = text;
    $("#say").className = text ? kind : "";
  }

  /** Shows how the last rep or hold was, until the next one is well under way; its kind is "good", "change" or "plain". */
  mark(text, kind) {
    this.#markedAt = performance.now();
    $("#mark").textContent = text;
    $("#mark").className = kind;
  }

  /** A note beside everything else, of one of `NOTICES`; empty takes it away. */
  notice(about, text) {
    this.#notices.set(about, text);
    put("#notice", NOTICES.map((name) => this.#notices.get(name)).find(Boolean) ?? "");
  }

  draw(pose, state) {
    drawOverlay(this.#pen, pose, state, this.mirrored);
  }
}

function put(selector, text) {
  const element = $(selector);
  if (element.textContent !== text) element.textContent = text;
}
