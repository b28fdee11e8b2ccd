/** Client of bonaface, a self-hosted face liveness service, and of NHN Cloud's Face Liveness v1.0. */

export { Client } from "./client.js";
export {
  BonafaceClientError,
  ConflictError,
  ConnectionFailedError,
  ImageTimeoutError,
  ImageTooLargeError,
  ImageUrlError,
  InternalServiceError,
  InvalidImageError,
  InvalidParameterError,
  QuotaExceededError,
  ServiceError,
  TimedOutError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedAnswerError,
  UnsupportedFormatError,
} from "./errors.js";
export { NO_RETRY, Retry } from "./retry.js";
export { VERSION } from "./version.js";

/** @typedef {import("./answers.js").CaptureTokenAnswer} CaptureTokenAnswer */
/** @typedef {import("./answers.js").FaceDetail} FaceDetail */
/** @typedef {import("./answers.js").FaceLiveness} FaceLiveness */
/** @typedef {import("./answers.js").FeedbackAnswer} FeedbackAnswer */
/** @typedef {import("./calls.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./answers.js").PersonLiveness} PersonLiveness */
/** @typedef {import("./answers.js").SpoofingData} SpoofingData */
/** @typedef {import("./images.js").Image} Image */
