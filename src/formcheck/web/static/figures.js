// Stick figures of the postures: on the cards, and as the silhouette to step into.

const SVG = "http://www.w3.org/2000/svg";
const HEAD = 7;

// Polylines in a box of 100 x 100, and where the head is.
const POSTURES = {
  standing: { head: [50, 12], lines: [[[50, 22], [50, 52]], [[50, 26], [44, 40], [46, 54]], [[50, 26], [56, 40], [54, 54]], [[50, 52], [46, 74], [46, 95]], [[50, 52], [54, 74], [54, 95]]] },
  aside: { head: [52, 12], lines: [[[50, 22], [49, 52]], [[50, 27], [50, 41], [54, 54]], [[49, 52], [51, 74], [48, 94], [57, 95]]] },
  hinge: { head: [76, 30], lines: [[[66, 35], [38, 48]], [[66, 36], [64, 55], [63, 72]], [[38, 48], [48, 70], [42, 93], [52, 94]]] },
  squat: { head: [60, 26], lines: [[[54, 36], [36, 62]], [[54, 38], [68, 46], [80, 44]], [[36, 62], [60, 66], [52, 93], [62, 94]]] },
  lunge: { head: [50, 14], lines: [[[50, 24], [49, 56]], [[50, 28], [46, 42], [50, 54]], [[49, 56], [70, 64], [69, 92], [78, 93]], [[49, 56], [44, 84], [22, 92]]] },
  seated: { head: [42, 18], lines: [[[40, 28], [38, 60]], [[40, 32], [46, 48], [62, 50]], [[38, 60], [64, 62], [64, 92], [73, 93]], [[26, 68], [48, 68], [48, 93]]] },
  portrait: { head: [50, 34], lines: [[[50, 46], [50, 54]], [[18, 95], [22, 64], [50, 54], [78, 64], [82, 95]]] },
  plank: { head: [86, 50], lines: [[[78, 56], [46, 66], [14, 82], [16, 90]], [[78, 56], [76, 88], [90, 88]]] },
  fours: { head: [86, 42], lines: [[[76, 46], [36, 48]], [[76, 46], [76, 88]], [[36, 48], [38, 88], [14, 88]]] },
  reaching: { head: [80, 42], lines: [[[72, 46], [38, 48]], [[72, 46], [70, 88]], [[72, 46], [96, 34]], [[38, 48], [42, 88], [22, 88]], [[38, 48], [6, 42]]] },
  bridge: { head: [12, 82], lines: [[[20, 84], [52, 58], [74, 62], [72, 90], [84, 90]], [[22, 86], [48, 90]]] },
  prone: { head: [84, 68], lines: [[[75, 74], [44, 84], [8, 80]], [[72, 76], [62, 88], [48, 88]]] },
  child: { head: [70, 82], lines: [[[62, 76], [28, 66]], [[62, 78], [92, 90]], [[28, 66], [50, 88], [14, 90]]] },
  sideways: { head: [84, 44], lines: [[[76, 50], [48, 64], [10, 86]], [[76, 50], [76, 88], [92, 88]], [[76, 50], [58, 46]]] },
};

const POSTURE_OF = {
  plank: "plank", side_plank: "sideways", bird_dog: "reaching", cat_cow: "fours", quadruped_twist: "fours",
  glute_bridge: "bridge", back_extension: "prone", child_pose: "child", deadlift: "hinge", romanian_deadlift: "hinge",
  bent_over_row: "hinge", floor_lift: "squat", squat: "squat", lunge: "lunge", seated_row: "seated",
  seated_twist: "seated", desk_side: "seated", desk_front: "portrait",
};
/** Where a set begins in another posture than the one on the card. */
const START_OF = { hinge: "aside", squat: "aside", lunge: "aside", reaching: "fours" };

/** A small figure of an exercise; those it does not know are standing. */
export const figureOf = (exercise) => drawing(postureOf(exercise), "figure");

/** The figure to step into before a set. */
export function silhouetteOf(exercise) {
  const posture = postureOf(exercise);
  return drawing(START_OF[posture] ?? posture, "silhouette");
}

const postureOf = ({ id, views }) => POSTURE_OF[id] ?? (views[0] === "side" ? "aside" : "standing");

function drawing(posture, className) {
  const { head, lines } = POSTURES[posture];
  const svg = element("svg", { viewBox: "0 0 100 100", class: className, "aria-hidden": "true" });
  svg.append(element("circle", { cx: head[0], cy: head[1], r: HEAD }));
  for (const line of lines) svg.append(element("polyline", { points: line.map((point) => point.join(",")).join(" ") }));
  return svg;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
