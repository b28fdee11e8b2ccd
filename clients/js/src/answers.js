/** Answers, as the API's document tells them. Written by `make pages`: a change here is lost. */

/**
 * A rectangle in fractions of the image's width and height.
 * @typedef {object} BoundingBox
 * @property {number} x0
 * @property {number} y0
 * @property {number} x1
 * @property {number} y1
 */

/**
 * A capture token.
 * @typedef {object} CaptureTokenAnswer
 * @property {string} token shown once; /v2/liveness takes it as Authorization: Bearer
 * @property {number} uses captures that it may be used for
 * @property {string} expiresAt when it ends; RFC 3339, UTC
 */

/**
 * Whether the frames are of one face, and each a picture of its own.
 * @typedef {object} Consistency
 * @property {boolean} consistent
 * @property {FrameFinding[]} findings
 */

/** @typedef {"accept" | "review" | "reject" | "undecidable"} Decision What is made of a score, or that nothing is. */

/**
 * What made the decisions; what its version says never changes.
 * @typedef {object} DecisionPolicyEvidence
 * @property {string} name
 * @property {number} version
 */

/**
 * What proves the answer without keeping an image.
 * @typedef {object} Evidence
 * @property {string} requestId
 * @property {string} time of the answer; RFC 3339, UTC
 * @property {ModelEvidence[]} models
 * @property {PolicyEvidence} policy
 * @property {DecisionPolicyEvidence | null} decisionPolicy null where no policy decides
 * @property {ImageEvidence[]} images
 */

/**
 * Where the face is.
 * @typedef {object} FaceBox
 * @property {PixelRectangle} pixels
 * @property {FractionRectangle} fractions
 */

/**
 * A face.
 * @typedef {object} FaceDetail
 * @property {BoundingBox} bbox
 * @property {Landmark[]} landmarks leftEye, rightEye, nose, leftLip, rightLip in this order
 * @property {boolean} spoofing true: presentation attack
 * @property {number} confidence how sure it is that this is a face; no spoof score
 */

/**
 * Which parts of the picture the score goes by: what hiding each does to its log-odds.
 * @typedef {object} FaceHeatmap
 * @property {FaceBox} region what is mapped: twice the face, as far as it is in the image
 * @property {number[][]} cells log-odds lost where the part is hidden, by rows; over 0 it speaks for bona fide
 * @property {number} scale log-odds at the picture's full colour
 * @property {string} png Base64 of a PNG to lay over the region: blue for bona fide, red for an attack
 */

/**
 * A face of an image.
 * @typedef {object} FaceLiveness
 * @property {FaceBox} box
 * @property {FacePoint[]} landmarks leftEye, rightEye, nose, leftLip, rightLip in this order
 * @property {FacePose} pose
 * @property {number} detectionConfidence how sure it is that this is a face; no liveness score
 * @property {number} livenessScore calibrated; high is bona fide
 * @property {VerdictWord} verdict under the preset of the answer
 * @property {PresetVerdicts} presets
 * @property {PolicyDecision | null} decision null where no policy decides
 * @property {QualityMeasure[]} quality what the verdict depends on, measured
 * @property {Tell[]} tell for each limit that is not met
 * @property {FaceHeatmap | null} [heatmap] where it was asked for, of as many faces as one request may ask for
 */

/**
 * A point of a face; left is the image's left.
 * @typedef {object} FacePoint
 * @property {"leftEye" | "rightEye" | "nose" | "leftLip" | "rightLip"} type
 * @property {PixelPoint} pixels
 * @property {FractionPoint} fractions
 */

/**
 * Estimated rotation of the head in degrees; zero faces the camera.
 * @typedef {object} FacePose
 * @property {number} yaw over 0: the nose points to the image's right
 * @property {number} pitch over 0: the nose is lifted
 * @property {number} roll over 0: the head is tilted clockwise
 */

/**
 * What became of it, and how the presentation had been decided.
 * @typedef {object} FeedbackAnswer
 * @property {Recorded} feedback repeated: the same was told before, and counts once
 * @property {Decision} decision of a preset, accept is bona fide and reject an attack
 * @property {string} policy the policy that decided; the preset where none did
 * @property {string} version
 */

/**
 * In fractions of the upright image's width and height.
 * @typedef {object} FractionPoint
 * @property {number} x
 * @property {number} y
 */

/**
 * In fractions of the upright image's width and height.
 * @typedef {object} FractionRectangle
 * @property {number} x0
 * @property {number} y0
 * @property {number} x1
 * @property {number} y1
 */

