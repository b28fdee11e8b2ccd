/**
 * The error of a refusal.
 * @param {Refusal} refusal
 * @returns {ServiceError}
 */
export function refused(refusal: Refusal): ServiceError;
/** The one tree of errors. What the service refuses has the code that it sent. */
/**
 * Base of everything that this package throws on purpose, but for TypeError of wrong arguments and what
 * `signal` was aborted with.
 */
export class BonafaceClientError extends Error {
    /** @param {string} message */
    constructor(message: string);
    /** Whether the same request may succeed a moment later; then it was tried again already. */
    isTemporary: boolean;
    /** @type {number | null} milliseconds that the service asked to wait, where it did */
    retryAfter: number | null;
}
/** There was no connection, or it ended before the answer was whole. The request may have been counted. */
export class ConnectionFailedError extends BonafaceClientError {
}
/** The answer took longer than `timeout`. Not tried again: the service may still be at it. */
export class TimedOutError extends BonafaceClientError {
}
/** What came is no answer of the service: a proxy's page, a redirect, or another service. */
export class UnexpectedAnswerError extends BonafaceClientError {
    /** @param {number} status of HTTP; 0 for a redirect in a browser */
    constructor(status: number);
    status: number;
}
/**
 * What a refusal says.
 * @typedef {object} Refusal
 * @property {number | string} code of the answer: a number of v1.0, as -45030, or a word of v2, as `invalid_image`
 * @property {string} title its name, or the title of the problem
 * @property {string} detail a sentence that says what to do, where the service sends one
 * @property {number} status of HTTP
 * @property {string | null} requestId the request's name in the service's log, where it sends one
 * @property {number | null} retryAfter milliseconds
 */
/** The service refused the request. A code that this version does not know is this class itself. */
export class ServiceError extends BonafaceClientError {
    /** @param {Refusal} refusal */
    constructor({ code, title, detail, status, requestId, retryAfter }: Refusal);
    code: string | number;
    title: string;
    detail: string;
    status: number;
    requestId: string | null;
}
/** The request is not what the service takes: also an image side under 80 pixels. */
export class InvalidParameterError extends ServiceError {
}
/** Something else was told of the answer before, or the service signs no answers. */
export class ConflictError extends ServiceError {
}
/** Unknown or disabled appKey, wrong secretKey; a capture token that ended or is used up. */
export class UnauthorizedError extends ServiceError {
}
/** Over 3,000,000 bytes, or too many pixels. */
export class ImageTooLargeError extends ServiceError {
}
/** An empty, truncated or corrupt image. */
export class InvalidImageError extends ServiceError {
}
/** Neither PNG nor JPEG by content. */
export class UnsupportedFormatError extends ServiceError {
}
/** The URL may not be fetched, or gave no image. */
export class ImageUrlError extends ServiceError {
}
/** The service's download of the image took too long. */
export class ImageTimeoutError extends ServiceError {
}
/** The service failed; its log has why, under `requestId`. */
export class InternalServiceError extends ServiceError {
}
/** No capacity now (503). */
export class UnavailableError extends ServiceError {
}
/** Rate or quota are used up (429). */
export class QuotaExceededError extends ServiceError {
}
/** @type {Map<number, typeof ServiceError>} classes that the status tells, whatever the code is */
export const STATUSES: Map<number, typeof ServiceError>;
/**
 * What a refusal says.
 */
export type Refusal = {
    /**
     * of the answer: a number of v1.0, as -45030, or a word of v2, as `invalid_image`
     */
    code: number | string;
    /**
     * its name, or the title of the problem
     */
    title: string;
    /**
     * a sentence that says what to do, where the service sends one
     */
    detail: string;
    /**
     * of HTTP
     */
    status: number;
    /**
     * the request's name in the service's log, where it sends one
     */
    requestId: string | null;
    /**
     * milliseconds
     */
    retryAfter: number | null;
};
