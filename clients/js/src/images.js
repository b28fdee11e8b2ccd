/** An image as callers have it: a Blob (a File is one), or its bytes. */

/** @typedef {Blob | ArrayBuffer | ArrayBufferView} Image PNG or JPEG; a file of Node by `openAsBlob` of `node:fs` */
/** @typedef {[string, Blob, string]} Part of a form: its name, the file and that file's name */

const NAMELESS = "image";
const EXACTLY_ONE = "Give an image or a url (or frames, where several are taken): one of them.";

/**
 * The address, or the files as parts of a form.
 * @param {Image | null | undefined} image
 * @param {string | null | undefined} url
 * @param {readonly Image[] | null} [frames]
 * @returns {string | Part[]}
 */
export function sourceOf(image, url, frames = null) {
  const given = [image, url, frames].filter((each) => each !== null && each !== undefined);
  if (given.length !== 1) throw new TypeError(EXACTLY_ONE);
  if (frames) return frames.map((frame) => partOf("frames", frame));
  return image ? [partOf("imageFile", image)] : String(url);
}

/**
 * @param {string} name
 * @param {Image} image
 * @returns {Part}
 */
function partOf(name, image) {
  if (image instanceof Blob) return [name, image, /** @type {{ name?: string }} */ (image).name || NAMELESS];
  if (image instanceof ArrayBuffer || ArrayBuffer.isView(image)) {
    return [name, new Blob([/** @type {ArrayBuffer} */ (image)]), NAMELESS];
  }
  throw new TypeError("Give an image as a Blob, a File or its bytes; an address is given as url.");
}
