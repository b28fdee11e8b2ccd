/** An image before it is sent: is it one that the server takes, and what does it look like. */

import { h } from "./dom.js";

export const MAX_BYTES = 3_000_000;
const SIGNATURES = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff],
];
const LONGEST_SIGNATURE = 8;
const [PNG, ACTL, IDAT] = [0x89504e47, 0x6163544c, 0x49444154];
const CHUNK_HEAD = 8;
const CHECKSUM = 4;

/**
 * Why the server would refuse this file without looking at its pixels: the key of a text, or null.
 * @param {Blob} blob
 * @returns {Promise<string | null>}
 */
export async function refusalOf(blob) {
  if (blob.size === 0) return "refusal.empty";
  if (blob.size > MAX_BYTES) return "refusal.size";
  const head = new Uint8Array(await blob.slice(0, LONGEST_SIGNATURE).arrayBuffer());
  const isKnown = SIGNATURES.some((signature) => signature.every((byte, index) => head[index] === byte));
  return isKnown ? null : "refusal.format";
}

/**
 * The image, decoded and turned upright as its EXIF orientation says, of an animation its first frame, which is what
 * the server reads; null where the browser cannot.
 * @param {Blob} blob
 * @returns {Promise<HTMLImageElement | null>}
 */
export async function pictureOf(blob) {
  try {
    return await imageOf((await isAnimated(blob)) ? await firstFrameOf(blob) : blob);
  } catch {
    return null;
  }
}

/** @param {Blob} blob */
async function imageOf(blob) {
  const image = new Image();
  const address = URL.createObjectURL(blob);
  image.src = address;
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Whether this is a PNG that says before its picture that it is animated. An image element would play it.
 * @param {Blob} blob
 */
async function isAnimated(blob) {
  const view = new DataView(await blob.arrayBuffer());
  if (view.byteLength < LONGEST_SIGNATURE || view.getUint32(0) !== PNG) return false;
  for (let at = LONGEST_SIGNATURE; at + CHUNK_HEAD <= view.byteLength; at += CHUNK_HEAD + view.getUint32(at) + CHECKSUM) {
    const kind = view.getUint32(at + 4);
    if (kind === ACTL) return true;
    if (kind === IDAT) return false;
  }
  return false;
}

/** @param {Blob} blob */
async function firstFrameOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const canvas = h("canvas", { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob(resolve));
}
