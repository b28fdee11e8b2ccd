"""A page as the site takes it: links between pages of the repository, lists as Python-Markdown has them."""

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from deploy.site.anchors import translated
from deploy.site.pages import KOREAN, PAGES, ROOT, Language, korean_of, source_of, staged

FENCE = re.compile(r"^ *```")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(<?([^)\s>]+)>?\)")
EITHER = re.compile(rf"(`+[^`\n]+`+)|{LINK.pattern}")
"""Code, or a link: whichever begins first holds the other."""
ITEM = re.compile(r"^( *)([-*]|\d+\.)( +)")
INDENT = 4
"""Spaces in front of what belongs to an item of a list."""
NAMES_A_FILE = re.compile(r"[\w./-]+\.md")
OTHER: Mapping[Language, str] = MappingProxyType({"en": "한국어", "ko": "English"})
"""The other language, in its own words."""
IMAGES = (".png", ".svg", ".jpg")


def page_text(text: str, source: str, page: str, language: Language) -> str:
    """The text of `source`, the file that is shown as `page`."""

    def linked(line: str) -> str:
        return EITHER.sub(lambda found: found[1] or _link(found[0], source, page, language), line)

    return "\n".join(_outside_code(_indented(text.splitlines()), linked)) + "\n"


def _link(link: str, source: str, page: str, language: Language) -> str:
    mark, words, target = LINK.findall(link)[0]
    words = LINK.sub(lambda inner: _link(inner[0], source, page, language), words)
    led = led_to(target, source, page, language)
    if NAMES_A_FILE.fullmatch(words):
        words = _title_behind(target, source, page, language) or words
    return words if led is None else f"{mark}[{words}]({led})"


def _title_behind(target: str, source: str, page: str, language: Language) -> str | None:
    """What to call a link whose words are the name of a file: the page's title, or its language."""
    path = _path_of(target, source)
    if _in_other_language(path, page, language) is not None:
        return OTHER[language]
    english = path.removesuffix(KOREAN) + ".md" if path.endswith(KOREAN) and path not in PAGES else path
    if english not in PAGES:
        return None
    title = re.search(r"^# (.+)$", _text(source_of(english, language)), re.MULTILINE)
    return title[1].replace("`", "") if title else None


def led_to(target: str, source: str, page: str, language: Language) -> str | None:
    """Where a link of the site leads; none where it is to a file that the site does not have."""
    if "://" in target or target.startswith(("#", "mailto:")):
        return target
    path, anchor = _path_of(target, source), target.partition("#")[2]
    here = posixpath.dirname(staged(page))
    if path.endswith(IMAGES):
        return posixpath.relpath(path, here or ".")
    other = _in_other_language(path, page, language)
    if other is not None:
        return "../" * staged(page).count("/") + other + _anchored(anchor)
    if path.endswith(KOREAN) and path not in PAGES:
        path = path.removesuffix(KOREAN) + ".md"
    if path not in PAGES:
        return None
    korean = korean_of(path)
    if language == "ko" and korean is not None:
        anchor = translated(anchor, _text(path), _text(korean))
    return posixpath.relpath(staged(path), here or ".") + _anchored(anchor)


def _path_of(target: str, source: str) -> str:
    """The path from the root of the repository; of a folder, that of its README."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target.partition("#")[0]))
    return f"{path}/README.md" if (ROOT / path).is_dir() else path


def _in_other_language(path: str, page: str, language: Language) -> str | None:
    """The built page in the other language, from the root of this one, where the link leads to that."""
    if language == "en" and path.endswith(KOREAN) and path not in PAGES:
        return "ko/" + _built(path.removesuffix(KOREAN) + ".md")
    if language == "ko" and path == page and korean_of(page) is not None:
        return "../" + _built(path)
    return None


def _built(page: str) -> str:
    return staged(page).removesuffix(".md") + ".html"


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _anchored(anchor: str) -> str:
    return f"#{anchor}" if anchor else ""


def _indented(lines: list[str]) -> Iterator[str]:
    """What belongs to an item by two or three spaces, as code hosts have it, by four.

    Behind an item of several blocks stands an empty line, or the next item would be part of it.
    """
    width, in_fence, before, has_blocks = 0, False, "", False
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if not in_fence and indent == 0 and line:
            found = ITEM.match(line)
            if found and before and has_blocks:
                yield ""
            width, has_blocks = len(found[0]) if found else 0, False
        if FENCE.match(line):
            in_fence = not in_fence
        is_inside = 0 < width <= indent
        has_blocks = has_blocks or (is_inside and not before)
        yield " " * (INDENT - width) + line if is_inside and width < INDENT else line
        before = line


def _outside_code(lines: Iterator[str], change: Callable[[str], str]) -> Iterator[str]:
    in_fence = False
    for line in lines:
        if FENCE.match(line):
            in_fence = not in_fence
            yield line
        else:
            yield line if in_fence else change(line)


def images_of(text: str, source: str) -> set[str]:
    """The images that a page shows, by their paths in the repository."""
    folder = posixpath.dirname(source)
    targets = {target.partition("#")[0] for _, _, target in LINK.findall(text)}
    paths = {
        os.path.normpath(posixpath.join(folder, target)) for target in targets if target.endswith(IMAGES)
    }
    return {path for path in paths if (ROOT / path).is_file()}
