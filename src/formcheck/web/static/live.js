// The live page: choose an exercise, allow the camera, step in, train, see what to change.

import { Camera } from "./camera.js";
import { showCards } from "./cards.js";
import { LiveView, showOnly, showQuestion } from "./live_view.js";
import { $, ask, beginPage, language, word } from "./page.js";
import { LiveSocket } from "./socket.js";
import { FrameSource, PoseSource, canFindPoses } from "./sources.js";
import { Speech, findVoice } from "./speech.js";

const LEFT_AFTER_S = 10; // who leaves the picture for so long has finished
const LEFT_NOTE_S = 4;
const NOTICE_MS = 6000;
const SEVERITIES = ["safety", "effectiveness", "minor"];
const asked = new URLSearchParams(location.search);
const countdown_s = Number(asked.get("countdown") ?? 3);

let training = null;

/** One exercise in front of one camera: one set after the other. */
class Training {
  #camera = null;
  #source = null;
  #socket = null;
  #state = null;
  #view = null;
  #cueKind = "change";
  #counted = false;
  #ready = false;
  #left = false;
  #seenAt = 0;
  #speech = new Speech(null);
  #muted = [];
  #wake = null;
  #closed = false;
  #size = null;

  constructor(exercise, details) {
    this.exercise = exercise;
    this.rules = new Map(details.checks.map((rule) => [rule.id, rule]));
  }

