"""Whether a signed answer is what it says it is: by its signature, the image, and its age."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bonaface.clock import utc_now
from bonaface.errors import InvalidParameterError
from bonaface.evidence.canonical_json import canonical_json, read_object, without
from bonaface.evidence.signature import FORGED, MEMBER, signed_payload, untrusted_payload
from bonaface.evidence.signing_key import PublicKeys

_COMPACT = re.compile(rb"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
SKEW = timedelta(minutes=1)
"""How far a server's clock may be ahead."""

UNSIGNED = "The answer is not signed."
SIGNED = "The signature fits."
NO_HASH = "The answer holds no SHA-256 of an image."
SAME_IMAGE = "The answer is about this image."
OTHER_IMAGE = "The answer is about another image: the SHA-256 differs."
NO_TIME = "The answer holds no time."


class Check(StrEnum):
    """What is looked at."""

    SIGNATURE = "signature"
    IMAGE = "image"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to, and why, as a sentence."""

    check: Check
    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What all checks came to, and the answer without its signature."""

    answer: Mapping[str, object]
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether every check that was made holds."""
        return all(finding.holds for finding in self.findings)


def verify(
    answer: Mapping[str, object] | str | bytes,
    keys: PublicKeys,
    *,
    image: bytes | None = None,
    max_age: timedelta | None = None,
    now: datetime | None = None,
) -> Verification:
    """Check an answer offline: its signature always, `image` and `max_age` where they are given.

    answer: its members as parsed JSON, its text (UTF-8), or its signature alone, which holds it.
    keys: public keys by thumbprint (`read_public_keys`). image: the bytes that were analysed.
    max_age: the oldest that `evidence.time` may be at `now` (aware; the present by default).
    Raises InvalidParameterError where `answer` is nothing of that.
    """
    members, signature = _parts(answer)
    findings = [_signature_finding(members, signature, keys)]
    evidence = members.get("evidence")
    evidence = evidence if isinstance(evidence, Mapping) else {}
    if image is not None:
        findings.append(_image_finding(evidence, image))
    if max_age is not None:
        findings.append(_age_finding(evidence, max_age, utc_now() if now is None else now))
    return Verification(members, tuple(findings))


def _parts(answer: Mapping[str, object] | str | bytes) -> tuple[dict[str, object], str | None]:
    """The members without the signature, and the signature."""
    if isinstance(answer, Mapping):
        signature = answer.get(MEMBER)
        return without(answer, MEMBER), signature if isinstance(signature, str) else None
    text = (answer.encode() if isinstance(answer, str) else answer).strip()
    if not _COMPACT.fullmatch(text):
        return _parts(read_object(text))
    signature = text.decode("ascii")
    return read_object(untrusted_payload(signature)), signature


def _signature_finding(members: Mapping[str, object], signature: str | None, keys: PublicKeys) -> Finding:
    if signature is None:
        return Finding(Check.SIGNATURE, False, UNSIGNED)
    try:
        same = signed_payload(signature, keys) == canonical_json(members)
    except InvalidParameterError as error:
        return Finding(Check.SIGNATURE, False, str(error))
    return Finding(Check.SIGNATURE, same, SIGNED if same else FORGED)


def _image_finding(evidence: Mapping[str, object], image: bytes) -> Finding:
    hashes = set(_hashes(evidence))
    if not hashes:
        return Finding(Check.IMAGE, False, NO_HASH)
    same = hashlib.sha256(image).hexdigest() in hashes
    return Finding(Check.IMAGE, same, SAME_IMAGE if same else OTHER_IMAGE)


def _hashes(evidence: Mapping[str, object]) -> Iterator[str]:
    """The SHA-256 of each image that the answer is about, in small hexadecimal digits."""
    images = evidence.get("images")
    for image in images if isinstance(images, list) else []:
        found = image.get("sha256") if isinstance(image, Mapping) else None
        if isinstance(found, str):
            yield found


def _age_finding(evidence: Mapping[str, object], max_age: timedelta, now: datetime) -> Finding:
    time = _time_of(evidence)
    if time is None:
        return Finding(Check.AGE, False, NO_TIME)
    age = now - time
    told = f"The answer is of {time:%Y-%m-%d %H:%M:%S} UTC"
    if age < -SKEW:
        return Finding(Check.AGE, False, f"{told}, which is yet to come.")
    holds = age <= max_age
    return Finding(Check.AGE, holds, f"{told}, {'not over' if holds else 'over'} {max_age} ago.")


def _time_of(evidence: Mapping[str, object]) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(evidence.get("time")))
        return time.astimezone(UTC) if time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
