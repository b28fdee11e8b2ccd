"""The library says what its server would: the same faces, codes and names."""

from bonaface import Analyzer, Preset
from bonaface.side_by_side.library_service import LibraryService
from support.pictures import images


def test_the_portrait(analyzer: Analyzer, portrait: bytes) -> None:
    service = LibraryService(analyzer)
    answer = service.ask(portrait, Preset.BALANCED)
    (face,) = answer.faces
    assert (answer.code, answer.message, face.spoofing) == (0, "Success", False)
    assert 0 < face.bbox.x0 < face.bbox.x1 < 1
    assert answer.seconds > 0
    assert service.ask(portrait, Preset.STRICT).faces[0].spoofing is True


def test_refusals_have_the_codes_of_the_contract(analyzer: Analyzer) -> None:
    service = LibraryService(analyzer)
    told = {
        name: (answer := service.ask(image, Preset.WEAK)).code and (answer.code, answer.message)
        for name, image in {"gif": images.gif(), "empty": b"", "small": images.png(79, 100)}.items()
    }
    assert told == {
        "gif": (-45040, "InvalidImageFormatException"),
        "empty": (-45030, "InvalidImageParameterException"),
        "small": (-40000, "InvalidParam"),
    }


def test_it_is_named_by_version_and_policy(analyzer: Analyzer) -> None:
    assert LibraryService(analyzer).identity.startswith("bonaface ")
    assert analyzer.policy.version in LibraryService(analyzer).identity
