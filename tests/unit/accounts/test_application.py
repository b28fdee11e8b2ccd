import pytest

from bonaface.accounts.application import checked_name, checked_note
from bonaface.errors import InvalidParameterError

HOSTILE = ["a\nb", "a\x00b", "a\x1b[2Jb", "a\x7fb", "a\ud800b", "a\u2028b", "a\u2029b", "a\u0085b"]


@pytest.mark.parametrize("name", ["a", "x" * 100, "상점 앱 ①", "a\u3000b", "<b>&\"'", "👩\u200d🚀"])
def test_a_name_of_one_line_is_taken(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * 101, *HOSTILE])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="name of 1 to 100 characters"):
        checked_name(name)


@pytest.mark.parametrize("note", ["", "x" * 1000, "메모"])
def test_a_note_may_be_empty(note: str) -> None:
    assert checked_note(note) == note


@pytest.mark.parametrize("note", ["x" * 1001, *HOSTILE])
def test_a_long_or_hostile_note_is_refused(note: str) -> None:
    with pytest.raises(InvalidParameterError, match="at most 1000 characters"):
        checked_note(note)
