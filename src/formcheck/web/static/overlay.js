// Body, line of the back and angle, drawn over the camera's picture as formcheck draws them on films.

import { BONES, COUNT, row } from "./body.js";
import { outline } from "./torso.js";

const INK = "#181e26";
const PAPER = "#f8f8f6";
const FAINT = "#9ca6b0";
const CALM = "#20beb2";
const AMBER = "#f59e0b";
const MIN_VISIBILITY = 0.5;
const MIN_RADIUS_PX = 2;
const MOST_LINES = 1080; // of the canvas: more only cost time

const JOINT_ANGLES = {
  knee_flexion: ["hip", "knee", "ankle"],
  hip_flexion: ["shoulder", "hip", "knee"],
  elbow_flexion: ["shoulder", "elbow", "wrist"],
};
const INCLINATIONS = { trunk_inclination: ["hip", "shoulder"], shank_inclination: ["ankle", "knee"] };

/**
 * Draws one pose. Amber means "change this" and never comes without a triangle or a dashed line.
 *
 * @param {CanvasRenderingContext2D} pen of a canvas that lies over the picture
 * @param {{xy, visibility, torso, width, height}} pose
 * @param {{near_side, back_row, bent, change, measure, value}} state as the server last said
 * @param {boolean} mirrored whether the picture is shown as in a mirror; letters never are
 */
export function drawOverlay(pen, pose, state, mirrored) {
  const { width, height } = pose;
  fitCanvas(pen, width, height);
  pen.clearRect(0, 0, width, height);
  if (!pose.xy) return;
  const at = (i) => [mirrored ? width - pose.xy[2 * i] : pose.xy[2 * i], pose.xy[2 * i + 1]];
  const shown = Array.from({ length: COUNT }, (_, i) => isShown(pose, i));
  const sketch = { pen, at, shown, unit: height, mirrored, width };
  drawBones(sketch, state);
  if (state.back_row !== null && state.back_row !== undefined && pose.torso) drawBack(sketch, pose, state);
  drawAngle(sketch, state);
}

/** Gives the canvas the pixels it has on the screen: lines are sharp, and need not be enlarged with every picture. */
function fitCanvas(pen, width, height) {
  const { canvas } = pen;
  const shown = Math.min(canvas.clientWidth / width, canvas.clientHeight / height) * devicePixelRatio || 1;
  const scale = Math.min(shown, MOST_LINES / height);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  pen.setTransform(scale, 0, 0, scale, 0, 0);
}

function isShown({ xy, visibility, width, height }, i) {
  const [x, y] = [xy[2 * i], xy[2 * i + 1]];
  return x >= 0 && y >= 0 && x < width && y < height && visibility[i] >= MIN_VISIBILITY;
}

function drawBones({ pen, at, shown, unit }, { near_side: near, change }) {
  const visible = BONES.filter((bone) => shown[bone.from] && shown[bone.to]);
  const isFar = (bone) => near && bone.side && bone.side !== near;
  const lines = (bones) => bones.map((bone) => [at(bone.from), at(bone.to)]);
  stroke(pen, lines(visible.filter(isFar)), FAINT, unit * 0.004);
  const close = visible.filter((bone) => !isFar(bone));
  const colour = change ? AMBER : PAPER;
  stroke(pen, lines(close), colour, unit * 0.006, unit * 0.0025);
  const joints = new Set(close.flatMap((bone) => [bone.from, bone.to]));
  stroke(pen, [...joints].map((i) => [at(i), at(i)]), colour, unit * 0.014, unit * 0.003);
}

function drawBack({ pen, unit, mirrored, width }, pose, { back_row: line, bent }) {
  const points = outline(pose.torso, line, pose.xy).map(([x, y]) => [mirrored ? width - x : x, y]);
  if (points.length < 2) return;
  stroke(pen, [points], bent ? AMBER : CALM, unit * 0.011, unit * 0.003);
  if (!bent) return;
  const [first, last] = [points[0], points.at(-1)];
  dashed(pen, first, last, unit);
  const off = (point) => Math.abs(cross(minus(last, first), minus(point, first)));
  const apex = points.reduce((best, point) => (off(point) > off(best) ? point : best));
  const middle = [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2];
  const out = minus(apex, middle);
  const reach = (unit * 0.04) / Math.max(Math.hypot(...out), 1);
  triangle(pen, [apex[0] + out[0] * reach, apex[1] + out[1] * reach], unit * 0.018);
}

