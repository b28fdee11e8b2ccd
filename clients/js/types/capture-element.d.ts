/** All frames together may have the bytes of one image, so that many are smaller. */
/**
 * Attributes: `endpoint` (the server; that of the page without it), `token`, `frames` (1 to 10; 3), `preset`,
 * `quality`, `lang`. Events: `bonaface-result`, `bonaface-error`, `bonaface-stop`.
 */
export class CaptureElement extends HTMLElement {
    static observedAttributes: string[];
    /**
     * Gives a capture token when one is needed. A page may have set it before this class was there.
     * @type {(() => Promise<string>) | null}
     */
    getToken: (() => Promise<string>) | null;
    connectedCallback(): void;
    disconnectedCallback(): void;
    attributeChangedCallback(): void;
    /** Show what the camera sees, and take a capture once the face is well seen. */
    start(): Promise<void>;
    /** Take the capture now, whatever the hint says. */
    take(): void;
    /** Let go of the camera. */
    stop(): void;
    /**
     * Have images judged that were taken elsewhere: 1, or 2 to 10 of one capture.
     * @param {Blob[]} frames
     */
    judge(frames: Blob[]): Promise<void>;
    #private;
}
export type LivenessAnswer = import("./calls.js").LivenessAnswer;
export type Key = import("./capture-text.js").Key;
export type Hint = import("./capture-hints.js").Hint;
/**
 * of the event `bonaface-result`
 */
export type CaptureResult = {
    answer: LivenessAnswer;
    raw: string;
    frames: Blob[];
};
/**
 * of the event `bonaface-error`
 */
export type CaptureError = {
    error: Error;
};
