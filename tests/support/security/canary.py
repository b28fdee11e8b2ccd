"""A value that is planted where it may not come out, and how it would look if it did."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Canary:
    """`value` is random enough to be nowhere by chance; `name` says where it was planted."""

    name: str
    value: bytes

    def forms(self) -> Iterator[bytes]:
        """As it is, in hexadecimal, percent-encoded, as Python and JSON write bytes, and in Base64."""
        yield self.value
        for code in (self.value.hex(), quote(self.value), "".join(f"%{byte:02x}" for byte in self.value)):
            yield code.encode()
            yield code.upper().encode()
        yield repr(self.value)[2:-1].encode()
        for shift in range(3):
            plain = _core_of_base64(self.value, shift)
            yield plain
            yield plain.translate(bytes.maketrans(b"+/", b"-_"))

    def is_in(self, data: bytes) -> bool:
        """Whether `data` holds any form of it."""
        return any(form in data for form in self.forms())


def found_in(folder: Path, canaries: Iterable[Canary]) -> list[str]:
    """Which canaries are in which files of `folder` and the folders in it, or in the names of those."""
    found = []
    canaries = list(canaries)
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        data = str(path.relative_to(folder)).encode() + b"\0" + content
        found += [f"{canary.name} in {path}" for canary in canaries if canary.is_in(data)]
    return found


def _core_of_base64(value: bytes, shift: int) -> bytes:
    """What of the Base64 is the same whatever stands before and after, `shift` bytes into a group."""
    encoded = base64.b64encode(bytes(shift) + value)
    start = (shift * 8 + 5) // 6
    end = (shift + len(value)) * 8 // 6
    return encoded[start:end]