function drawAngle(sketch, { measure, near_side: near, value, change }) {
  if (!near) return;
  const rows = (joints) => joints.map((joint) => row(joint, near));
  const number = value === null || value === undefined ? null : `${Math.round(value)}°`;
  if (measure in JOINT_ANGLES) {
    const [upper, joint, lower] = rows(JOINT_ANGLES[measure]);
    if (![upper, joint, lower].every((i) => sketch.shown[i])) return;
    const [a, b, c] = [upper, joint, lower].map(sketch.at);
    arc(sketch, b, minus(b, a), minus(c, b), number, change);
  } else if (measure in INCLINATIONS) {
    const [low, high] = rows(INCLINATIONS[measure]);
    if (!sketch.shown[low] || !sketch.shown[high]) return;
    const line = minus(sketch.at(high), sketch.at(low));
    arc(sketch, sketch.at(low), [0, -Math.hypot(...line)], line, number, change);
  } else if (measure === "body_line_deviation") bodyLine(sketch, rows(["shoulder", "hip", "ankle"]), change);
}

function arc({ pen, unit }, apex, start, end, number, change) {
  const radius = Math.min(unit * 0.09, 0.6 * Math.hypot(...start), 0.6 * Math.hypot(...end));
  if (!(radius >= MIN_RADIUS_PX)) return;
  const long = (1.5 * radius) / Math.hypot(...start);
  dashed(pen, apex, [apex[0] + start[0] * long, apex[1] + start[1] * long], unit);
  const first = Math.atan2(start[1], start[0]);
  const turn = Math.atan2(cross(start, end), start[0] * end[0] + start[1] * end[1]);
  const along = Array.from({ length: 24 }, (_, i) => first + (turn * i) / 23);
  const points = along.map((angle) => [apex[0] + radius * Math.cos(angle), apex[1] + radius * Math.sin(angle)]);
  stroke(pen, [points], change ? AMBER : CALM, unit * 0.008, unit * 0.0025);
  const middle = first + turn / 2;
  const far = radius + unit * 0.055;
  label(pen, [apex[0] + far * Math.cos(middle), apex[1] + far * Math.sin(middle)], number, change, unit);
}

function bodyLine({ pen, at, shown, unit }, rows, change) {
  if (!rows.every((i) => shown[i])) return;
  const [shoulder, hip, ankle] = rows.map(at);
  const line = minus(ankle, shoulder);
  const from = minus(hip, shoulder);
  const share = (from[0] * line[0] + from[1] * line[1]) / Math.max(line[0] ** 2 + line[1] ** 2, 1);
  dashed(pen, shoulder, ankle, unit);
  stroke(pen, [[hip, [shoulder[0] + share * line[0], shoulder[1] + share * line[1]]]], change ? AMBER : CALM, unit * 0.009, unit * 0.0025);
}

function label(pen, [x, y], text, change, unit) {
  if (text === null) return;
  pen.font = `600 ${unit * 0.042}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.strokeStyle = INK;
  pen.lineWidth = unit * 0.01;
  pen.strokeText(text, x, y);
  pen.fillStyle = change ? AMBER : PAPER;
  pen.fillText(text, x, y);
  if (change) triangle(pen, [x + unit * 0.07, y], unit * 0.016);
}

function stroke(pen, lines, colour, width, edge = 0) {
  pen.lineCap = pen.lineJoin = "round";
  for (const [style, across] of edge ? [[INK, width + 2 * edge], [colour, width]] : [[colour, width]]) {
    pen.strokeStyle = style;
    pen.lineWidth = across;
    pen.beginPath();
    for (const [first, ...others] of lines) {
      pen.moveTo(...first);
      others.forEach((point) => pen.lineTo(...point));
    }
    pen.stroke();
  }
}

function dashed(pen, from, to, unit) {
  pen.setLineDash([unit * 0.012, unit * 0.014]);
  stroke(pen, [[from, to]], PAPER, unit * 0.004, unit * 0.001);
  pen.setLineDash([]);
}

/** The sign for "change this". */
function triangle(pen, [x, y], radius) {
  pen.beginPath();
  pen.moveTo(x, y - radius);
  pen.lineTo(x + 0.95 * radius, y + 0.75 * radius);
  pen.lineTo(x - 0.95 * radius, y + 0.75 * radius);
  pen.closePath();
  pen.strokeStyle = INK;
  pen.lineWidth = radius * 0.5;
  pen.stroke();
  pen.fillStyle = AMBER;
  pen.fill();
}

const minus = (a, b) => [a[0] - b[0], a[1] - b[1]];
const cross = (a, b) => a[0] * b[1] - a[1] * b[0];
