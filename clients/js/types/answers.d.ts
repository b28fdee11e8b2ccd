/**
 * A rectangle in fractions of the image's width and height.
 */
export type BoundingBox = {
    x0: number;
    y0: number;
    x1: number;
    y1: number;
};
/**
 * A capture token.
 */
export type CaptureTokenAnswer = {
    /**
     * shown once; /v2/liveness takes it as Authorization: Bearer
     */
    token: string;
    /**
     * captures that it may be used for
     */
    uses: number;
    /**
     * when it ends; RFC 3339, UTC
     */
    expiresAt: string;
};
/**
 * Whether the frames are of one face, and each a picture of its own.
 */
export type Consistency = {
    consistent: boolean;
    findings: FrameFinding[];
};
/**
 * What is made of a score, or that nothing is.
 */
export type Decision = "accept" | "review" | "reject" | "undecidable";
/**
 * What made the decisions; what its version says never changes.
 */
export type DecisionPolicyEvidence = {
    name: string;
    version: number;
};
/**
 * What proves the answer without keeping an image.
 */
export type Evidence = {
    requestId: string;
    /**
     * of the answer; RFC 3339, UTC
     */
    time: string;
    models: ModelEvidence[];
    policy: PolicyEvidence;
    /**
     * null where no policy decides
     */
    decisionPolicy: DecisionPolicyEvidence | null;
    images: ImageEvidence[];
};
/**
 * Where the face is.
 */
export type FaceBox = {
    pixels: PixelRectangle;
    fractions: FractionRectangle;
};
/**
 * A face.
 */
export type FaceDetail = {
    bbox: BoundingBox;
    /**
     * leftEye, rightEye, nose, leftLip, rightLip in this order
     */
    landmarks: Landmark[];
    /**
     * true: presentation attack
     */
    spoofing: boolean;
    /**
     * how sure it is that this is a face; no spoof score
     */
    confidence: number;
};
/**
 * Which parts of the picture the score goes by: what hiding each does to its log-odds.
 */
export type FaceHeatmap = {
    /**
     * what is mapped: twice the face, as far as it is in the image
     */
    region: FaceBox;
    /**
     * log-odds lost where the part is hidden, by rows; over 0 it speaks for bona fide
     */
    cells: number[][];
    /**
     * log-odds at the picture's full colour
     */
    scale: number;
    /**
     * Base64 of a PNG to lay over the region: blue for bona fide, red for an attack
     */
    png: string;
};
/**
 * A face of an image.
 */
export type FaceLiveness = {
    box: FaceBox;
    /**
     * leftEye, rightEye, nose, leftLip, rightLip in this order
     */
    landmarks: FacePoint[];
    pose: FacePose;
    /**
     * how sure it is that this is a face; no liveness score
     */
    detectionConfidence: number;
    /**
     * calibrated; high is bona fide
     */
    livenessScore: number;
    /**
     * under the preset of the answer
     */
    verdict: VerdictWord;
    presets: PresetVerdicts;
    /**
     * null where no policy decides
     */
    decision: PolicyDecision | null;
    /**
     * what the verdict depends on, measured
     */
    quality: QualityMeasure[];
    /**
     * for each limit that is not met
     */
    tell: Tell[];
    /**
     * where it was asked for, of as many faces as one request may ask for
     */
    heatmap?: FaceHeatmap | null | undefined;
};
/**
 * A point of a face; left is the image's left.
 */
export type FacePoint = {
    type: "leftEye" | "rightEye" | "nose" | "leftLip" | "rightLip";
    pixels: PixelPoint;
    fractions: FractionPoint;
};
/**
 * Estimated rotation of the head in degrees; zero faces the camera.
 */
export type FacePose = {
    /**
     * over 0: the nose points to the image's right
     */
    yaw: number;
    /**
     * over 0: the nose is lifted
     */
    pitch: number;
    /**
     * over 0: the head is tilted clockwise
     */
    roll: number;
};
/**
 * What became of it, and how the presentation had been decided.
 */
export type FeedbackAnswer = {
    /**
     * repeated: the same was told before, and counts once
     */
    feedback: Recorded;
    /**
     * of a preset, accept is bona fide and reject an attack
     */
    decision: Decision;
    /**
     * the policy that decided; the preset where none did
     */
    policy: string;
    version: string;
};
/**
 * In fractions of the upright image's width and height.
 */
export type FractionPoint = {
    x: number;
    y: number;
};
/**
 * In fractions of the upright image's width and height.
 */
