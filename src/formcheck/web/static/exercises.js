// The catalogue: what each exercise checks, needs and cannot see, and who says so.

import { facts, showCards } from "./cards.js";
import { $, ask, beginPage, language, make, word } from "./page.js";

async function show(exercise) {
  history.replaceState(null, "", `#${exercise.id}`);
  for (const card of document.querySelectorAll(".card")) {
    card.setAttribute("aria-current", card.dataset.exercise === exercise.id);
  }
  try {
    const details = await ask(`/v1/exercises/${exercise.id}?language=${language}`);
    $("#details").replaceChildren(...article(details));
    $("#details").hidden = false;
    $("#problem").hidden = true;
    $("#details").focus({ preventScroll: true });
    $("#details").scrollIntoView({ block: "start" });
  } catch (failure) {
    $("#problem").textContent = failure.message;
    $("#problem").hidden = false;
  }
}

function article(exercise) {
  return [
    make("h1", { textContent: exercise.name }),
    make("p", { className: "soft", textContent: facts(exercise) }),
    make("p", { className: "lead", textContent: exercise.summary }),
    make("div", { className: "actions" }, make("a", { className: "button main", href: `/#${exercise.id}`, textContent: word("train_this") })),
    ...section("needs", make("p", { textContent: exercise.filming })),
    ...section("checks", make("ul", { className: "checks" }, ...exercise.checks.map(check))),
    ...section("cannot_see", cannotSee(exercise)),
    ...section("sources", sources(exercise.sources)),
  ];
}

const section = (key, content) => (content ? [make("h2", { textContent: word(key) }), content] : []);

function check(rule) {
  const cues = [rule.cue, rule.cue_below].filter(Boolean).map((cue) => word("quoted", { text: cue })).join(" / ");
  const facts = [rule.wanted && word("wanted", { band: rule.wanted }), rule.views.map((view) => word(`view_${view}`)).join(", "), word(`severity_${rule.severity}`)];
  return make("li", {},
    make("h3", { textContent: rule.name }),
    make("p", { className: "cue", textContent: cues }),
    make("p", { textContent: rule.why }),
    make("p", { className: "soft", textContent: facts.filter(Boolean).join(" · ") }),
    make("p", { className: "soft", textContent: rule.sources.join(", ") }));
}

function cannotSee({ cannot_see: rules, not_checked: others }) {
  const items = [...rules.map(({ name, why }) => `${name}: ${why}`), ...others];
  return items.length ? make("ul", { className: "plain" }, ...items.map((text) => make("li", { textContent: text }))) : null;
}

function sources(texts) {
  const entries = Object.entries(texts);
  return entries.length ? make("dl", { className: "sources" }, ...entries.flatMap(([key, text]) => [make("dt", { textContent: key }), make("dd", { textContent: text })])) : null;
}

await beginPage();
try {
  const exercises = await ask(`/v1/exercises?language=${language}`);
  showCards(exercises, show);
  const linked = exercises.find((exercise) => `#${exercise.id}` === location.hash);
  if (linked) await show(linked);
} catch (failure) {
  $("#problem").textContent = failure.message;
  $("#problem").hidden = false;
}
