/** When a request is tried again, and after how long. */

/** @typedef {import("./errors.js").BonafaceClientError} BonafaceClientError */

/**
 * Tries again on 503, on 429 and on network faults, and on nothing else.
 *
 * Each wait is twice as long as the last one, and any up to a half shorter, by chance, so that clients do not
 * come back together. Where the service asks (`Retry-After`) for more than `longestWait`, the error is thrown at
 * once.
 */
export class Retry {
  /**
   * @param {object} [options]
   * @param {number} [options.attempts] in all, the first among them; 3
   * @param {number} [options.firstWait] milliseconds before the second one; 500
   * @param {number} [options.longestWait] milliseconds; 10,000
   */
  constructor({ attempts = 3, firstWait = 500, longestWait = 10_000 } = {}) {
    if (!(attempts >= 1 && firstWait >= 0 && longestWait >= 0)) {
      throw new TypeError("Give at least one attempt, and waits of 0 milliseconds or more.");
    }
    this.attempts = attempts;
    this.firstWait = firstWait;
    this.longestWait = longestWait;
  }

  /**
   * Milliseconds to wait after `attempt` (1 is the first) failed; null where it is the last.
   * @param {number} attempt
   * @param {BonafaceClientError} error
   */
  wait(attempt, error) {
    if (attempt >= this.attempts || !error.isTemporary) return null;
    const asked = error.retryAfter ?? 0;
    if (asked > this.longestWait) return null;
    const longest = Math.min(this.firstWait * 2 ** (attempt - 1), this.longestWait);
    return Math.max(asked, (longest * (1 + Math.random())) / 2);
  }
}

export const NO_RETRY = new Retry({ attempts: 1 });

/**
 * Milliseconds that a `Retry-After` asks for: of a number of seconds, or a date. Null for anything else.
 * @param {string | null} value
 * @param {number} [now] milliseconds since 1970
 */
export function retryAfter(value, now = Date.now()) {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const moment = /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? null : Math.max(moment - now, 0);
}
