// The 33 landmarks, as in formcheck.body.landmarks: their rows, the bones that are drawn, and which side is near.

export const COUNT = 33;
export const NOSE = 0;
const LEFT = { ear: 7, shoulder: 11, elbow: 13, wrist: 15, hip: 23, knee: 25, ankle: 27, heel: 29, foot_index: 31 };

/** Row of a paired joint. */
export const row = (joint, side) => LEFT[joint] + (side === "right" ? 1 : 0);

const LIMBS = [
  ["shoulder", "elbow"], ["elbow", "wrist"], ["shoulder", "hip"], ["hip", "knee"], ["knee", "ankle"],
  ["ankle", "heel"], ["heel", "foot_index"], ["shoulder", "ear"],
];
const limbsOf = (side) => LIMBS.map(([a, b]) => ({ from: row(a, side), to: row(b, side), side }));

/** Bones of a drawing; those across the body belong to neither side. */
export const BONES = [
  { from: LEFT.shoulder, to: LEFT.shoulder + 1, side: null },
  { from: LEFT.hip, to: LEFT.hip + 1, side: null },
  ...limbsOf("left"),
  ...limbsOf("right"),
];

/** The side of the body nearer to the camera; `world` is 33 × (x, y, z) with z away from the camera. */
export function nearSide(world) {
  const depth = (joint, side) => world[3 * row(joint, side) + 2];
  const left = depth("shoulder", "left") + depth("hip", "left");
  const right = depth("shoulder", "right") + depth("hip", "right");
  return left - right > 0 ? "right" : "left";
}
