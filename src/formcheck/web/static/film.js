// Films: sent to the formcheck program, followed while they are analysed, and found again later.

import { $, Failure, ask, beginPage, language, make, word } from "./page.js";

const LOOK_EVERY_MS = 700;
const LAST_EXERCISE = "formcheck-exercise";
const UNDER_WAY = ["queued", "running"];
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

let limits = null;
let film = null;
let sending = null; // the request that sends a film, or the id of the analysis that is followed

const problem = (text) => {
  $("#problem").textContent = text;
  $("#problem").hidden = !text;
};

function take(file) {
  film = file ?? null;
  $("#film-name").textContent = film ? film.name : word("film_drop");
  const tooLarge = film && limits && film.size > limits.max_upload_mb * 2 ** 20;
  problem(tooLarge ? word("film_too_large", { most: limits.max_upload_mb }) : "");
  if (tooLarge) film = null;
}

/** Sends a film; `onShare` gets the share of it that has gone. */
function send(form, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
    sending = request;
    request.open("POST", "/v1/analyses");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onShare(total ? loaded / total : 0);
    request.onerror = () => reject(new Failure(word("server_gone")));
    request.onabort = () => resolve(null);
    request.onload = () =>
      request.status === 202
        ? resolve(request.response)
        : reject(new Failure(request.response?.detail ?? word("server_trouble", { status: request.status })));
    request.send(form);
  });
}

async function analyse() {
  const form = new FormData();
  form.append("exercise", $("#exercise").value);
  form.append("language", language);
  form.append(film.name.endsWith(".parquet") ? "poses" : "film", film);
  localStorage.setItem(LAST_EXERCISE, $("#exercise").value);
  show(word("film_sending"), 0);
  try {
    const analysis = await send(form, (share) => show(word("film_sending"), share));
    if (analysis) await follow(analysis);
  } catch (failure) {
    problem(failure.message);
  }
  rest();
}

/** Waits for an analysis and opens its report. */
async function follow(analysis) {
  sending = analysis.id;
  while (UNDER_WAY.includes(analysis.status)) {
    const share = analysis.total ? analysis.done / analysis.total : null;
    const pictures = analysis.total ? word("film_pictures", { done: analysis.done, total: analysis.total }) : "";
    show(word(`status_${analysis.status}`), share, pictures);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (sending !== analysis.id) return;
    analysis = await ask(analysis.url);
  }
  if (analysis.status === "done") location.assign(analysis.report);
  else throw new Failure(analysis.text ?? word(`status_${analysis.status}`));
}

function show(title, share, text = "") {
  $("#send").hidden = true;
  $("#work").hidden = false;
  if ($("#work-title").textContent !== title) $("#work-title").textContent = title;
  if (share === null) $("#progress").removeAttribute("value");
  else $("#progress").value = share;
  $("#work-text").textContent = text;
}

function rest() {
  sending = null;
  $("#send").hidden = false;
  $("#work").hidden = true;
  listEarlier();
}

async function cancel() {
  const stopped = sending;
  sending = null;
  if (stopped instanceof XMLHttpRequest) stopped.abort();
  else if (stopped) await ask(`/v1/analyses/${stopped}`, { method: "DELETE" }).catch((failure) => problem(failure.message));
  rest();
}

async function listEarlier() {
  try {
    const analyses = await ask("/v1/analyses");
    $("#earlier").replaceChildren(...analyses.map(earlierRow));
    $("#none").hidden = analyses.length > 0;
  } catch (failure) {
    problem(failure.message);
  }
}

function earlierRow(analysis) {
  const kind = word(`kind_${analysis.kind}`);
  const name = analysis.kind === "live" ? kind : analysis.name;
  const title = analysis.report
    ? make("a", { href: analysis.report, textContent: `${analysis.exercise_name} · ${name}` })
    : make("strong", { textContent: `${analysis.exercise_name} · ${name}` });
  const text = analysis.status === "done" ? analysis.text : `${word(`status_${analysis.status}`)}${analysis.text ? `: ${analysis.text}` : ""}`;
  const remove = make("button", { type: "button", textContent: word("delete") });
  remove.setAttribute("aria-label", `${word("delete")}: ${analysis.exercise_name}, ${dates.format(new Date(analysis.created))}`);
  remove.addEventListener("click", () => (remove.dataset.sure ? removeAnalysis(analysis) : makeSure(remove)));
  return make("li", { data: { id: analysis.id } },
    make("div", {}, title, make("p", { className: "soft", textContent: dates.format(new Date(analysis.created)) }), make("p", { textContent: text ?? "" })),
    make("div", { className: "actions" }, remove));
}

/** A report cannot be had back, so the button is pressed twice. */
function makeSure(button) {
  button.dataset.sure = "yes";
  button.textContent = word("delete_sure");
  button.addEventListener("blur", () => {
    delete button.dataset.sure;
    button.textContent = word("delete");
  }, { once: true });
}

async function removeAnalysis({ id }) {
  await ask(`/v1/analyses/${id}`, { method: "DELETE" }).catch((failure) => problem(failure.message));
  await listEarlier();
}

function letDrop() {
  const area = $("#drop");
  for (const kind of ["dragenter", "dragover"]) area.addEventListener(kind, (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
  for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
}

function offer(exercises) {
  const choice = $("#exercise");
  choice.replaceChildren(...exercises.map(({ id, name }) => make("option", { value: id, textContent: name })));
  const last = localStorage.getItem(LAST_EXERCISE);
  if (exercises.some(({ id }) => id === last)) choice.value = last;
  const tell = () => ($("#filming").textContent = exercises.find(({ id }) => id === choice.value)?.filming ?? "");
  choice.addEventListener("change", tell);
  tell();
}

await beginPage();
letDrop();
$("#film").addEventListener("change", (event) => take(event.target.files[0]));
$("#send").noValidate = true;
$("#send").addEventListener("submit", (event) => {
  event.preventDefault();
  if (film) analyse();
  else problem($("#problem").textContent || word("film_missing"));
});
$("#cancel").addEventListener("click", cancel);
try {
  const [exercises, known] = await Promise.all([ask(`/v1/exercises?language=${language}`), ask("/v1/limits")]);
  limits = known;
  $("#film-limits").textContent = word("film_limits", { size: known.max_upload_mb, minutes: Math.round(known.max_film_s / 60) });
  offer(exercises);
  await listEarlier();
} catch (failure) {
  problem(failure.message);
}