  /** Opens the camera, finds a voice and a source of poses, and begins the first set. */
  async begin() {
    this.#view = new LiveView(this.exercise);
    this.#view.voice(false, false);
    this.#camera = new Camera($("#video"), (t) => this.#source?.take($("#video"), t), (state, t) => this.#cameraIs(state, t));
    try {
      await this.#camera.open();
    } catch (error) {
      return this.#stop(word(error.key ?? "camera_in_use"));
    }
    const [voice] = await Promise.all([findVoice(language), this.#chooseSource()]);
    if (this.#closed) return;
    this.#speech = new Speech(voice);
    this.#stayAwake();
    this.beginSet();
    if (!voice) this.#note("voice", word("voice_none"));
  }

  beginSet() {
    this.#view = new LiveView(this.exercise);
    this.#view.voice(this.#speech.voice !== null, this.#speech.muted);
    this.#state = null;
    this.#counted = this.#ready = this.#left = false;
    this.#seenAt = this.#camera.now();
    if (this.#source.name === "frames") this.#view.notice("source", word("pictures_sent"));
    this.#connect();
  }

  /** Space: begins now, pauses, or goes on. */
  go() {
    const command = { setup: "begin", countdown: "begin", set: "pause", paused: "resume" }[this.#state?.stage];
    if (command) this.#socket.command({ type: command });
    if (command === "resume") this.#seenAt = this.#camera.now();
  }

  mute() {
    this.#speech.mute(!this.#speech.muted);
    this.#view.voice(this.#speech.voice !== null, this.#speech.muted);
  }

  muteCue() {
    const rule = this.#state?.cue_rule;
    if (!rule) return;
    this.#muted.push(rule);
    this.#socket.command({ type: "mute", rule });
    this.#note("cue", word("cue_muted", { name: this.rules.get(rule)?.name ?? rule }));
  }

  /** Ends the set and waits for its report; before the set it leads back to the exercises. */
  finish() {
    if (!["set", "paused"].includes(this.#state?.stage)) return chooseAnother();
    if (this.#finishing) return;
    this.#view.stage("finishing");
    this.#view.say(word("finishing"));
    this.#socket.command({ type: "finish" });
  }

  hidden() {
    if (document.hidden && this.#state?.stage === "set") {
      this.#socket.command({ type: "pause" });
      this.#view.notice("tab", word("paused_hidden"));
    } else if (!document.hidden) this.#stayAwake();
  }

  close() {
    this.#closed = true;
    this.#socket?.close();
    this.#source?.stop();
    this.#camera?.close();
    this.#speech.mute(true);
    this.#wake?.release();
  }

  get #finishing() {
    return $("#live").dataset.stage === "finishing";
  }

  async #chooseSource() {
    if (asked.get("path") !== "a" && canFindPoses()) {
      const source = new PoseSource((message, pose) => this.#posed(message, pose), () => this.#sourceFailed(source));
      const started = await source.start().then(() => true, () => false);
      if (started) return (this.#source = source);
      source.stop();
    }
    return this.#sendPictures();
  }

  #sendPictures() {
    this.#source = new FrameSource((message, size) => {
      this.#size = size;
      if (!this.#finishing) this.#socket?.picture(message);
    });
  }

  /** The Worker broke down in the middle: pictures go to the program instead, in a new set. */
  #sourceFailed(source) {
    if (this.#source !== source || this.#closed) return;
    source.stop();
    this.#sendPictures();
    const before = this.#counted ? this.#state.count : null;
    this.#socket?.close();
    this.#broken(word("source_failed"), before);
  }

  #connect() {
    const start = {
      type: "start", exercise: this.exercise.id, source: this.#source.name, language, profile: asked.get("profile"),
      muted: this.#muted, countdown_s,
    };
    this.#socket = new LiveSocket(start, {
      onStarted: () => {},
      onState: (state, fresh) => this.#heard(state, fresh),
      onReport: (message) => this.#over(message),
      onProblem: (code, text) => this.#broken(text ?? word("server_gone"), this.#counted ? this.#state.count : null),
      onLink: (link) => this.#linked(link),
    });
  }

  #posed(message, pose) {
    if (this.#socket && !this.#finishing) this.#socket.picture(message);
    if (this.#state) this.#view.draw(pose, this.#state);
    this.#watchForLeaving(pose.xy !== null, pose.t);
  }

  #heard(state, fresh) {
    this.#source.answered(state.seq);
    this.#state = state;
    if (this.#closed || this.#finishing) return;
    for (const event of state.events) this.#happened(event, fresh);
    this.#view.update(state, this.#cueKind, this.#ready);
    if (state.landmarks === undefined) return;
    const pose = drawnPose(state, this.#size);
    this.#view.draw(pose, state);
    this.#watchForLeaving(pose.xy !== null, state.t);
  }

  #happened(event, fresh) {
    switch (event.event) {
      case "rep":
        this.#mark(event.rep.index, event.rep.findings);
        break;
      case "hold":
        this.#mark(event.hold.index, event.hold.findings);
        break;
      case "attempt":
        this.#view.mark(word("not_counted"), "plain");
        break;
      case "cue":
        this.#cueKind = event.key === "better" ? "good" : "change";
        break;
      case "setup":
        this.#ready = event.instruction === "ready";
        break;
      case "stage":
        if (event.stage === "set") this.#view.notice("tab", "");
    }
    if (["rep", "hold", "count"].includes(event.event)) this.#counted = true;
    if (event.say && fresh) this.#speech.say(event.say, ["cue", "stage", "camera", "set_over"].includes(event.event));
  }

  #mark(index, findings) {
    const worst = worstFault(findings);
    if (worst) this.#view.mark(`${index} · ${this.rules.get(worst.rule)?.name ?? worst.name}`, "change");
    else this.#view.mark(`${index}`, "good");
  }

  /** Hands are busy: who has left the picture has finished. */
  #watchForLeaving(seen, t) {
    if (seen || this.#state?.stage !== "set" || !this.#counted || this.exercise.counts === "window") {
      this.#seenAt = Math.max(this.#seenAt, t);
      this.#leaving(null);
      return;
    }
    const gone_s = t - this.#seenAt;
    if (gone_s > LEFT_AFTER_S) this.finish();
    else this.#leaving(gone_s > LEFT_NOTE_S ? Math.ceil(LEFT_AFTER_S - gone_s) : null);
  }

  #leaving(left_s) {
    if (left_s === null && !this.#left) return;
    this.#left = left_s !== null;
    this.#view.notice("left", left_s === null ? "" : word("left_picture", { seconds: left_s }));
  }

  #cameraIs(state, t) {
    this.#seenAt = Math.max(this.#seenAt, t);
    this.#source?.answered(null);
    this.#socket?.command({ type: "camera", state, t });
    this.#view.notice("camera", state === "live" ? "" : word(`camera_${state}`));
  }

  #linked(link) {
    this.#source?.answered(null);
    this.#view.notice("link", { gone: word("link_gone"), behind: word("link_behind"), up: "" }[link]);
  }

