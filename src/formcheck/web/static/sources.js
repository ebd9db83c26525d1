// Where poses come from: a Worker of this page, or the formcheck program, which is then sent the pictures.

import { encodeFrame, encodePose } from "./protocol.js";

const START_WITHIN_MS = 60000;
const FRAME_WIDTH_PX = 640;
const FRAME_QUALITY = 0.7;
const FRAME_EVERY_S = 1 / 15;
const FRAMES_IN_FLIGHT = 2;
const ANSWER_WITHIN_S = 2; // a picture that came to nothing is not answered
const MARGIN_S = 0.004; // a picture that comes a little early is still in time

/** Whether this browser can find poses itself. */
export const canFindPoses = () =>
  "Worker" in window && "WebAssembly" in window && "OffscreenCanvas" in window && "createImageBitmap" in window;

/** The picture that is shown now: without a copy where the browser can, and where that stands the right way up. */
async function pictureIn(video) {
  let frame;
  try {
    frame = new VideoFrame(video);
  } catch {
    return createImageBitmap(video); // no such thing here, or none of this video
  }
  if (frame.displayWidth === video.videoWidth && !frame.rotation && !frame.flip) return frame;
  frame.close();
  return createImageBitmap(video);
}

/** Poses are found in a Worker; pictures never leave the browser. At most one picture is under way. */
export class PoseSource {
  name = "poses";
  #worker = null;
  #free = false;
  #seq = 0;

  /** `onPose` gets (message, drawing); `onFailed` the reason why there will be no more. */
  constructor(onPose, onFailed) {
    this.onPose = onPose;
    this.onFailed = onFailed;
  }

  start() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("it did not start in time")), START_WITHIN_MS);
      const fail = (reason) => {
        clearTimeout(timer);
        this.#free = false;
        reject(new Error(reason));
        this.onFailed(reason);
      };
      this.#worker = new Worker("/static/worker.js", { type: "module" });
      this.#worker.onerror = (event) => fail(event.message || "it could not be loaded");
      this.#worker.onmessage = ({ data }) => {
        if (data.type === "failed") return fail(data.reason);
        this.#free = true;
        if (data.type === "pose") return this.#take(data.pose);
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async take(video, t) {
    if (!this.#free) return;
    this.#free = false;
    const [width, height] = [video.videoWidth, video.videoHeight];
    const picture = await pictureIn(video).catch(() => null);
    if (picture === null) this.#free = true; // the camera went away just now
    else this.#worker.postMessage({ picture, width, height, t }, [picture]);
  }

  #take(pose) {
    this.#seq += 1;
    this.onPose({ seq: this.#seq, t: pose.t, bytes: encodePose({ ...pose, seq: this.#seq }) }, pose);
  }

  answered() {}

  stop() {
    this.#worker?.terminate();
    this.#free = false;
  }
}

/** Pictures go to the formcheck program, which finds the poses; no more than two are under way. */
export class FrameSource {
  name = "frames";
  #canvas = document.createElement("canvas");
  #pen = this.#canvas.getContext("2d", { alpha: false });
  #seq = 0;
  #underWay = new Map(); // number → when it was sent
  #busy = false;
  #latest = -Infinity;

  /** `onPicture` gets (message, its width and height). */
  constructor(onPicture) {
    this.onPicture = onPicture;
  }

  async take(video, t) {
    for (const [seq, sent] of this.#underWay) if (t - sent > ANSWER_WITHIN_S) this.#underWay.delete(seq);
    if (this.#busy || this.#underWay.size >= FRAMES_IN_FLIGHT || t - this.#latest < FRAME_EVERY_S - MARGIN_S) return;
    this.#busy = true;
    this.#latest = t;
    const scale = Math.min(1, FRAME_WIDTH_PX / video.videoWidth);
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      [this.#canvas.width, this.#canvas.height] = [width, height];
    }
    this.#pen.drawImage(video, 0, 0, width, height);
    const blob = await new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", FRAME_QUALITY));
    const jpeg = await blob?.arrayBuffer();
    this.#busy = false;
    if (!jpeg) return;
    this.#seq += 1;
    this.#underWay.set(this.#seq, t);
    const bytes = encodeFrame({ seq: this.#seq, t, width, height, jpeg });
    this.onPicture({ seq: this.#seq, t, bytes }, { width, height });
  }

  /** The picture of this number has been looked at, and with it all before; null: none is under way any more. */
  answered(seq) {
    for (const waiting of this.#underWay.keys()) if (seq === null || waiting <= seq) this.#underWay.delete(waiting);
  }

  stop() {
    this.#underWay.clear();
  }
}
