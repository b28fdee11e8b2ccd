/**
 * The key of what to say when a camera does not open.
 * @param {unknown} error
 * @returns {Key}
 */
export function reasonOf(error: unknown): Key;
/**
 * A file that the server takes: as it is, unless a phone's camera made it too large.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export function fitting(file: Blob): Promise<Blob>;
/** A camera, shown in a video element. */
export class Camera {
    /** @param {HTMLVideoElement} video */
    constructor(video: HTMLVideoElement);
    video: HTMLVideoElement;
    /** @type {MediaStream | null} */
    stream: MediaStream | null;
    turn: number;
    /** Begin. Throws the browser's error; whoever closed it meanwhile has it closed. */
    open(): Promise<void>;
    /** Let go of the camera; its light goes out. */
    close(): void;
    get isOpen(): boolean;
    /**
     * What it sees now, at most `longest` pixels on a side.
     * @param {number} longest
     * @returns {Promise<Blob>}
     */
    frame(longest: number): Promise<Blob>;
}
export type Key = import("./capture-text.js").Key;