export type FractionRectangle = {
    x0: number;
    y0: number;
    x1: number;
    y1: number;
};
/**
 * What is wrong with the frame at `frame`, held against the one at `against`, if against one.
 */
export type FrameFinding = {
    frame: number;
    finding: Inconsistency;
    against: number | null;
    /**
     * mean levels of luma between two pictures (duplicate, frozen); correlation (other_face)
     */
    value: number | null;
};
/**
 * An image: its size in pixels once upright, and its faces, the largest first.
 */
export type FrameLiveness = {
    width: number;
    height: number;
    faces: FaceLiveness[];
};
/**
 * A frame, known by its content.
 */
export type ImageEvidence = {
    /**
     * of the file's bytes, in hexadecimal digits
     */
    sha256: string;
};
/**
 * Why a frame does not belong to the others of its capture.
 */
export type Inconsistency = "duplicate" | "frozen" | "other_face" | "no_face";
/**
 * A point of a face in fractions of the image's width and height; left is the image's left.
 */
export type Landmark = {
    type: "leftEye" | "rightEye" | "nose" | "leftLip" | "rightLip";
    x: number;
    y: number;
};
/**
 * The images were analysed.
 */
export type LivenessAnswer = {
    preset: Preset;
    /**
     * null where no face was found
     */
    person: PersonLiveness | null;
    frames: FrameLiveness[];
    /**
     * null where there is one image
     */
    consistency: Consistency | null;
    evidence: Evidence;
    /**
     * JWS over the rest of the answer; null: the answer is not signed
     */
    signature: string | null;
};
/**
 * A model that judged.
 */
export type ModelEvidence = {
    name: string;
    version: string;
    /**
     * of its files, in the order of the catalog
     */
    sha256: string[];
};
/**
 * The person whom the capture is of: the largest face, or the most central one if asked for.
 */
export type PersonLiveness = {
    /**
     * calibrated; high is bona fide; of several frames the mean
     */
    livenessScore: number;
    /**
     * indices of the frames that the score is of
     */
    frames: number[];
    /**
     * under the preset of the answer
     */
    verdict: VerdictWord;
    presets: PresetVerdicts;
    /**
     * null where no policy decides
     */
    decision: PolicyDecision | null;
    /**
     * for each limit that is not met
     */
    tell: Tell[];
};
/**
 * In pixels of the upright image.
 */
export type PixelPoint = {
    x: number;
    y: number;
};
/**
 * In pixels of the upright image.
 */
export type PixelRectangle = {
    x0: number;
    y0: number;
    x1: number;
    y1: number;
};
/**
 * What a policy makes of the score: accept from `acceptFrom` on, reject below `rejectBelow`.
 */
export type PolicyDecision = {
    outcome: Decision;
    policy: string;
    version: number;
    rejectBelow: number;
    acceptFrom: number;
};
/**
 * What made verdicts of scores; the version changes with every figure of it.
 */
export type PolicyEvidence = {
    name: string;
    version: string;
};
/**
 * Sensitivity of the decision, the `spoofingCondition` of the wire contract.
 */
export type Preset = "weak" | "balanced" | "strict";
/**
 * What a preset makes of the score.
 */
export type PresetVerdict = {
    /**
     * a score from here on is bona fide
     */
    threshold: number;
    verdict: VerdictWord;
};
/**
 * What each preset makes of the score.
 */
export type PresetVerdicts = {
    weak: PresetVerdict;
    balanced: PresetVerdict;
    strict: PresetVerdict;
};
/**
 * What a reason goes by; units and which side of the limit is within it: docs/reasons.md.
 */
export type QualityMeasure = {
    reason: Reason;
    value: number;
    limit: number;
    met: boolean;
};
/**
 * A circumstance that makes a verdict less certain. Reasons never change the verdict.
 */
export type Reason = "too_small" | "turned_away" | "at_image_border" | "blurred" | "too_dark" | "too_bright" | "back_lit" | "low_contrast" | "grey" | "compressed" | "letterboxed" | "several_faces" | "not_a_person";
/**
 * What became of a report.
 */
export type Recorded = "counted" | "repeated" | "corrected";
/**
 * The faces of the image, largest first.
 */
export type SpoofingData = {
    faceDetailCount: number;
    faceDetails: FaceDetail[];
};
/**
 * What to tell the person before the camera.
 */
export type Tell = {
    /**
     * for programs; it never changes
     */
    key: string;
    en: string;
    ko: string;
};
/**
 * What is made of a score.
 */
export type VerdictWord = "bona_fide" | "attack" | "undecidable";
