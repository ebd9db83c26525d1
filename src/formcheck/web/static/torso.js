// The outline of the trunk in a person mask: the same figures as formcheck.body.silhouette, which says what they mean.
// The two are held against each other in tests/unit/web/test_torso_js.py.

import { COUNT, row } from "./body.js";

export const STATIONS = 41;
const REACH = 0.75;
const STEPS = 97;
const STEP = REACH / (STEPS - 1);
const MIN_CHORD_PX = 24;
const EDGE_HALF_WIDTH = 3;
const BESIDE = 0.04;
const PERSON_ABOVE = 0.3;
const COVERED = 0.45;
const AROUND = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]];

/**
 * Distances from the chord between the near hip and shoulder to the edge of the mask, in chord lengths.
 *
 * @param {{data: Float32Array, width: number, height: number}} mask person probability in [0, 1]
 * @param {ArrayLike<number>} xy 33 × (x, y) in pixels of the mask
 * @param {"left"|"right"} side the side of the body nearer to the camera
 * @returns {{edges: Float32Array, sharpness: Float32Array, side: string}|null} edges: 2 × 41, NaN where there is none
 */
export function torsoProfile(mask, xy, side) {
  const chord = chordOf(xy, side);
  if (!(chord.length >= MIN_CHORD_PX)) return null; // also true for NaN
  const edges = new Float32Array(2 * STATIONS);
  const sharpness = new Float32Array(2);
  for (const [line, sign] of [[0, 1], [1, -1]]) {
    const drops = [];
    for (let station = 0; station < STATIONS; station++) {
      const { edge, drop } = stationEdge(mask, chord, station / (STATIONS - 1), sign);
      edges[line * STATIONS + station] = edge;
      if (Number.isFinite(edge)) drops.push(drop);
    }
    const mean = drops.reduce((sum, drop) => sum + drop, 0) / Math.max(drops.length, 1);
    sharpness[line] = Math.min(Math.max(mean, 0), 1);
  }
  return { edges, sharpness, side };
}

/** Visibilities, lowered where the mask shows that something stands in front of the landmark. */
export function lowerCovered(visibility, mask, xy, side) {
  const beside = BESIDE * chordOf(xy, side).length;
  if (!Number.isFinite(beside)) return visibility;
  const lowered = Float32Array.from(visibility);
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [xy[2 * i], xy[2 * i + 1]];
    if (!(x >= 0 && y >= 0 && x < mask.width && y < mask.height)) continue;
    const seen = AROUND.some(([dx, dy]) => sample(mask, x + beside * dx, y + beside * dy) >= PERSON_ABOVE);
    if (!seen) lowered[i] = Math.min(visibility[i], COVERED);
  }
  return lowered;
}

/** Points of the outline on one side of the chord, in the pixels of `xy`. */
export function outline(profile, line, xy) {
  const { hip, dx, dy } = chordOf(xy, profile.side);
  const sign = line === 0 ? 1 : -1;
  const points = [];
  for (let station = 0; station < STATIONS; station++) {
    const edge = sign * profile.edges[line * STATIONS + station];
    const along = station / (STATIONS - 1);
    if (Number.isFinite(edge)) points.push([hip.x + along * dx + edge * dy, hip.y + along * dy - edge * dx]);
  }
  return points;
}

function chordOf(xy, side) {
  const at = (joint) => ({ x: xy[2 * row(joint, side)], y: xy[2 * row(joint, side) + 1] });
  const [hip, shoulder] = [at("hip"), at("shoulder")];
  const [dx, dy] = [shoulder.x - hip.x, shoulder.y - hip.y];
  return { hip, dx, dy, length: Math.hypot(dx, dy) };
}

/** The first place on one ray where the mask falls below one half, and how far it falls around there. */
function stationEdge(mask, chord, along, sign) {
  const [x, y] = [chord.hip.x + along * chord.dx, chord.hip.y + along * chord.dy];
  const inside = (step) => sample(mask, x + sign * step * STEP * chord.dy, y - sign * step * STEP * chord.dx);
  let at = 0;
  while (at < STEPS && inside(at) >= 0.5) at++;
  if (at === 0 || at === STEPS) return { edge: NaN, drop: 0 };
  const [high, low] = [inside(at - 1), inside(at)];
  const edge = (at - 1 + (high - 0.5) / (high - low)) * STEP;
  if (nearBorder(mask, x + sign * edge * chord.dy, y - sign * edge * chord.dx)) return { edge: NaN, drop: 0 };
  const nearest = Math.round(edge / STEP);
  const [inner, outer] = [Math.max(nearest - EDGE_HALF_WIDTH, 0), Math.min(nearest + EDGE_HALF_WIDTH, STEPS - 1)];
  return { edge, drop: inside(inner) - inside(outer) };
}

/** An edge there is only the end of the picture: the body goes on outside it. */
function nearBorder(mask, x, y) {
  return x < 2 || y < 2 || x > mask.width - 3 || y > mask.height - 3;
}

/** The mask between its pixels; 0 outside the picture. */
function sample({ data, width, height }, x, y) {
  if (!(x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)) return 0;
  const [cx, cy] = [Math.min(x, width - 1.001), Math.min(y, height - 1.001)];
  const [column, line] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - column, cy - line];
  const at = line * width + column;
  const top = data[at] * (1 - fx) + data[at + 1] * fx;
  const bottom = data[at + width] * (1 - fx) + data[at + width + 1] * fx;
  return top * (1 - fy) + bottom * fy;
}
