/**
 * What to say of an error.
 * @param {unknown} error
 * @returns {Key}
 */
export function wordFor(error: unknown): Key;
/** @typedef {import("./calls.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./capture-text.js").Key} Key */
/** @typedef {HTMLElement & { getToken: (() => Promise<string>) | null }} Host whose attributes say what is wanted */
/** Has frames judged for a component. */
export class Judge {
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Have a frame looked at: once, as another one comes soon.
     * @param {Blob} frame
     * @param {AbortSignal} signal
     */
    preview(frame: Blob, signal: AbortSignal): Promise<import("./calls.js").LivenessAnswer>;
    /**
     * Have a capture judged.
     * @param {Blob[]} frames
     * @param {AbortSignal} signal
     */
    capture(frames: Blob[], signal: AbortSignal): Promise<import("./calls.js").LivenessAnswer>;
    #private;
}
export type LivenessAnswer = import("./calls.js").LivenessAnswer;
export type Key = import("./capture-text.js").Key;
/**
 * whose attributes say what is wanted
 */
export type Host = HTMLElement & {
    getToken: (() => Promise<string>) | null;
};
