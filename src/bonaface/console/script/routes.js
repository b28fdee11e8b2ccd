/** The two routes that judge an image: how each is asked, and what its answer says. */

/** @typedef {import("./session.js").Keys} Keys */
/** @typedef {import("./liveness-api.js").FaceDetail} FaceDetail */
/** @typedef {"v1" | "v2"} RouteName */

/**
 * @typedef {object} Route
 * @property {(keys: Keys) => string} pathOf
 * @property {(keys: Keys) => Record<string, string>} headersOf
 * @property {string} preset the name of the preset in a body
 * @property {(body: any, preset: string) => FaceDetail[] | null} facesOf null where the body tells an error
 * @property {(body: any) => number | string | null} codeOf
 */

/** The result codes of v1.0 for what v2 has words for: a person is told the same of both. */
const CODES = Object.freeze({
  invalid_parameter: -40000,
  image_too_small: -40000,
  unsupported_media_type: -40000,
  quota_exceeded: -40070,
  unauthorized: -41005,
  image_too_large: -45020,
  download_too_large: -45020,
  invalid_image: -45030,
  unsupported_format: -45040,
  invalid_url: -45050,
  timeout: -45060,
  internal: -50000,
});

/** @type {Readonly<Record<RouteName, Route>>} */
export const ROUTES = Object.freeze({
  v1: {
    pathOf: ({ appKey }) => `/v1.0/appkeys/${encodeURIComponent(appKey)}/spoofing`,
    headersOf: ({ secretKey }) => ({ Authorization: secretKey }),
    preset: "spoofingCondition",
    facesOf: (body) => (body?.header?.isSuccessful ? body.data.faceDetails : null),
    codeOf: (body) => body?.header?.resultCode ?? null,
  },
  v2: {
    pathOf: () => "/v2/liveness",
    headersOf: ({ appKey, secretKey }) => ({ "X-App-Key": appKey, Authorization: `Bearer ${secretKey}` }),
    preset: "preset",
    facesOf: (body, preset) => body?.frames?.[0].faces.map((/** @type {any} */ face) => faceOf(face, preset)) ?? null,
    codeOf: (body) => CODES[body?.code] ?? body?.code ?? null,
  },
});

/**
 * A face of v2 as v1.0 tells one, with its score, the threshold of the preset, and the limits that it does not meet.
 * @param {any} face
 * @param {string} preset
 * @returns {FaceDetail}
 */
function faceOf(face, preset) {
  const { x0, y0, x1, y1 } = face.box.fractions;
  return {
    bbox: { x0, y0, x1, y1 },
    landmarks: face.landmarks.map((/** @type {any} */ { type, fractions }) => ({ type, ...fractions })),
    spoofing: face.verdict !== "bona_fide",
    confidence: face.detectionConfidence,
    livenessScore: face.livenessScore,
    threshold: face.presets[preset].threshold,
    reasons: face.quality.filter((/** @type {any} */ { met }) => !met).map((/** @type {any} */ { reason }) => reason),
  };
}