/**
 * What is wrong with the frame at `frame`, held against the one at `against`, if against one.
 * @typedef {object} FrameFinding
 * @property {number} frame
 * @property {Inconsistency} finding
 * @property {number | null} against
 * @property {number | null} value mean levels of luma between two pictures (duplicate, frozen); correlation (other_face)
 */

/**
 * An image: its size in pixels once upright, and its faces, the largest first.
 * @typedef {object} FrameLiveness
 * @property {number} width
 * @property {number} height
 * @property {FaceLiveness[]} faces
 */

/**
 * A frame, known by its content.
 * @typedef {object} ImageEvidence
 * @property {string} sha256 of the file's bytes, in hexadecimal digits
 */

/** @typedef {"duplicate" | "frozen" | "other_face" | "no_face"} Inconsistency Why a frame does not belong to the others of its capture. */

/**
 * A point of a face in fractions of the image's width and height; left is the image's left.
 * @typedef {object} Landmark
 * @property {"leftEye" | "rightEye" | "nose" | "leftLip" | "rightLip"} type
 * @property {number} x
 * @property {number} y
 */

/**
 * The images were analysed.
 * @typedef {object} LivenessAnswer
 * @property {Preset} preset
 * @property {PersonLiveness | null} person null where no face was found
 * @property {FrameLiveness[]} frames
 * @property {Consistency | null} consistency null where there is one image
 * @property {Evidence} evidence
 * @property {string | null} signature JWS over the rest of the answer; null: the answer is not signed
 */

/**
 * A model that judged.
 * @typedef {object} ModelEvidence
 * @property {string} name
 * @property {string} version
 * @property {string[]} sha256 of its files, in the order of the catalog
 */

/**
 * The person whom the capture is of: the largest face, or the most central one if asked for.
 * @typedef {object} PersonLiveness
 * @property {number} livenessScore calibrated; high is bona fide; of several frames the mean
 * @property {number[]} frames indices of the frames that the score is of
 * @property {VerdictWord} verdict under the preset of the answer
 * @property {PresetVerdicts} presets
 * @property {PolicyDecision | null} decision null where no policy decides
 * @property {Tell[]} tell for each limit that is not met
 */

/**
 * In pixels of the upright image.
 * @typedef {object} PixelPoint
 * @property {number} x
 * @property {number} y
 */

/**
 * In pixels of the upright image.
 * @typedef {object} PixelRectangle
 * @property {number} x0
 * @property {number} y0
 * @property {number} x1
 * @property {number} y1
 */

/**
 * What a policy makes of the score: accept from `acceptFrom` on, reject below `rejectBelow`.
 * @typedef {object} PolicyDecision
 * @property {Decision} outcome
 * @property {string} policy
 * @property {number} version
 * @property {number} rejectBelow
 * @property {number} acceptFrom
 */

/**
 * What made verdicts of scores; the version changes with every figure of it.
 * @typedef {object} PolicyEvidence
 * @property {string} name
 * @property {string} version
 */

/** @typedef {"weak" | "balanced" | "strict"} Preset Sensitivity of the decision, the `spoofingCondition` of the wire contract. */

/**
 * What a preset makes of the score.
 * @typedef {object} PresetVerdict
 * @property {number} threshold a score from here on is bona fide
 * @property {VerdictWord} verdict
 */

/**
 * What each preset makes of the score.
 * @typedef {object} PresetVerdicts
 * @property {PresetVerdict} weak
 * @property {PresetVerdict} balanced
 * @property {PresetVerdict} strict
 */

/**
 * What a reason goes by; units and which side of the limit is within it: docs/reasons.md.
 * @typedef {object} QualityMeasure
 * @property {Reason} reason
 * @property {number} value
 * @property {number} limit
 * @property {boolean} met
 */

/** @typedef {"too_small" | "turned_away" | "at_image_border" | "blurred" | "too_dark" | "too_bright" | "back_lit" | "low_contrast" | "grey" | "compressed" | "letterboxed" | "several_faces" | "not_a_person"} Reason A circumstance that makes a verdict less certain. Reasons never change the verdict. */

/** @typedef {"counted" | "repeated" | "corrected"} Recorded What became of a report. */

/**
 * The faces of the image, largest first.
 * @typedef {object} SpoofingData
 * @property {number} faceDetailCount
 * @property {FaceDetail[]} faceDetails
 */

/**
 * What to tell the person before the camera.
 * @typedef {object} Tell
 * @property {string} key for programs; it never changes
 * @property {string} en
 * @property {string} ko
 */

/** @typedef {"bona_fide" | "attack" | "undecidable"} VerdictWord What is made of a score. */

export {};
