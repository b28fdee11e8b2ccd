"""The targets, what each starts from, and what an input may cost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fuzz import seeds, words

MEMORY_MB = 600
"""Peak memory of a target's process."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a target is fuzzed.

    `module` runs it; `longest` is the most bytes of an input: larger ones make for few inputs a second,
    and tests/system/security sends those.
    """

    name: str
    module: str
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str, ...]
    longest: int


PLANS = {
    plan.name: plan
    for plan in (
        Plan("sniff_decode", "fuzz.sniff_decode", seeds.images, words.IMAGE, 32_768),
        Plan("jpeg_damage", "fuzz.jpeg_damage", seeds.damages, words.IMAGE, 4_096),
        Plan("png_damage", "fuzz.png_damage", seeds.damages, words.IMAGE, 4_096),
        Plan("base64_text", "fuzz.base64_text", seeds.base64_texts, words.BASE64, 4_096),
        Plan("json_body", "fuzz.json_body", seeds.json_bodies, words.JSON, 8_192),
        Plan("multipart_body", "fuzz.multipart_body", seeds.forms, words.MULTIPART, 8_192),
        Plan("form_noise", "fuzz.form_noise", seeds.noises, words.MULTIPART, 8_192),
        Plan("frames_body", "fuzz.frames_body", seeds.captures, words.V2, 8_192),
        Plan("framing", "fuzz.framing", seeds.connections, words.HTTP, 8_192),
        Plan("url", "fuzz.url", seeds.urls, words.URL, 2_304),
    )
}
