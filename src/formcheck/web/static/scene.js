// How light a picture is, and the person's part of it, as formcheck.video.scene reads it.

const WIDTH = 80;
const SAMPLED = 2; // pixels across that are averaged into one: takes the sensor's noise out of the contrast
const BURNT_FROM = 250;

/**
 * Brightness, contrast and burnt share of a picture and of the box around the landmarks (NaN without a person).
 *
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA
 * @param {ArrayLike<number>|null} xy 33 × (x, y) in pixels of the image
 */
export function sceneOf(image, xy) {
  const gray = smallGray(image);
  const whole = { left: 0, top: 0, right: gray.width, bottom: gray.height };
  const box = xy ? personBox(gray, xy, gray.width / image.width) : null;
  return [...light(gray, whole), ...(box ? light(gray, box) : [NaN, NaN, NaN])];
}

function smallGray(image) {
  const width = Math.min(WIDTH, image.width);
  const height = Math.max(1, Math.round((width * image.height) / image.width));
  const values = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[y * width + x] = Math.round(cell(image, x, y, width, height));
  }
  return { values, width, height };
}

/** Mean gray of a few pixels spread over one cell of the small picture. */
function cell(image, x, y, width, height) {
  let sum = 0;
  for (let j = 0; j < SAMPLED; j++) {
    const line = Math.floor(((y + j / SAMPLED) * image.height) / height);
    for (let i = 0; i < SAMPLED; i++) {
      const at = 4 * (line * image.width + Math.floor(((x + i / SAMPLED) * image.width) / width));
      sum += 0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2];
    }
  }
  return sum / SAMPLED ** 2;
}

function personBox(gray, xy, scale) {
  const xs = [], ys = [];
  for (let i = 0; i < xy.length; i += 2) {
    xs.push(xy[i] * scale);
    ys.push(xy[i + 1] * scale);
  }
  const clamp = (value, most) => Math.min(Math.max(value, 0), most);
  const box = {
    left: Math.floor(Math.max(Math.min(...xs), 0)),
    top: Math.floor(Math.max(Math.min(...ys), 0)),
    right: Math.ceil(clamp(Math.max(...xs), gray.width)),
    bottom: Math.ceil(clamp(Math.max(...ys), gray.height)),
  };
  return box.right > box.left && box.bottom > box.top ? box : null;
}

function light({ values, width }, { left, top, right, bottom }) {
  let sum = 0, squares = 0, burnt = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = values[y * width + x];
      sum += value;
      squares += value * value;
      burnt += value >= BURNT_FROM ? 1 : 0;
    }
  }
  const count = (right - left) * (bottom - top);
  const mean = sum / count;
  return [mean, Math.sqrt(Math.max(squares / count - mean * mean, 0)), burnt / count];
}
