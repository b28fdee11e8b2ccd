import io
import tarfile

import pytest

from bonaface.bulk.item import Place
from bonaface.bulk.tar_members import members_of
from bonaface.errors import InvalidParameterError


def _tar(how: str = "w", /, **members: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=how) as tar:  # type: ignore[call-overload] # any mode
        for name, data in members.items():
            member = tarfile.TarInfo(name.replace("_", "."))
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "a.jpg"
        tar.addfile(link)
    return file.getvalue()


def test_each_image_is_where_its_place_says() -> None:
    whole = _tar(a_jpg=b"one", a_json=b"{}", b_PNG=b"second")
    places = list(members_of("set.tar", io.BytesIO(whole)))

    assert [place.member for place in places] == ["a.jpg", "b.PNG"]
    assert [_bytes(whole, place) for place in places] == [b"one", b"second"]
    assert {place.file for place in places} == {"set.tar"}


def _bytes(whole: bytes, place: Place) -> bytes:
    assert place.size is not None
    return whole[place.offset : place.offset + place.size]


@pytest.mark.parametrize(
    "data", [_tar("w:gz", a_jpg=b"one"), b"no tar at all" * 100, _tar(a_jpg=b"x" * 600)[:700]]
)
def test_what_is_no_plain_and_whole_tar_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidParameterError, match=r"set\.tar"):
        list(members_of("set.tar", io.BytesIO(data)))


def test_members_are_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    after = tarfile.TarFile.next

    def watched(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
        nonlocal most
        most = max(most, len(tar.members))  # type: ignore[attr-defined] # of no stub
        return after(tar)

    monkeypatch.setattr(tarfile.TarFile, "next", watched)
    whole = _tar(**{f"m{number}_jpg": b"x" for number in range(50)})
    most = 0
    assert len(list(members_of("set.tar", io.BytesIO(whole)))) == 50
    assert most <= 1
