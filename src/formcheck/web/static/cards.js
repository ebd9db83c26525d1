// The exercises as cards that can be searched and walked through with the arrow keys.

import { $, make, word } from "./page.js";
import { figureOf } from "./figures.js";

const plain = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** Fills `#exercises` with a card each, keeps them to what `#search` holds, and calls `choose` with the chosen one. */
export function showCards(exercises, choose) {
  const list = $("#exercises");
  const cards = exercises.map((exercise) => {
    const button = make("button", { type: "button", className: "card", data: { exercise: exercise.id } },
      figureOf(exercise),
      make("span", { className: "card-name", textContent: exercise.name }),
      make("span", { className: "soft", textContent: facts(exercise) }));
    button.addEventListener("click", () => choose(exercise));
    return { item: make("li", {}, button), button, text: plain(`${exercise.name} ${exercise.id} ${exercise.summary}`) };
  });
  list.replaceChildren(...cards.map((card) => card.item));
  const search = () => {
    const wanted = plain($("#search").value.trim());
    for (const card of cards) card.item.hidden = !card.text.includes(wanted);
    $("#nothing").hidden = cards.some((card) => !card.item.hidden);
  };
  $("#search").addEventListener("input", search);
  $("#search").addEventListener("keydown", (event) => {
    const first = cards.find((card) => !card.item.hidden);
    if (first && ["ArrowDown", "Enter"].includes(event.key)) {
      event.preventDefault();
      event.key === "Enter" ? first.button.click() : first.button.focus();
    }
  });
  list.addEventListener("keydown", (event) => walk(event, cards.filter((card) => !card.item.hidden)));
  search();
}

/** What is counted and from where it is filmed, in a few words. */
export const facts = (exercise) =>
  [word(`counts_${exercise.counts}`), exercise.views.map((view) => word(`view_${view}`)).join(", ")].filter(Boolean).join(" · ");

function walk(event, shown) {
  const at = shown.findIndex((card) => card.button === document.activeElement);
  const columns = shown.filter((card) => card.item.offsetTop === shown[0]?.item.offsetTop).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (step === undefined || at < 0) return;
  event.preventDefault();
  const next = shown[at + step];
  if (next) next.button.focus();
  else if (event.key === "ArrowUp") $("#search").focus();
}
