/** An image before it is sent: is it one that the server takes, and what does it look like. */

export const MAX_BYTES = 3_000_000;
const SIGNATURES = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff],
];
const LONGEST_SIGNATURE = 8;

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
 * The image, decoded and turned upright as its EXIF orientation says; null where the browser cannot.
 * @param {Blob} blob
 * @returns {Promise<HTMLImageElement | null>}
 */
export async function pictureOf(blob) {
  const image = new Image();
  const address = URL.createObjectURL(blob);
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}
