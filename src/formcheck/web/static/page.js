// What all pages share: words in the chosen language, light or dark, and answers of the server as plain sentences.

const LANGUAGE = "formcheck-language";
let words = {};

/** The language of the page, such as "en". */
export let language = localStorage.getItem(LANGUAGE) ?? navigator.language.slice(0, 2).toLowerCase();

/** A word or sentence of the page; `{name}` in it is replaced by `values.name`. */
export const word = (key, values = {}) =>
  (words[key] ?? "").replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const $ = (selector) => document.querySelector(selector);

/** An element with properties and children; strings become text. */
export function make(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, data);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A sentence says what went wrong and what to do. */
export class Failure extends Error {}

/** Asks the server; returns what it answers, or throws a `Failure` with a sentence. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Failure(word("server_gone"));
  }
  const body = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Failure(body?.detail ?? word("server_trouble", { status: answer.status }));
  return body;
}

/** Loads the words and fills the page with them; the page is shown in English until then. */
export async function beginPage() {
  let known = null;
  try {
    known = await ask(`/v1/languages/${language}`);
  } catch {
    language = "en";
    known = await ask("/v1/languages/en").catch(() => null);
  }
  words = known?.page ?? {};
  document.documentElement.lang = language;
  fill(document);
  document.title = `${$("[aria-current=page]").textContent} · formcheck`;
  languages(known?.languages ?? [language]);
  theme();
}

/** Puts words where `data-word` names them, and into the attributes that `data-label` and `data-hint` stand for. */
export function fill(root) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word) || element.textContent;
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = word(element.dataset.hint);
}

function languages(codes) {
  const choice = $("#language");
  const nameOf = (code) => new Intl.DisplayNames([code], { type: "language" }).of(code);
  choice.replaceChildren(...codes.map((code) => make("option", { value: code, textContent: nameOf(code), selected: code === language })));
  choice.addEventListener("change", () => {
    localStorage.setItem(LANGUAGE, choice.value);
    location.reload();
  });
}

function theme() {
  const button = $("#theme");
  const isDark = () => document.documentElement.dataset.theme === "dark";
  const name = () => (button.textContent = word(isDark() ? "theme_light" : "theme_dark"));
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("formcheck-theme", document.documentElement.dataset.theme);
  });
  new MutationObserver(name).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  name();
}
