// The camera: opened, watched, and opened again after it was lost.

const SILENT_AFTER_MS = 2000;
const LOOK_EVERY_MS = 250;
const AGAIN_AFTER_MS = [250, 500, 1000, 2000, 4000];
const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" };

/** What stands in the way of a camera, by the name of the browser's error: a key of the page's words. */
const PROBLEMS = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_none",
  OverconstrainedError: "camera_none",
  NotReadableError: "camera_in_use",
  AbortError: "camera_in_use",
};

export class CameraProblem extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** Shows the camera in a video element, and hands out each new picture with its time in seconds. */
export class Camera {
  #stream = null;
  #state = "live";
  #silentSince = 0;
  #timer = null;
  #opening = false;
  #tries = 0;
  #againAt = 0;
  #latest = 0;

  /** `onPicture` gets the time of a picture; `onState` gets "live", "lost" or "stalled" with its time. */
  constructor(video, onPicture, onState) {
    this.video = video;
    this.onPicture = onPicture;
    this.onState = onState;
    this.began = performance.now();
  }

  now() {
    return (performance.now() - this.began) / 1000;
  }

  async open() {
    await this.#open();
    this.#silentSince = performance.now();
    this.#timer = setInterval(() => this.#watch(), LOOK_EVERY_MS);
    this.#next();
  }

  close() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#release();
  }

  async #open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraProblem("camera_insecure");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch (error) {
      throw new CameraProblem(PROBLEMS[error.name] ?? "camera_in_use");
    }
    const [track] = this.#stream.getVideoTracks();
    track.addEventListener("ended", () => this.#lost(track));
    track.addEventListener("mute", () => this.#change("stalled"));
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => {}); // a page that is hidden may not play yet; the watch goes on asking
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.video.srcObject = null;
  }

  #lost(track) {
    if (this.#stream?.getVideoTracks()[0] !== track) return;
    this.#release();
    this.#tries = 0;
    this.#againAt = performance.now() + AGAIN_AFTER_MS[0];
    this.#change("lost");
  }

  #change(state) {
    if (state === this.#state || this.#timer === null) return;
    this.#state = state;
    this.onState(state, this.now());
  }

  #watch() {
    const now = performance.now();
    if (document.hidden) this.#silentSince = now; // a hidden page is shown no pictures
    else if (now - this.#silentSince > SILENT_AFTER_MS && this.#state === "live") this.#change("stalled");
    const [track] = this.#stream?.getVideoTracks() ?? [];
    if (track?.readyState === "ended") this.#lost(track);
    if (!this.#stream && !this.#opening && now >= this.#againAt) this.#reopen();
  }

  async #reopen() {
    this.#opening = true;
    try {
      await this.#open();
      if (this.#timer === null) this.#release();
    } catch {
      this.#tries = Math.min(this.#tries + 1, AGAIN_AFTER_MS.length - 1);
      this.#againAt = performance.now() + AGAIN_AFTER_MS[this.#tries];
    }
    this.#opening = false;
  }

  #next() {
    this.video.requestVideoFrameCallback((now, { captureTime }) => {
      if (this.#timer === null) return;
      this.#silentSince = performance.now();
      this.#change("live");
      this.#latest = Math.max(((captureTime ?? now) - this.began) / 1000, this.#latest + 0.001);
      this.onPicture(this.#latest);
      this.#next();
    });
  }
}
