/** The one tree of errors. What the service refuses has the code that it sent. */

/**
 * Base of everything that this package throws on purpose, but for TypeError of wrong arguments and what
 * `signal` was aborted with.
 */
export class BonafaceClientError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = new.target.name;
    /** Whether the same request may succeed a moment later; then it was tried again already. */
    this.isTemporary = false;
    /** @type {number | null} milliseconds that the service asked to wait, where it did */
    this.retryAfter = null;
  }
}

/** There was no connection, or it ended before the answer was whole. The request may have been counted. */
export class ConnectionFailedError extends BonafaceClientError {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.isTemporary = true;
  }
}

/** The answer took longer than `timeout`. Not tried again: the service may still be at it. */
export class TimedOutError extends BonafaceClientError {}

/** What came is no answer of the service: a proxy's page, a redirect, or another service. */
export class UnexpectedAnswerError extends BonafaceClientError {
  /** @param {number} status of HTTP; 0 for a redirect in a browser */
  constructor(status) {
    super(`The answer (status ${status}) is not one of this service; check the base URL.`);
    this.status = status;
  }
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
  constructor({ code, title, detail, status, requestId, retryAfter }) {
    super(detail ? `${code} ${title}: ${detail}` : `${code} ${title}`);
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** The request is not what the service takes: also an image side under 80 pixels. */
export class InvalidParameterError extends ServiceError {}
/** Something else was told of the answer before, or the service signs no answers. */
export class ConflictError extends ServiceError {}
/** Unknown or disabled appKey, wrong secretKey; a capture token that ended or is used up. */
export class UnauthorizedError extends ServiceError {}
/** Over 3,000,000 bytes, or too many pixels. */
export class ImageTooLargeError extends ServiceError {}
/** An empty, truncated or corrupt image. */
export class InvalidImageError extends ServiceError {}
/** Neither PNG nor JPEG by content. */
export class UnsupportedFormatError extends ServiceError {}
/** The URL may not be fetched, or gave no image. */
export class ImageUrlError extends ServiceError {}
/** The service's download of the image took too long. */
export class ImageTimeoutError extends ServiceError {}
/** The service failed; its log has why, under `requestId`. */
export class InternalServiceError extends ServiceError {}

/** No capacity now (503). */
export class UnavailableError extends ServiceError {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal);
    this.isTemporary = true;
  }
}

/** Rate or quota are used up (429). */
export class QuotaExceededError extends ServiceError {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal);
    this.isTemporary = true;
  }
}

/** @type {[typeof ServiceError, (number | string)[]][]} classes that a code tells, of v1.0 and of v2 */
const KINDS = [
  [
    InvalidParameterError,
    [-40000, "invalid_parameter", "unknown_policy", "image_too_small", "unsupported_media_type", "untrusted_signature"],
  ],
  [ConflictError, ["already_reported", "not_signing"]],
  [UnauthorizedError, [-41005, "unauthorized"]],
  [ImageTooLargeError, [-45020, "image_too_large", "download_too_large"]],
  [InvalidImageError, [-45030, "invalid_image"]],
  [UnsupportedFormatError, [-45040, "unsupported_format"]],
  [ImageUrlError, [-45050, "invalid_url"]],
  [ImageTimeoutError, [-45060, "timeout"]],
  [InternalServiceError, [-50000, "internal"]],
  [QuotaExceededError, [-40070, "quota_exceeded"]],
  [UnavailableError, ["overloaded", "unavailable"]],
];

/** @type {Map<number, typeof ServiceError>} classes that the status tells, whatever the code is */
export const STATUSES = new Map([[429, QuotaExceededError], [503, UnavailableError]]);

/**
 * The error of a refusal.
 * @param {Refusal} refusal
 * @returns {ServiceError}
 */
export function refused(refusal) {
  const byCode = KINDS.find(([, codes]) => codes.includes(refusal.code))?.[0] ?? ServiceError;
  return new (STATUSES.get(refusal.status) ?? byCode)(refusal);
}
