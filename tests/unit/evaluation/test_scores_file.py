from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.scores_file import KnownScore, read_scores, write_scores
from bonaface.evaluation.scoring import Unscored
from support.models.scores import a_sample, a_source, whole


def test_what_is_written_is_read(tmp_path: Path) -> None:
    failed = [Unscored(a_sample(Label.BONA_FIDE, "other"), True, "No face was found.")]
    path = tmp_path / "scores.csv"
    path.write_bytes(write_scores(whole(a_source([0.123456789], print=[0.25]), failed=failed), 0.5))

    assert read_scores(path) == {
        "cam/bona_fide.jpg": KnownScore("bona_fide", 0.12345679),
        "cam/attack.jpg": KnownScore("attack", 0.25),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,label\na.jpg,attack\n", "is not a scores.csv"),
        ("path,label,state,score\na.jpg,attack,scored,high\n", "has the score 'high'"),
        ("path,label,state,score\na.jpg,attack,scored,nan\n", "has the score 'nan'"),
        ("path,label,state,score\na.jpg,attack,scored\n", "has the score None"),
        ("path,label,state,score\na.jpg,attack,no_face,\n", "has no scored image"),
        ("path,label,state,score\n\x00\xff", "is not a CSV file in UTF-8|has no scored image"),
    ],
)
def test_what_is_not_such_a_file(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidParameterError, match=sentence):
        read_scores(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="cannot be read"):
        read_scores(tmp_path / "none.csv")
