"""Canaries planted all over one run of a server."""

import io
import secrets
from dataclasses import dataclass, field

from PIL import Image

from support.pictures.png import SIGNATURE, chunk
from support.security.canary import Canary

HEADER = 33
"""Bytes of a PNG's signature and IHDR chunk."""


@dataclass
class Cage:
    """The canaries of one run, by where they were planted."""

    canaries: list[Canary] = field(default_factory=list)

    def plant(self, name: str) -> str:
        """A new canary to put into `name`."""
        return self.keep(name, secrets.token_urlsafe(18))

    def keep(self, name: str, value: str | bytes) -> str:
        """Watch for something that is there already. Gives it back as text."""
        data = value.encode() if isinstance(value, str) else value
        self.canaries.append(Canary(name, data))
        return data.decode("latin-1")

    def image(self, portrait: bytes, name: str) -> bytes:
        """The portrait with a canary as its comment; a piece of its pixels is one too."""
        self.keep(f"pixels of the {name}", portrait[len(portrait) // 2 :][:32])
        text = chunk(b"tEXt", b"Comment\0" + self.plant(f"comment of the {name}").encode())
        assert portrait.startswith(SIGNATURE)
        return portrait[:HEADER] + text + portrait[HEADER:]

    def photograph(self, portrait: bytes, name: str) -> bytes:
        """The portrait as JPEG, with a canary in its EXIF."""
        image = Image.open(io.BytesIO(portrait))
        exif = image.getexif()
        exif[0x010E] = self.plant(f"EXIF of the {name}")
        target = io.BytesIO()
        image.save(target, "JPEG", exif=exif)
        self.keep(f"scan of the {name}", target.getvalue()[-2000:][:32])
        return target.getvalue()
