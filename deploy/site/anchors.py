"""Anchors of headings, as code hosts and the site make them."""

import re
from collections.abc import Sequence

_FENCED = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_LINKED = re.compile(r"\[([^]]+)\]\([^)]*\)")


def slug(heading: str) -> str:
    """The anchor of one heading."""
    words = _LINKED.sub(r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", words))


def anchors(text: str) -> Sequence[str]:
    """Those of a page, in their order."""
    return [slug(heading) for heading in re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)]


def translated(anchor: str, english: str, korean: str) -> str:
    """The anchor of the same heading of the Korean page, whose headings are in the same order."""
    known = anchors(english)
    return anchors(korean)[known.index(anchor)] if anchor in known else anchor
