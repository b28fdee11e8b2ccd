/**
 * Calls the service, v1.0 and v2. In a page it is made with a capture token, never with the secret.
 *
 * Its methods throw subclasses of BonafaceClientError, TypeError for wrong arguments, and what `signal` was
 * aborted with.
 */
export class Client {
    /**
     * @param {string} baseUrl http or https, with the prefix of a proxy if there is one
     * @param {object} options appKey and secretKey, or token
     * @param {string} [options.appKey]
     * @param {string} [options.secretKey]
     * @param {string} [options.token] a capture token
     * @param {number} [options.timeout] milliseconds for each attempt, the answer's body included; 30,000
     * @param {Retry} [options.retry] when it is tried again
     * @param {typeof globalThis.fetch} [options.fetch] one of your own, for proxies or certificates
     */
    constructor(baseUrl: string, { appKey, secretKey, token, timeout, retry, fetch }: {
        appKey?: string | undefined;
        secretKey?: string | undefined;
        token?: string | undefined;
        timeout?: number | undefined;
        retry?: Retry | undefined;
        fetch?: typeof globalThis.fetch | undefined;
    });
    /**
     * Which faces of an image are presentation attacks (v1.0).
     * @param {Image | null} image PNG or JPEG; null where there is a `url`
     * @param {object} [options]
     * @param {string} [options.url] an address, which the service downloads
     * @param {Condition} [options.condition] `balanced` unless the service is set otherwise
     * @param {AbortSignal} [options.signal]
     * @returns {Promise<SpoofingData>}
     */
    detectSpoofing(image: Image | null, { url, condition, signal }?: {
        url?: string | undefined;
        condition?: Condition | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<SpoofingData>;
    /**
     * How likely each face is bona fide, and the evidence of it (v2; not of NHN's service).
     * @param {Image | null} image PNG or JPEG; null where there are `frames` or a `url`
     * @param {object} [options]
     * @param {readonly Image[]} [options.frames] 2 to 10 images of one capture, in the order in which they were taken
     * @param {string} [options.url] an address, which the service downloads; not with a capture token
     * @param {Faces} [options.faces] all by default
     * @param {Condition} [options.preset] under which verdicts are told
     * @param {string} [options.policy] name of the one that decides; the application's, or the default, without it
     * @param {boolean} [options.heatmap] whether it is told which parts of the picture a score goes by
     * @param {Quality} [options.quality] `require` gives no verdict on a face that does not meet the limits
     * @param {AbortSignal} [options.signal]
     * @returns {Promise<LivenessAnswer>}
     */
    judgeLiveness(image: Image | null, { frames, url, faces, preset, policy, quality, heatmap, signal }?: {
        frames?: readonly import("./images.js").Image[] | undefined;
        url?: string | undefined;
        faces?: Faces | undefined;
        preset?: Condition | undefined;
        policy?: string | undefined;
        heatmap?: boolean | undefined;
        quality?: Quality | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<LivenessAnswer>;
    /**
     * A capture token for a page, in place of the secret (v2; not of NHN's service). For servers alone.
     * @param {object} [options]
     * @param {number} [options.uses] captures that it may be used for
     * @param {number} [options.lifetime] seconds
     * @param {AbortSignal} [options.signal]
     * @returns {Promise<CaptureTokenAnswer>}
     */
    createToken({ uses, lifetime, signal }?: {
        uses?: number | undefined;
        lifetime?: number | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<CaptureTokenAnswer>;
    /**
     * Tell what an answer was about really (v2; not of NHN's service); it counts once. For servers alone.
     * @param {string} signature of the answer of `judgeLiveness`, from a server that signs
     * @param {Presentation} presentation
     * @param {object} [options]
     * @param {string} [options.attackKind] of an attack, as `print`; `unknown` without it
     * @param {number} [options.face] index of the one that is meant, of an answer about one image; else the person
     * @param {boolean} [options.correct] whether this takes the place of what was told before; else that it was
     * something else is a ConflictError
     * @param {AbortSignal} [options.signal]
     * @returns {Promise<FeedbackAnswer>}
     */
    giveFeedback(signature: string, presentation: Presentation, { attackKind, face, correct, signal }?: {
        attackKind?: string | undefined;
        face?: number | undefined;
        correct?: boolean | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<FeedbackAnswer>;
    #private;
}
export type CaptureTokenAnswer = import("./answers.js").CaptureTokenAnswer;
export type FeedbackAnswer = import("./answers.js").FeedbackAnswer;
export type LivenessAnswer = import("./calls.js").LivenessAnswer;
export type SpoofingData = import("./answers.js").SpoofingData;
export type Image = import("./images.js").Image;
/**
 * how sensitive a verdict is
 */
export type Condition = "weak" | "balanced" | "strict";
/**
 * which faces of an image are told
 */
export type Faces = "all" | "largest" | "central";
/**
 * what was before the camera
 */
export type Presentation = "bona_fide" | "attack";
/**
 * what becomes of a face that does not meet a limit
 */
export type Quality = "inform" | "require";
import { Retry } from "./retry.js";
