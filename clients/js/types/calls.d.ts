/** @typedef {import("./answers.js").CaptureTokenAnswer} CaptureTokenAnswer */
/** @typedef {import("./answers.js").FeedbackAnswer} FeedbackAnswer */
/** @typedef {import("./answers.js").LivenessAnswer & { readonly raw: string }} LivenessAnswer with the text as it came */
/** @typedef {import("./answers.js").SpoofingData} SpoofingData */
/** @typedef {import("./images.js").Part} Part */
/** @typedef {import("./errors.js").BonafaceClientError} BonafaceClientError */
/** @typedef {{ appKey: string, secretKey: string }} Keys */
/** @typedef {{ token: string }} Shown a capture token */
/** @typedef {{ status: number, ok: boolean, statusText: string, headers: Headers, text: string }} Reply an answer, read */
/**
 * A POST. `body` is what fetch takes; `read` makes the result of the answer.
 * @template T
 * @typedef {{ path: string, headers: Record<string, string>, body: string | FormData, read: (reply: Reply) => T }} Call
 */
/**
 * The base URL without a slash at its end.
 * @param {string} baseUrl
 */
export function checkedUrl(baseUrl: string): string;
/**
 * What was shown, if it can be sent in a header.
 * @template {Keys | Shown} C
 * @param {C} credentials
 * @returns {C}
 */
export function checkedCredentials<C extends Keys | Shown>(credentials: C): C;
/**
 * v1.0.
 * @param {Keys} keys
 * @param {string | Part[]} source an address, which goes as JSON, or a file, which goes as a form
 * @param {string | undefined} condition
 * @returns {Call<SpoofingData>}
 */
export function spoofing(keys: Keys, source: string | Part[], condition: string | undefined): Call<SpoofingData>;
/**
 * v2.
 * @param {Keys | Shown} credentials
 * @param {string | Part[]} source as of v1.0, or several files
 * @param {Record<string, string | boolean | undefined>} options
 * @returns {Call<LivenessAnswer>}
 */
export function liveness(credentials: Keys | Shown, source: string | Part[], options: Record<string, string | boolean | undefined>): Call<LivenessAnswer>;
/**
 * v2: a capture token.
 * @param {Keys} keys
 * @param {{ uses?: number, lifetime?: number }} asked
 * @returns {Call<CaptureTokenAnswer>}
 */
export function token(keys: Keys, asked: {
    uses?: number;
    lifetime?: number;
}): Call<CaptureTokenAnswer>;
/**
 * v2: what an answer was about really.
 * @param {Keys} keys
 * @param {{ signature: string, presentation: string, attackKind?: string, face?: number, correct?: boolean }} report
 * @returns {Call<FeedbackAnswer>}
 */
export function feedback(keys: Keys, report: {
    signature: string;
    presentation: string;
    attackKind?: string;
    face?: number;
    correct?: boolean;
}): Call<FeedbackAnswer>;
/**
 * The faces. Throws the error of a refusal, or UnexpectedAnswerError.
 * @param {Reply} reply
 * @returns {SpoofingData}
 */
export function readSpoofing(reply: Reply): SpoofingData;
/**
 * The answer, with the text that it came as under `raw`. Throws as `readV2`.
 * @param {Reply} reply
 * @returns {LivenessAnswer}
 */
export function readLiveness(reply: Reply): LivenessAnswer;
export type CaptureTokenAnswer = import("./answers.js").CaptureTokenAnswer;
export type FeedbackAnswer = import("./answers.js").FeedbackAnswer;
/**
 * with the text as it came
 */
export type LivenessAnswer = import("./answers.js").LivenessAnswer & {
    readonly raw: string;
};
export type SpoofingData = import("./answers.js").SpoofingData;
export type Part = import("./images.js").Part;
export type BonafaceClientError = import("./errors.js").BonafaceClientError;
export type Keys = {
    appKey: string;
    secretKey: string;
};
/**
 * a capture token
 */
export type Shown = {
    token: string;
};
/**
 * an answer, read
 */
export type Reply = {
    status: number;
    ok: boolean;
    statusText: string;
    headers: Headers;
    text: string;
};
/**
 * A POST. `body` is what fetch takes; `read` makes the result of the answer.
 */
export type Call<T> = {
    path: string;
    headers: Record<string, string>;
    body: string | FormData;
    read: (reply: Reply) => T;
};
