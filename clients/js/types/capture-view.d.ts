/** What is seen: the camera's picture, an oval over it, a hint, and buttons. */
export class CaptureView {
    /**
     * @param {ShadowRoot} root
     * @param {Actions} actions
     */
    constructor(root: ShadowRoot, actions: Actions);
    video: HTMLVideoElement;
    ellipse: SVGEllipseElement;
    stage: HTMLDivElement;
    hint: HTMLParagraphElement;
    file: HTMLInputElement;
    start: HTMLButtonElement;
    take: HTMLButtonElement;
    stop: HTMLButtonElement;
    choose: HTMLButtonElement;
    group: HTMLDivElement;
    /**
     * Say everything in a language; the hint is said by `tell`.
     * @param {"en" | "ko"} language
     */
    say(language: "en" | "ko"): void;
    /** Whether the first button is to say that it is not the first time. */
    wasUsed: boolean;
    /** Whether the button that had the focus is gone, and none has come in its place yet. */
    lostFocus: boolean;
    /**
     * Show what belongs to a state, and keep the focus on a button that is there.
     * @param {"idle" | "live" | "busy"} state
     */
    show(state: "idle" | "live" | "busy"): void;
    /** @param {HTMLButtonElement} button gets the focus, unless the person took it elsewhere meanwhile */
    restoreFocus(button: HTMLButtonElement): void;
    /**
     * Tell the person something; the same words again are not read again.
     * @param {string} words
     */
    tell(words: string): void;
    /**
     * Move the oval.
     * @param {Oval} oval
     * @param {boolean} isReady
     */
    draw(oval?: Oval, isReady?: boolean): void;
    /** @param {(file: File) => void} choose */
    chosen(choose: (file: File) => void): void;
}
export type Key = import("./capture-text.js").Key;
export type Oval = import("./capture-hints.js").Oval;
export type Actions = {
    start: () => void;
    take: () => void;
    stop: () => void;
    choose: (file: File) => void;
};
