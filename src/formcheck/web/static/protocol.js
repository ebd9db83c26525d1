// Messages of /v1/live: what goes out in binary, little-endian. docs/live-protocol.md describes them.

const VERSION = 1;
const POSE = 1;
const FRAME = 2;
const HEADER_BYTES = 24;
const HAS = { person: 1, world: 2, torso: 4, rightSide: 8, scene: 16 };

/**
 * A pose as a binary message. What is null is left out: without `xy` it says that nobody was seen.
 *
 * @param {{seq: number, t: number, width: number, height: number, xy: Float32Array|null, visibility: Float32Array,
 *   world: Float32Array|null, torso: object|null, scene: number[]|null}} pose
 */
export function encodePose(pose) {
  const parts = [];
  let flags = 0;
  const add = (flag, ...arrays) => {
    flags |= flag;
    parts.push(...arrays);
  };
  if (pose.xy) add(HAS.person, pose.xy, pose.visibility);
  if (pose.xy && pose.world) add(HAS.world, pose.world);
  if (pose.xy && pose.torso) add(HAS.torso | (pose.torso.side === "right" ? HAS.rightSide : 0), pose.torso.edges, pose.torso.sharpness);
  if (pose.scene) add(HAS.scene, pose.scene);
  const message = withHeader(POSE, flags, pose, 4 * parts.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(message);
  let at = HEADER_BYTES;
  for (const part of parts) {
    for (const value of part) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return message;
}

/** A picture as a binary message; `frame` holds seq, t, width, height and the bytes of its `jpeg`. */
export function encodeFrame(frame) {
  const message = withHeader(FRAME, 0, frame, frame.jpeg.byteLength);
  new Uint8Array(message, HEADER_BYTES).set(new Uint8Array(frame.jpeg));
  return message;
}

function withHeader(kind, flags, { seq, t, width, height }, bytes) {
  const message = new ArrayBuffer(HEADER_BYTES + bytes);
  const view = new DataView(message);
  view.setUint8(0, VERSION);
  view.setUint8(1, kind);
  view.setUint16(2, flags, true);
  view.setUint32(4, seq, true);
  view.setFloat64(8, t, true);
  view.setUint16(16, width, true);
  view.setUint16(18, height, true);
  return message;
}
