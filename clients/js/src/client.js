/** The client: what a browser and Node have in `fetch`, and nothing else. */

import * as calls from "./calls.js";
import { BonafaceClientError, ConnectionFailedError, TimedOutError } from "./errors.js";
import { sourceOf } from "./images.js";
import { Retry } from "./retry.js";

/** @typedef {import("./answers.js").CaptureTokenAnswer} CaptureTokenAnswer */
/** @typedef {import("./answers.js").FeedbackAnswer} FeedbackAnswer */
/** @typedef {import("./calls.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./answers.js").SpoofingData} SpoofingData */
/** @typedef {import("./images.js").Image} Image */
/** @typedef {"weak" | "balanced" | "strict"} Condition how sensitive a verdict is */
/** @typedef {"all" | "largest" | "central"} Faces which faces of an image are told */
/** @typedef {"bona_fide" | "attack"} Presentation what was before the camera */
/** @typedef {"inform" | "require"} Quality what becomes of a face that does not meet a limit */

const TIMEOUT = 30_000;
const NEEDS_KEYS = "This call needs the appKey and the secretKey; a capture token judges liveness alone.";

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
  constructor(baseUrl, { appKey, secretKey, token, timeout = TIMEOUT, retry = new Retry(), fetch }) {
    if ((token === undefined) !== (appKey !== undefined && secretKey !== undefined)) {
      throw new TypeError("Give appKey and secretKey, or a capture token in their place.");
    }
    this.#baseUrl = calls.checkedUrl(baseUrl);
    const credentials = token === undefined ? { appKey: appKey ?? "", secretKey: secretKey ?? "" } : { token };
    this.#credentials = calls.checkedCredentials(credentials);
    this.#timeout = timeout;
    this.#retry = retry;
    this.#fetch = fetch ?? ((...given) => globalThis.fetch(...given));
  }

  #baseUrl;
  /** @type {calls.Keys | calls.Shown} */
  #credentials;
  #timeout;
  #retry;
  #fetch;

  /**
   * Which faces of an image are presentation attacks (v1.0).
   * @param {Image | null} image PNG or JPEG; null where there is a `url`
   * @param {object} [options]
   * @param {string} [options.url] an address, which the service downloads
   * @param {Condition} [options.condition] `balanced` unless the service is set otherwise
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<SpoofingData>}
   */
  async detectSpoofing(image, { url, condition, signal } = {}) {
    return this.#call(calls.spoofing(this.#keys(), sourceOf(image, url), condition), signal);
  }

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
  async judgeLiveness(image, { frames, url, faces, preset, policy, quality, heatmap, signal } = {}) {
    const source = sourceOf(image, url, frames ?? null);
    return this.#call(calls.liveness(this.#credentials, source, { faces, preset, policy, quality, heatmap }), signal);
  }

  /**
   * A capture token for a page, in place of the secret (v2; not of NHN's service). For servers alone.
   * @param {object} [options]
   * @param {number} [options.uses] captures that it may be used for
   * @param {number} [options.lifetime] seconds
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<CaptureTokenAnswer>}
   */
  async createToken({ uses, lifetime, signal } = {}) {
    return this.#call(calls.token(this.#keys(), { uses, lifetime }), signal);
  }

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
  async giveFeedback(signature, presentation, { attackKind, face, correct, signal } = {}) {
    return this.#call(calls.feedback(this.#keys(), { signature, presentation, attackKind, face, correct }), signal);
  }

  #keys() {
    if ("token" in this.#credentials) throw new TypeError(NEEDS_KEYS);
    return this.#credentials;
  }

  /**
   * @template T
   * @param {calls.Call<T>} call
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  async #call(call, signal) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return call.read(await this.#send(call, signal));
      } catch (error) {
        const wait = error instanceof BonafaceClientError ? this.#retry.wait(attempt, error) : null;
        if (wait === null) throw error;
        await pause(wait, signal);
      }
    }
  }

  /**
   * @param {calls.Call<unknown>} call
   * @param {AbortSignal} [signal]
   * @returns {Promise<calls.Reply>}
   */
  async #send({ path, headers, body }, signal) {
    signal?.throwIfAborted();
    const ended = new AbortController();
    const stop = () => ended.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    const timer = setTimeout(() => ended.abort(new TimedOutError("The answer took longer than the time-out.")), this.#timeout);
    try {
      return await this.#exchange(this.#baseUrl + path, { method: "POST", headers, body, signal: ended.signal });
    } catch (error) {
      if (ended.signal.aborted) throw ended.signal.reason;
      throw new ConnectionFailedError(`There was no answer (${error}).`);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /**
   * Redirects are not followed: the secret would go along.
   * @param {string} url
   * @param {RequestInit} init
   * @returns {Promise<calls.Reply>}
   */
  async #exchange(url, init) {
    const response = await this.#fetch(url, {
      ...init,
      redirect: "manual",
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    const { status, ok, statusText, headers } = response;
    return { status, ok, statusText, headers, text: await response.text() };
  }
}

/**
 * Wait, unless `signal` ends it.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  });
}