  #over(message) {
    this.#speech.mute(this.#speech.muted);
    $("#over-title").textContent = this.exercise.name;
    $("#over-count").textContent = countWords(message.report);
    $("#over-summary").textContent = message.summary;
    $("#over-next").textContent = nextSet(message.report, this.rules);
    $("#over-report").href = message.url;
    showOnly("#over");
    $("#over-report").focus();
  }

  /** The set cannot go on: a sentence, what was counted, and a fresh start. */
  #broken(text, counted) {
    const sentence = counted ? `${text} ${word("counted_so_far", { count: counted })}` : text;
    showQuestion(this.exercise.name, sentence, [["again", () => this.beginSet()], ["other_exercise", chooseAnother]]);
  }

  #stop(text) {
    this.close();
    const again = () => choose(this.exercise);
    showQuestion(this.exercise.name, text, [["try_again", again], ["use_film", () => location.assign("/film")], ["other_exercise", chooseAnother]]);
  }

  /** A notice that goes by itself. */
  #note(about, text) {
    const view = this.#view;
    view.notice(about, text);
    setTimeout(() => view.notice(about, ""), NOTICE_MS);
  }

  async #stayAwake() {
    if (this.#closed) return;
    this.#wake = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  }
}

function drawnPose({ landmarks, torso }, size) {
  if (!landmarks) return { ...size, xy: null, visibility: null, torso: null };
  return {
    ...size,
    xy: landmarks.flatMap(([x, y]) => [x, y]),
    visibility: landmarks.map(([, , visibility]) => visibility),
    torso: torso && { side: torso.side, edges: torso.edges.flat().map((edge) => edge ?? NaN) },
  };
}

function worstFault(findings) {
  const faults = findings.filter((finding) => finding.verdict === "fault");
  return SEVERITIES.map((severity) => faults.find((finding) => finding.severity === severity)).find(Boolean);
}

/** The one thing to think of in the next set. */
function nextSet(report, rules) {
  if (report.set_over) return word("next_rest");
  const parts = report.reps.length ? report.reps : report.holds;
  const worst = worstFault([...parts.flatMap((part) => part.findings), ...report.findings]);
  if (!worst) return parts.length ? word("next_same") : word("next_film");
  return word("next_cue", { cue: rules.get(worst.rule)?.cue ?? worst.cue });
}

function countWords({ reps, holds, watched_s: watched, exercise }) {
  const held = holds.reduce((sum, hold) => sum + hold.t_end - hold.t_start, 0);
  if (exercise.counts === "window") return clock(watched);
  if (holds.length || exercise.counts === "hold") return clock(held);
  return word(reps.length === 1 ? "reps_one" : "reps_many", { count: reps.length });
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

async function choose(exercise) {
  history.replaceState(null, "", `${location.search}#${exercise.id}`);
  const begin = async () => {
    try {
      const details = await ask(`/v1/exercises/${exercise.id}?language=${language}`);
      training?.close();
      training = new Training(exercise, details);
      await training.begin();
    } catch (failure) {
      showQuestion(exercise.name, failure.message, [["try_again", begin], ["other_exercise", chooseAnother]]);
    }
  };
  const allowed = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  if (allowed?.state === "granted") return begin();
  const privacy = word(asked.get("path") !== "a" && canFindPoses() ? "privacy_poses" : "privacy_frames");
  showQuestion(exercise.name, exercise.summary, [["camera_allow", begin], ["other_exercise", chooseAnother]], { filming: exercise.filming, privacy });
}

function chooseAnother() {
  training?.close();
  training = null;
  history.replaceState(null, "", location.pathname + location.search);
  showOnly("#choose");
  $("#search").focus();
}

const KEYS = {
  " ": () => training.go(), m: () => training.mute(), x: () => training.muteCue(), f: () => training.finish(),
  Escape: () => training.finish(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (training && !$("#live").hidden) {
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || (event.key === " " && event.target.closest("button"))) return; // the button's own key
    event.preventDefault();
    act();
  } else if (event.key === "Escape" && $("#choose").hidden) chooseAnother();
});

for (const [id, act] of Object.entries({ go: "go", mute: "mute", "mute-cue": "muteCue", finish: "finish" })) {
  $(`#${id}`).addEventListener("click", (event) => {
    training?.[act]();
    if (event.detail) event.currentTarget.blur(); // pressed by hand: the space bar pauses again
  });
}
$("#again").addEventListener("click", () => training.beginSet());
$("#other").addEventListener("click", chooseAnother);
document.addEventListener("visibilitychange", () => training?.hidden());

await beginPage();
try {
  const exercises = await ask(`/v1/exercises?language=${language}`);
  showCards(exercises, choose);
  const linked = exercises.find((exercise) => `#${exercise.id}` === location.hash);
  if (linked) choose(linked);
} catch (failure) {
  showQuestion("formcheck", failure.message, [["try_again", () => location.reload()]]);
}
