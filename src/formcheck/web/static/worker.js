// Finds the pose in one picture after another, away from the page's own thread. Pictures go no further than here.

import { FilesetResolver, PoseLandmarker } from "/pose/vision_bundle.mjs";
import { COUNT, nearSide } from "./body.js";
import { sceneOf } from "./scene.js";
import { lowerCovered, torsoProfile } from "./torso.js";

const BODY_PX = 150; // the model sees a body in 256 x 256 pixels: larger pictures only cost time
const SCENE_EVERY_S = 1;

const canvas = new OffscreenCanvas(1, 1);
const pen = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
let landmarker;
let shrink = null; // by how many whole times pictures are made smaller; the first body decides
let latestMs = -1;
let sceneAt = -Infinity;

async function begin() {
  landmarker = await PoseLandmarker.createFromOptions(await FilesetResolver.forVisionTasks("/pose/wasm", true), {
    baseOptions: { modelAssetPath: "/models/lite.task", delegate: "CPU" },
    runningMode: "VIDEO",
    numPoses: 1,
    outputSegmentationMasks: true,
  });
}

/** Begins afresh: nobody is followed any more. A second landmarker cannot be made in one Worker. */
const renew = () => landmarker.setOptions({ runningMode: "VIDEO" });

async function look({ picture, width, height, t }) {
  show(picture, width, height);
  const found = await detect(t);
  const pose = { t, width, height, ...found.pose, scene: null };
  if (t - sceneAt >= SCENE_EVERY_S) {
    sceneAt = t;
    pose.scene = [...sceneOf(pen.getImageData(0, 0, canvas.width, canvas.height), found.seen), 1];
  }
  if (found.seen) await fit(found.seen);
  return pose;
}

/** Draws the picture as small as the model needs it. */
function show(picture, width, height) {
  const size = [Math.floor(width / (shrink ?? 1)), Math.floor(height / (shrink ?? 1))];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  pen.imageSmoothingQuality = "medium";
  pen.drawImage(picture, 0, 0, ...size);
  picture.close();
}

/** The pose in the picture that is shown; a landmarker that fails begins afresh once. */
async function detect(t) {
  latestMs = Math.max(latestMs + 1, Math.round(1000 * t));
  try {
    return detectNow();
  } catch {
    await renew();
    return detectNow();
  }
}

function detectNow() {
  let found;
  landmarker.detectForVideo(canvas, latestMs, (result) => (found = read(result))); // masks live no longer than this
  return found;
}

function read({ landmarks, worldLandmarks, segmentationMasks }) {
  if (!landmarks.length) return { seen: null, pose: { xy: null, visibility: null, world: null, torso: null } };
  const [seen, xy, world] = [new Float64Array(2 * COUNT), new Float32Array(2 * COUNT), new Float32Array(3 * COUNT)];
  let visibility = new Float32Array(COUNT);
  landmarks[0].forEach((point, i) => {
    [seen[2 * i], seen[2 * i + 1]] = [point.x * canvas.width, point.y * canvas.height];
    visibility[i] = Math.min(Math.max(point.visibility ?? 0, 0), 1);
  });
  worldLandmarks[0].forEach((point, i) => world.set([point.x, point.y, point.z], 3 * i));
  xy.set(seen.map((value) => value * (shrink ?? 1)));
  const side = nearSide(world);
  const mask = segmentationMasks?.[0];
  let torso = null;
  if (mask) {
    const pixels = { data: mask.getAsFloat32Array(), width: mask.width, height: mask.height };
    visibility = lowerCovered(visibility, pixels, seen, side);
    torso = torsoProfile(pixels, seen, side);
  }
  return { seen, pose: { xy, visibility, world, torso } };
}

/**
 * Chooses how small pictures may be, by the body in them: again when somebody has stepped away from the camera.
 *
 * The landmarker follows outlines from picture to picture, so it begins afresh when their size changes.
 */
async function fit(seen) {
  const spread = (first) => {
    const values = seen.filter((_, i) => i % 2 === first);
    return Math.max(...values) - Math.min(...values);
  };
  const bodyPx = Math.max(spread(0), spread(1)) * (shrink ?? 1);
  const may = Math.max(1, Math.floor(bodyPx / BODY_PX));
  const before = shrink;
  if (shrink === null || may < shrink) shrink = may;
  if (shrink !== (before ?? 1)) await renew();
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ type: "pose", pose: await look(data) });
  } catch (error) {
    self.postMessage({ type: "failed", reason: String(error?.message ?? error) });
  }
};

begin().then(
  () => self.postMessage({ type: "ready" }),
  (error) => self.postMessage({ type: "failed", reason: String(error?.message ?? error) }),
);
