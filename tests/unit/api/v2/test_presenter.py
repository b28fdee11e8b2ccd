"""From an inspection to the answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bonaface.api.v2.answer_schemas import LivenessAnswer
from bonaface.api.v2.options import Options
from bonaface.api.v2.presenter import answer_of
from bonaface.api.v2.schemas import Faces, Quality
from bonaface.geometry import Box
from bonaface.types import Finding, Heatmap, Inconsistency, Reason
from support.models.analyses import DECIDER, MODEL, POLICY, a_face, an_analysis, an_inspection

AT = datetime(2026, 11, 30, 3, 4, 5, tzinfo=UTC)
ONE = an_inspection(an_analysis(a_face()))


def test_a_face_is_told_in_pixels_and_in_fractions() -> None:
    (face,) = answer_of(ONE, Options(), "abc", AT)["frames"][0]["faces"]
    assert face["box"]["pixels"] == {"x0": 48, "y0": 110, "x1": 134, "y1": 233}
    assert face["box"]["fractions"]["x1"] == pytest.approx(134 / 550)
    assert face["landmarks"][0]["type"] == "leftEye"
    assert face["landmarks"][0]["pixels"] == {"x": 71, "y": 160}
    assert face["landmarks"][0]["fractions"] == {"x": pytest.approx(71 / 550), "y": pytest.approx(160 / 375)}
    assert face["pose"] == {"yaw": 0, "pitch": 0, "roll": 0}
    assert (face["detectionConfidence"], face["livenessScore"]) == (0.997854, 0.9)


def test_a_heatmap_is_told_where_there_is_one() -> None:
    heatmap = Heatmap(Box(10, 20, 210, 220), ((0.5, -1.5),), 1.5, b"\x89PNG")
    faces = an_analysis(replace(a_face(), heatmap=heatmap), a_face())
    first, second = answer_of(an_inspection(faces), Options(), "abc", AT)["frames"][0]["faces"]
    assert first["heatmap"]["region"]["pixels"] == {"x0": 10, "y0": 20, "x1": 210, "y1": 220}
    assert (first["heatmap"]["cells"], first["heatmap"]["scale"]) == ([[0.5, -1.5]], 1.5)
    assert (first["heatmap"]["png"], second["heatmap"]) == ("iVBORw==", None)


def test_each_preset_has_its_threshold_and_its_verdict() -> None:
    answer = answer_of(ONE, Options(), "abc", AT)
    (face,) = answer["frames"][0]["faces"]
    assert (
        face["presets"]
        == answer["person"]["presets"]
        == {
            "weak": {"threshold": 0.05, "verdict": "bona_fide"},
            "balanced": {"threshold": 0.5, "verdict": "bona_fide"},
            "strict": {"threshold": 0.95, "verdict": "attack"},
        }
    )
    assert (answer["preset"], face["verdict"]) == ("balanced", "bona_fide")
    attack = answer_of(an_inspection(an_analysis(a_face(spoofing=True))), Options(), "abc", AT)
    assert attack["frames"][0]["faces"][0]["verdict"] == attack["person"]["verdict"] == "attack"


def test_the_evidence_names_what_judged_and_what_was_judged() -> None:
    answer = answer_of(ONE, Options(), "abc", AT)
    assert answer["signature"] is None
    assert answer["evidence"] == {
        "requestId": "abc",
        "time": "2026-11-30T03:04:05Z",
        "models": [{"name": MODEL.name, "version": MODEL.version, "sha256": list(MODEL.sha256)}],
        "policy": {"name": POLICY.name, "version": POLICY.version},
        "decisionPolicy": None,
        "images": [{"sha256": "0" * 64}],
    }


def test_a_policy_decides_on_each_face_and_on_the_person() -> None:
    crowd = an_inspection(an_analysis(a_face(), a_face(Reason.BLURRED, spoofing=True)))
    answer = answer_of(crowd, Options(), "abc", AT, DECIDER)
    told = {"policy": "onboarding", "version": 3, "rejectBelow": 0.2, "acceptFrom": 0.85}
    first, second = answer["frames"][0]["faces"]
    assert first["decision"] == answer["person"]["decision"] == {"outcome": "accept", **told}
    assert second["decision"] == {"outcome": "reject", **told}
    assert answer["evidence"]["decisionPolicy"] == {"name": "onboarding", "version": 3}
    assert LivenessAnswer.model_validate(answer).model_dump(mode="json") == answer


def test_a_policy_decides_on_the_fused_score_of_several_frames() -> None:
    capture = an_inspection(an_analysis(a_face()), an_analysis(a_face(spoofing=True)))
    answer = answer_of(capture, Options(), "abc", AT, DECIDER)
    told = [frame["faces"][0]["decision"]["outcome"] for frame in answer["frames"]]
    assert (told, answer["person"]["decision"]["outcome"]) == (["accept", "reject"], "review")


def test_without_a_policy_nothing_is_decided() -> None:
    answer = answer_of(ONE, Options(), "abc", AT)
    assert answer["frames"][0]["faces"][0]["decision"] is None
    assert answer["person"]["decision"] is None


def test_the_person_is_among_the_faces_that_are_told() -> None:
    crowd = an_inspection(an_analysis(a_face(), a_face(spoofing=True, box=Box(250, 150, 310, 220))))
    every = answer_of(crowd, Options(), "abc", AT)
    assert len(every["frames"][0]["faces"]) == 2
    assert every["person"]["verdict"] == "bona_fide"
    central = answer_of(crowd, Options(faces=Faces.CENTRAL), "abc", AT)
    assert [face["verdict"] for face in central["frames"][0]["faces"]] == ["attack"]
    assert central["person"]["verdict"] == "attack"


def test_what_is_not_met_is_told_with_what_to_do() -> None:
    found = an_inspection(an_analysis(a_face(Reason.BLURRED, Reason.GREY)))
    answer = answer_of(found, Options(), "abc", AT)
    (face,) = answer["frames"][0]["faces"]
    assert [each["reason"] for each in face["quality"]] == [reason.value for reason in Reason]
    assert face["quality"][3] == {"reason": "blurred", "value": 1.5, "limit": 2.5, "met": False}
    assert [each["reason"] for each in face["quality"] if not each["met"]] == ["blurred", "grey"]
    assert [each["key"] for each in face["tell"]] == ["hold_still", "use_colour"]
    assert answer["person"]["tell"] == face["tell"]
    assert face["verdict"] == "bona_fide"  # it informs


def test_where_quality_is_required_what_is_not_met_is_undecidable() -> None:
    found = an_inspection(an_analysis(a_face(Reason.BLURRED), a_face()))
    answer = answer_of(found, Options(quality=Quality.REQUIRE), "abc", AT, DECIDER)
    first, second = answer["frames"][0]["faces"]
    assert first["verdict"] == answer["person"]["verdict"] == "undecidable"
    assert {each["verdict"] for each in first["presets"].values()} == {"undecidable"}
    assert first["decision"]["outcome"] == answer["person"]["decision"]["outcome"] == "undecidable"
    assert second["verdict"] == "bona_fide"
    assert second["decision"]["outcome"] == "accept"
    assert second["presets"]["strict"]["verdict"] == "attack"


def test_no_face_is_nobody() -> None:
    answer = answer_of(an_inspection(an_analysis()), Options(), "abc", AT)
    assert answer["person"] is None
    assert answer["frames"] == [{"width": 550, "height": 375, "faces": []}]


def test_several_frames_have_one_person_and_what_does_not_fit() -> None:
    found = an_inspection(an_analysis(a_face()), an_analysis(a_face(spoofing=True)), an_analysis())
    findings = (Finding(1, Inconsistency.FROZEN, 0, 0.25), Finding(2, Inconsistency.NO_FACE))
    answer = answer_of(replace(found, findings=findings), Options(), "abc", AT)
    assert (answer["person"]["livenessScore"], answer["person"]["frames"]) == (pytest.approx(0.5), [0, 1])
    assert [len(frame["faces"]) for frame in answer["frames"]] == [1, 1, 0]
    assert answer["consistency"] == {
        "consistent": False,
        "findings": [
            {"frame": 1, "finding": "frozen", "against": 0, "value": 0.25},
            {"frame": 2, "finding": "no_face", "against": None, "value": None},
        ],
    }
    assert answer_of(found, Options(), "abc", AT)["consistency"] == {"consistent": True, "findings": []}
    assert answer_of(ONE, Options(), "abc", AT)["consistency"] is None


def test_an_answer_is_one_by_its_own_schema() -> None:
    answer = answer_of(ONE, Options(), "abc", AT)
    assert LivenessAnswer.model_validate(answer).model_dump(mode="json") == answer
