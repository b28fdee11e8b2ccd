/**
 * Milliseconds that a `Retry-After` asks for: of a number of seconds, or a date. Null for anything else.
 * @param {string | null} value
 * @param {number} [now] milliseconds since 1970
 */
export function retryAfter(value: string | null, now?: number): number | null;
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
    constructor({ attempts, firstWait, longestWait }?: {
        attempts?: number | undefined;
        firstWait?: number | undefined;
        longestWait?: number | undefined;
    });
    attempts: number;
    firstWait: number;
    longestWait: number;
    /**
     * Milliseconds to wait after `attempt` (1 is the first) failed; null where it is the last.
     * @param {number} attempt
     * @param {BonafaceClientError} error
     */
    wait(attempt: number, error: BonafaceClientError): number | null;
}
export const NO_RETRY: Retry;
export type BonafaceClientError = import("./errors.js").BonafaceClientError;
