/** Frames from a camera. The stream runs from `open` to `close`, and never longer. */

const WANTED = { video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };
const TYPE = "image/jpeg";
const QUALITY = 0.92;
const MOST_BYTES = 3_000_000;
const LARGE_SIDE = 2048;

/** @typedef {import("./capture-text.js").Key} Key */

/** @type {Record<string, Key>} why there is no picture, by the name of the browser's error */
const REASONS = {
  NotAllowedError: "denied",
  NotFoundError: "missing",
  NotReadableError: "occupied",
  OverconstrainedError: "missing",
  InsecureContext: "insecure",
};

/**
 * The key of what to say when a camera does not open.
 * @param {unknown} error
 * @returns {Key}
 */
export function reasonOf(error) {
  return REASONS[error instanceof Error ? error.name : ""] ?? "occupied";
}

/** A camera, shown in a video element. */
export class Camera {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.turn = 0;
  }

  /** Begin. Throws the browser's error; whoever closed it meanwhile has it closed. */
  async open() {
    this.close();
    const { turn } = this;
    if (navigator.mediaDevices === undefined) throw new DOMException("no secure context", "InsecureContext");
    const stream = await navigator.mediaDevices.getUserMedia(WANTED);
    if (turn !== this.turn) {
      release(stream);
      return;
    }
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
  }

  /** Let go of the camera; its light goes out. */
  close() {
    this.turn += 1;
    if (this.stream !== null) release(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  get isOpen() {
    return this.stream !== null;
  }

  /**
   * What it sees now, at most `longest` pixels on a side.
   * @param {number} longest
   * @returns {Promise<Blob>}
   */
  async frame(longest) {
    return drawn(this.video, this.video.videoWidth, this.video.videoHeight, longest);
  }
}

/**
 * A file that the server takes: as it is, unless a phone's camera made it too large.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function fitting(file) {
  if (file.size <= MOST_BYTES) return file;
  const picture = await createImageBitmap(file);
  return drawn(picture, picture.width, picture.height, LARGE_SIDE);
}

/**
 * A picture as JPEG, at most `longest` pixels on a side.
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {number} longest
 * @returns {Promise<Blob>}
 */
function drawn(picture, width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(Math.round(width * scale), 1);
  canvas.height = Math.max(Math.round(height * scale), 1);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    const made = (/** @type {Blob | null} */ blob) => (blob ? resolve(blob) : reject(new Error("no frame")));
    canvas.toBlob(made, TYPE, QUALITY);
  });
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
