/**
 * The address, or the files as parts of a form.
 * @param {Image | null | undefined} image
 * @param {string | null | undefined} url
 * @param {readonly Image[] | null} [frames]
 * @returns {string | Part[]}
 */
export function sourceOf(image: Image | null | undefined, url: string | null | undefined, frames?: readonly Image[] | null): string | Part[];
/**
 * PNG or JPEG; a file of Node by `openAsBlob` of `node:fs`
 */
export type Image = Blob | ArrayBuffer | ArrayBufferView;
/**
 * of a form: its name, the file and that file's name
 */
export type Part = [string, Blob, string];
