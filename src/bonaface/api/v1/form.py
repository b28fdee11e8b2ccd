"""The form of the v1.0 route: which parts it takes, and that each comes once."""

from bonaface.api.body.form import TWICE, read_parts
from bonaface.errors import InvalidParameterError

IMAGE_PART = "imageFile"
CONDITION_PART = "spoofingCondition"
WANTED = f"{IMAGE_PART} and, if wanted, {CONDITION_PART}"


def read_form(body: bytes | bytearray, boundary: bytes) -> dict[str, bytes]:
    """The contents of the parts `imageFile` and `spoofingCondition` by name.

    Raises InvalidParameterError when one of the two comes twice, and as `read_parts`.
    """
    found: dict[str, bytes] = {}
    for name, content in read_parts(body, boundary, (IMAGE_PART, CONDITION_PART), WANTED):
        if name in found:
            raise InvalidParameterError(TWICE.format(name=name))
        found[str(name)] = content
    return found
