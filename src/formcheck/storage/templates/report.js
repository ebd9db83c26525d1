"use strict";
(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const film = document.querySelector("video");
  const begins = Number(film?.dataset.begins ?? 0); // the annotated film may show only a part of the film
  const charts = [...document.querySelectorAll(".chart")];
  const readings = [...document.querySelectorAll(".reading")];
  const spans = [...document.querySelectorAll("[data-end]")]; // reps, holds and episodes
  const CURSOR_EVERY_MS = 80;
  const PAPER_PX = { width: 320, height: 118 };
  let now = data.begin;

  // ---- words -------------------------------------------------------------------------------------------------------

  const clock = (t) => `${Math.floor(t / 60)}:${(t % 60).toFixed(1).padStart(4, "0")}`;
  const phaseAt = (t) => data.phases.find((p) => p.from <= t && t < p.to);
  const amount = (value, unit) =>
    (Math.abs(value) >= 2 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 0.1 ? 2 : 3)).replace("-", "−") + unit;

  function indexAt(t, times) {
    let low = 0, high = times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] < t) low = middle + 1; else high = middle;
    }
    return low > 0 && t - times[low - 1] < times[low] - t ? low - 1 : low;
  }

  function readingAt(series, t) {
    const value = series.values[indexAt(t, series.t)];
    const phase = phaseAt(t);
    const parts = [clock(t), phase?.name, value == null ? "not seen" : amount(value, series.unit)];
    return parts.filter(Boolean).join(" · ");
  }

  // ---- charts ------------------------------------------------------------------------------------------------------

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function rangeOf(series) {
    const edges = Object.values(series.limits ?? {});
    const all = [...series.values, ...edges].filter((v) => v != null);
    if (!all.length) return [0, 1];
    const low = Math.min(...all), high = Math.max(...all), room = (high - low) * 0.1 || 1;
    return [low - room, high + room];
  }

  function box(x0, x1, y0, y1, fill, yref) {
    return { type: "rect", layer: "below", x0, x1, y0, y1, yref, fillcolor: fill, line: { width: 0 } };
  }

  function level(y, dash, tint) {
    return { type: "line", layer: "below", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: { color: tint, width: 1.2, dash } };
  }

  function bandShapes(series, range) {
    const limits = series.limits;
    if (!limits) return [];
    const wanted = { ...box(0, 1, limits.ideal_min ?? range[0], limits.ideal_max ?? range[1], colour("calm-wash"), "y"), xref: "paper", opacity: 0.7 };
    const ideal = [limits.ideal_min, limits.ideal_max].filter((v) => v != null).map((v) => level(v, "solid", colour("calm")));
    const fault = [limits.fault_below, limits.fault_above].filter((v) => v != null).map((v) => level(v, "dash", colour("change-mark")));
    return [wanted, ...ideal, ...fault];
  }

  function phaseShapes() {
    return data.phases.filter((p) => data.shaded.includes(p.name)).map((p) => (
      box(p.from, p.to, 0, 1, colour(`phase-${data.shaded.indexOf(p.name) % 4}`), "paper")
    ));
  }

  function spanShapes() {
    return data.spans.flatMap((s) => [s.from, s.to]).map((t) => (
      { type: "line", x0: t, x1: t, yref: "paper", y0: 0, y1: 1, line: { color: colour("edge"), width: 0.8, dash: "dot" } }
    ));
  }

  function cursorShape() {
    const onPaper = document.documentElement.classList.contains("paper");
    return { type: "line", name: "cursor", visible: !onPaper, x0: now, x1: now, yref: "paper", y0: 0, y1: 1, line: { color: colour("ink"), width: 2 } };
  }

  function layoutOf(series) {
    const range = rangeOf(series);
    const text = { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("soft") };
    const axis = { fixedrange: true, gridcolor: colour("line"), zeroline: false, ticks: "", linecolor: colour("edge") };
    const numbers = data.spans.map((s) => (
      { text: s.label, x: (s.from + s.to) / 2, yref: "paper", y: 1, yanchor: "bottom", showarrow: false, font: { ...text, color: colour("ink") } }
    ));
    return {
      font: text, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
      margin: { l: 44, r: 8, t: 20, b: 24 }, dragmode: false, hovermode: "x", hoverdistance: -1,
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("edge"), font: { ...text, color: colour("ink") } },
      xaxis: { ...axis, range: [data.begin, data.end], showgrid: false, ticksuffix: " s", nticks: 8 },
      yaxis: { ...axis, range, nticks: 5, ticksuffix: series.sign },
      shapes: [...phaseShapes(), ...bandShapes(series, range), ...spanShapes(), cursorShape()],
      annotations: numbers,
    };
  }

  function tracesOf(series) {
    const hover = series.t.map((t) => readingAt(series, t));
    const line = { x: series.t, y: series.values, text: hover, hoverinfo: "text", mode: "lines", connectgaps: false, line: { color: colour("ink"), width: 2 } };
    const marks = {
      x: series.marks.map((m) => m.t), y: series.marks.map((m) => series.values[indexAt(m.t, series.t)]), mode: "markers", hoverinfo: "skip",
      marker: {
        size: 12, line: { width: 1.6, color: colour("change-mark") },
        symbol: series.marks.map((m) => (m.verdict === "fault" ? "triangle-up" : "triangle-up-open")), color: colour("change-mark"),
      },
    };
    return [line, marks];
  }

  function draw(size = {}) {
    charts.forEach((chart, i) => {
      Plotly.react(chart, tracesOf(data.series[i]), { ...layoutOf(data.series[i]), ...size }, { displayModeBar: false, responsive: true });
      if (!size.width) Plotly.Plots.resize(chart);
    });
    moveCursor(now);
  }

  function moveCursor(t) {
    now = t;
    charts.forEach((chart, i) => {
      const last = chart.layout.shapes.length - 1;
      Plotly.relayout(chart, { [`shapes[${last}].x0`]: t, [`shapes[${last}].x1`]: t });
      readings[i].textContent = readingAt(data.series[i], t);
      chart.setAttribute("aria-valuenow", t.toFixed(1));
      chart.setAttribute("aria-valuetext", readings[i].textContent);
    });
    spans.forEach((span) => span.setAttribute("aria-current", String(span.dataset.t <= t && t < span.dataset.end)));
  }

  // ---- the film ----------------------------------------------------------------------------------------------------

  function seek(t) {
    moveCursor(t);
    if (film) film.currentTime = t - begins;
  }

  function follow() {
    let last = 0;
    const step = (ms) => {
      if (ms - last >= CURSOR_EVERY_MS) {
        last = ms;
        moveCursor(film.currentTime + begins);
      }
      if (!film.paused && !film.ended) requestAnimationFrame(step);
    };
    film.addEventListener("play", () => requestAnimationFrame(step));
    for (const happening of ["seeked", "pause", "ended"]) film.addEventListener(happening, () => moveCursor(film.currentTime + begins));
    const missing = () => { document.querySelector(".missing").hidden = false; };
    film.addEventListener("error", missing);
    if (film.error) missing(); // it may have failed before this script ran
  }

  function listen() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-t]");
      if (!button) return;
      seek(Number(button.dataset.t));
      film?.scrollIntoView({ block: "nearest" });
    });
    charts.forEach((chart) => {
      chart.on("plotly_click", (event) => seek(event.points[0].x));
      chart.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: -0.1, ArrowRight: 0.1, PageDown: -1, PageUp: 1 }[event.key];
        if (!way) return;
        event.preventDefault();
        seek(Math.min(Math.max(now + way, data.begin), data.end));
      });
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  }

  function preparePaper(on) {
    document.documentElement.classList.toggle("paper", on);
    draw(on ? PAPER_PX : {});
  }

  draw();
  listen();
  if (film) follow();
  addEventListener("beforeprint", () => preparePaper(true));
  addEventListener("afterprint", () => preparePaper(false));
})();
