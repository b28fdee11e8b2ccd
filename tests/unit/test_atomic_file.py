import stat
from pathlib import Path

import pytest

from bonaface.atomic_file import write_atomically


def test_is_there_whole_readable_for_all_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    for data in (b"before", b"after"):
        write_atomically(path, data)
        assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_leaves_nothing_behind_where_it_fails(tmp_path: Path) -> None:
    (tmp_path / "file" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="file"):
        write_atomically(tmp_path / "file", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
