"""`bonaface verify`: whether a signed answer is genuine, about this image, and recent; offline."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.cli.accounts import AsJson, print_json
from bonaface.cli.terminal import output
from bonaface.cli.time_arguments import parse_span
from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.evidence.signing_key import PublicKeys
    from bonaface.evidence.verification import Verification

STANDARD_INPUT = "-"
DOES_NOT_HOLD = 1
"""Exit status of an answer that fails a check."""
NO_KEYS = (
    "Name the public keys: --keys FILE, a JWK set as a server gives it at /.well-known/jwks.json; "
    "or signing.key_file, whose own keys are taken then."
)


def verify(
    answer: Annotated[
        str,
        typer.Argument(metavar="ANSWER", help="file of the answer, or of its signature; - is standard input"),
    ],
    image: Annotated[
        Path | None, typer.Argument(metavar="IMAGE", help="the image that it is about", show_default=False)
    ] = None,
    keys: Annotated[Path | None, typer.Option(metavar="FILE", help="the public keys: a JWK set")] = None,
    max_age: Annotated[
        str | None, typer.Option(metavar="SPAN", help="the oldest that it may be, as 5m")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a signed answer without a server: its signature, and the image and its age where these are given.

    Exit status: 0 when all that was checked holds, 1 when a check fails, 2 when it could not be made.
    """
    require_extra("signing")
    from bonaface.evidence.verification import verify as verified

    oldest = None if max_age is None else parse_span(max_age)
    known = _keys(keys)
    pixels = None if image is None else _read(str(image))
    found = verified(_read(answer), known, image=pixels, max_age=oldest)
    _tell(found, as_json)
    raise typer.Exit(0 if found.holds else DOES_NOT_HOLD)


def _keys(path: Path | None) -> "PublicKeys":
    """Those of the file, else those of the server's own key file."""
    from bonaface.evidence.key_file import read_key_file
    from bonaface.evidence.signing_key import public_keys, read_public_keys

    if path is not None:
        return read_public_keys(_read(str(path)))
    own = load_settings().signing.key_file
    if own is None:
        raise InvalidParameterError(NO_KEYS)
    return public_keys(read_key_file(own))


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        raise InvalidParameterError(f"{name} cannot be read ({error.strerror}).") from None


def _tell(found: "Verification", as_json: bool) -> None:
    if as_json:
        checks = {one.check.value: {"holds": one.holds, "why": one.why} for one in found.findings}
        print_json({"holds": found.holds, "checks": checks})
        return
    for one in found.findings:
        word = "holds" if one.holds else "FAILS"
        output().print(f"{one.check.value:<9}  {word}  {one.why}", markup=False, soft_wrap=True)
