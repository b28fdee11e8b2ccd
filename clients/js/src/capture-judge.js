/** What the capture component asks of the server, and with which token. */

import { Client } from "./client.js";
import { BonafaceClientError, ConnectionFailedError, UnauthorizedError } from "./errors.js";
import { NO_RETRY, Retry } from "./retry.js";

/** @typedef {import("./calls.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./capture-text.js").Key} Key */
/** @typedef {HTMLElement & { getToken: (() => Promise<string>) | null }} Host whose attributes say what is wanted */

/** Has frames judged for a component. */
export class Judge {
  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  #host;
  /** @type {string | null} a token that getToken gave, until it is refused */
  #given = null;

  /**
   * Have a frame looked at: once, as another one comes soon.
   * @param {Blob} frame
   * @param {AbortSignal} signal
   */
  preview(frame, signal) {
    return this.#ask((token) => this.#client(token, NO_RETRY).judgeLiveness(frame, { signal }));
  }

  /**
   * Have a capture judged.
   * @param {Blob[]} frames
   * @param {AbortSignal} signal
   */
  capture(frames, signal) {
    const options = { preset: this.#option("preset"), quality: this.#option("quality"), signal };
    const several = frames.length > 1 ? { frames } : {};
    const one = frames.length > 1 ? null : frames[0];
    return this.#ask((token) => this.#client(token, new Retry()).judgeLiveness(one, { ...several, ...options }));
  }

  /**
   * @param {(token: string) => Promise<LivenessAnswer>} judge
   * @returns {Promise<LivenessAnswer>}
   */
  async #ask(judge) {
    try {
      return await judge(await this.#token());
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || this.#host.getToken === null) throw error;
      this.#given = null; // used up, or ended
      return judge(await this.#token());
    }
  }

  /**
   * @param {string} token
   * @param {Retry} retry
   */
  #client(token, retry) {
    const endpoint = new URL(this.#host.getAttribute("endpoint") || "/", document.baseURI);
    return new Client(endpoint.href, { token, retry });
  }

  /** @returns {Promise<string>} */
  async #token() {
    if (this.#host.getToken === null) return this.#host.getAttribute("token") ?? "";
    this.#given ??= await this.#host.getToken();
    return this.#given;
  }

  /**
   * An option of the attribute of that name, which the server checks.
   * @param {string} name
   * @returns {any}
   */
  #option(name) {
    return this.#host.getAttribute(name) ?? undefined;
  }
}

/**
 * What to say of an error.
 * @param {unknown} error
 * @returns {Key}
 */
export function wordFor(error) {
  if (error instanceof UnauthorizedError) return "ended";
  if (error instanceof ConnectionFailedError) return "unreachable";
  if (error instanceof BonafaceClientError && error.isTemporary) return "busy";
  return error instanceof BonafaceClientError && "code" in error && error.code !== "internal" ? "notFit" : "failed";
}
