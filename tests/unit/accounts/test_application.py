import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.accounts.application import FILLERS, checked_name, checked_note
from bonaface.errors import InvalidParameterError

HOSTILE = ["a\nb", "a\x00b", "a\x1b[2Jb", "a\x7fb", "a\ud800b", "a\u2028b", "a\u2029b", "a\u0085b"]


HIDDEN = {
    "a\u200bb": "U+200B (ZERO WIDTH SPACE)",
    "a\u200d": "U+200D (ZERO WIDTH JOINER)",
    "a\u200db": "U+200D (ZERO WIDTH JOINER)",
    "👩\u200d": "U+200D (ZERO WIDTH JOINER)",
    "👩\u200da": "U+200D (ZERO WIDTH JOINER)",
    "\u200d🚀": "U+200D (ZERO WIDTH JOINER)",
    "가\u200c": "U+200C (ZERO WIDTH NON-JOINER)",
    "\u202eab": "U+202E (RIGHT-TO-LEFT OVERRIDE)",
    "ab\u2066": "U+2066 (LEFT-TO-RIGHT ISOLATE)",
    "a\u00adb": "U+00AD (SOFT HYPHEN)",
    "\ufeffab": "U+FEFF (ZERO WIDTH NO-BREAK SPACE)",
    "a\U000e0061": "U+E0061 (TAG LATIN SMALL LETTER A)",
    "가\u3164": "U+3164 (HANGUL FILLER)",
    "\uffa0": "U+FFA0 (HALFWIDTH HANGUL FILLER)",
    "a\u2800": "U+2800 (BRAILLE PATTERN BLANK)",
    "a\ufe0f": "U+FE0F (VARIATION SELECTOR-16)",
    "\U000e0100a": "U+E0100 (VARIATION SELECTOR-17)",
    "a\u034fb": "U+034F (COMBINING GRAPHEME JOINER)",
    "ab\u2029": "U+2029 (PARAGRAPH SEPARATOR)",
    "ab\n": "U+000A (a control)",
    "a\x1b[2J": "U+001B (a control)",
    "a\ud800": "U+D800 (half a character)",
}
"""What is not seen, and how it is called."""


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "x" * 100,
        "상점 앱 ①",
        "a\u3000b",
        "<b>&\"'",
        "👩\u200d🚀",
        "❤\ufe0f 1\ufe0f\u20e3",
        "👩🏽\u200d❤\ufe0f\u200d👨",
        "\u1112\u1161\u11ab",
    ],
)
def test_a_name_of_one_line_is_taken(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * 101, *HOSTILE])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="name of 1 to 100 characters"):
        checked_name(name)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_seen_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        checked_name(name)
    wanted = "Give the application a name of 1 to 100 characters on one line"
    assert str(caught.value) == f"{wanted}, without {HIDDEN[name]}."


def refusal_of(name: str) -> str:
    """Why it is refused; nothing where it is taken."""
    try:
        checked_name(name)
    except InvalidParameterError as error:
        return str(error)
    return ""


@given(st.text(max_size=20))
def test_every_format_character_but_a_joint_of_emoji_is_refused(name: str) -> None:
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    hidden = {c for c in name if unicodedata.category(c) in kinds or c in FILLERS} - {"\u200d"}
    refusal = refusal_of(name)
    if hidden or not name.strip():
        assert refusal
    else:
        assert not refusal or "U+200D" in refusal or "VARIATION SELECTOR" in refusal


@pytest.mark.parametrize("note", ["", "x" * 1000, "메모", "👩\u200d🚀"])
def test_a_note_may_be_empty(note: str) -> None:
    assert checked_note(f" {note} ") == note


@pytest.mark.parametrize("note", ["x" * 1001, *HOSTILE])
def test_a_long_or_hostile_note_is_refused(note: str) -> None:
    with pytest.raises(InvalidParameterError, match="at most 1000 characters"):
        checked_note(note)


@pytest.mark.parametrize("note", HIDDEN)
def test_what_cannot_be_seen_is_refused_in_a_note_as_in_a_name(note: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        checked_note(note)
    wanted = "Give a note of at most 1000 characters on one line"
    assert str(caught.value) == f"{wanted}, without {HIDDEN[note]}."
