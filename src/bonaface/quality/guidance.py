"""What to tell the person before the camera, for each reason that a verdict could not be given or is less
certain: a key for programs, and a sentence in English and in Korean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bonaface.types import Reason


@dataclass(frozen=True, slots=True)
class Guidance:
    """One sentence; `key` never changes."""

    key: str
    en: str
    ko: str


GUIDANCE: Mapping[Reason, Guidance] = MappingProxyType(
    {
        Reason.TOO_SMALL: Guidance(
            "come_closer", "Come closer to the camera.", "카메라에 더 가까이 와 주세요."
        ),
        Reason.TURNED_AWAY: Guidance(
            "look_ahead", "Look straight into the camera.", "카메라를 정면으로 바라봐 주세요."
        ),
        Reason.AT_IMAGE_BORDER: Guidance(
            "show_whole_face",
            "Keep your whole face in the picture.",
            "얼굴 전체가 화면에 들어오게 해 주세요.",
        ),
        Reason.BLURRED: Guidance(
            "hold_still",
            "Hold the camera still until it is sharp.",
            "초점이 맞을 때까지 카메라를 움직이지 마세요.",
        ),
        Reason.TOO_DARK: Guidance(
            "more_light", "Go where there is more light.", "더 밝은 곳으로 이동해 주세요."
        ),
        Reason.TOO_BRIGHT: Guidance(
            "less_light", "Keep strong light off your face.", "얼굴에 강한 빛이 닿지 않게 해 주세요."
        ),
        Reason.BACK_LIT: Guidance(
            "face_the_light", "Turn towards the light.", "빛을 등지지 말고 마주 봐 주세요."
        ),
        Reason.LOW_CONTRAST: Guidance(
            "clean_lens",
            "Wipe the lens and look for even light.",
            "렌즈를 닦고 빛이 고른 곳에서 촬영해 주세요.",
        ),
        Reason.GREY: Guidance("use_colour", "Take the picture in colour.", "컬러로 촬영해 주세요."),
        Reason.COMPRESSED: Guidance(
            "send_original",
            "Send the picture as the camera took it.",
            "카메라로 찍은 원본 사진을 보내 주세요.",
        ),
        Reason.LETTERBOXED: Guidance(
            "no_bars",
            "Send the picture without bars around it.",
            "여백이나 테두리가 없는 사진을 보내 주세요.",
        ),
        Reason.SEVERAL_FACES: Guidance(
            "be_alone", "Only one person may be in the picture.", "한 사람만 화면에 나오게 해 주세요."
        ),
        Reason.NOT_A_PERSON: Guidance(
            "show_a_person", "Show the face of a person.", "실제 사람의 얼굴을 보여 주세요."
        ),
    }
)


def guidance_for(reasons: Iterable[Reason]) -> list[Guidance]:
    """What to tell, in the order of the reasons, each once."""
    return [GUIDANCE[reason] for reason in dict.fromkeys(reasons)]
