"""`bonaface compare-nhn`: the same images asked of NHN Cloud's service and of bonaface."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.cli.agreement_report import Format, write_agreement
from bonaface.cli.image_paths import STANDARD_INPUT, find_images
from bonaface.cli.service_keys import keys_of
from bonaface.cli.terminal import complain, messages, progress
from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings
from bonaface.types import Preset

if TYPE_CHECKING:
    from bonaface.side_by_side.agreement import Agreement, Compared
    from bonaface.side_by_side.library_service import LibraryService
    from bonaface.side_by_side.record import Answers, Record
    from bonaface.side_by_side.remote_service import RemoteService

    _Services = tuple[RemoteService, RemoteService | LibraryService]

NHN_URL = "https://face-liveness.api.nhncloudservice.com"
NHN, OWN = "NHN", "SERVER"
"""What the variables of the keys begin with."""
ALL_ALIKE, DIFFERENT, UNANSWERED = 0, 1, 2
STDIN = "Name files, folders or patterns: an image on standard input is none that could be asked again."
NOBODY_ASKED = "not asked: the other one gave no answer"
CALLS = "{images:,} images, at most {rate:g} a second; each is a call of your account at {url}"


Images = Annotated[
    list[str],
    typer.Argument(metavar="IMAGE...", help="PNG or JPEG files, folders, patterns", show_default=False),
]
Server = Annotated[
    str | None,
    typer.Option(metavar="URL", help="a server of bonaface", show_default="the library, without a server"),
]
Condition = Annotated[Preset, typer.Option(help="spoofingCondition of both")]
Rate = Annotated[float, typer.Option(min=0.01, max=100, help="images a second, at most")]
Limit = Annotated[int | None, typer.Option(min=1, help="ask for so many images at most", show_default="all")]
Kept = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="keep the answers there, and ask for no image again that it has"),
]
Written = Annotated[Format, typer.Option("--format", help="how the comparison is written")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="where to, instead of standard output")]
NhnUrl = Annotated[str, typer.Option(metavar="URL", help="where NHN Cloud's service is")]


def compare_nhn(  # noqa: PLR0913 - one an option
    images: Images,
    server: Server = None,
    preset: Condition = Preset.BALANCED,
    rate: Rate = 1.0,
    limit: Limit = None,
    record: Kept = None,
    format_: Written = Format.TABLE,
    out: Out = None,
    nhn_url: NhnUrl = NHN_URL,
) -> None:
    """Ask NHN Cloud's Face Liveness and bonaface about the same images, and tell how they agree.

    Keys: NHN_APP_KEY and NHN_SECRET_KEY, with --server also SERVER_APP_KEY and SERVER_SECRET_KEY, in the
    environment; else they are asked for. Exit status: 0 when all answers agree, 1 when some differ, 2 when
    an image has no answer.
    """
    require_extra("server", "compare-nhn")
    from bonaface.side_by_side.agreement import find_agreement
    from bonaface.side_by_side.record import Record, RunIdentity

    paths = _paths(images, limit)
    with closing(_nhn(nhn_url, rate)) as nhn, closing(_own(server, rate)) as own:
        run = RunIdentity(nhn=nhn.identity, own=own.identity, preset=preset.value)
        with Record(record, run) as kept, progress() as bar:
            _tell_calls(len(paths), rate, nhn.identity)
            asked = _ask_all(paths, preset, (nhn, own), kept)
            compared = list(bar.track(asked, total=len(paths), description="asking"))
    agreement = find_agreement(compared)
    write_agreement(run, agreement, compared, format_, out)
    raise typer.Exit(_exit_status(agreement, len(paths)))


def _paths(images: Sequence[str], limit: int | None) -> list[Path]:
    paths = find_images(images)[:limit]
    if STANDARD_INPUT in paths:
        raise InvalidParameterError(STDIN)
    return paths


def _nhn(url: str, rate: float) -> "RemoteService":
    from bonaface.side_by_side.pace import Pace
    from bonaface.side_by_side.remote_service import RemoteService, checked_url, require_tls

    require_tls(checked_url(url))
    return RemoteService("NHN Cloud", url, keys_of("NHN Cloud", NHN), Pace(rate))


def _own(server: str | None, rate: float) -> "RemoteService | LibraryService":
    """The server of bonaface, or the library here."""
    from bonaface.side_by_side.pace import Pace
    from bonaface.side_by_side.remote_service import RemoteService, checked_url

    if server is not None:
        checked_url(server)
        return RemoteService("The server", server, keys_of("the server", OWN), Pace(rate))
    from bonaface.analyzer import Analyzer
    from bonaface.side_by_side.library_service import LibraryService

    with messages().status("loading the models"):
        return LibraryService(Analyzer(load_settings()))


def _tell_calls(images: int, rate: float, url: str) -> None:
    messages().print(CALLS.format(images=images, rate=rate, url=url), markup=False, soft_wrap=True)


def _ask_all(
    paths: Sequence[Path], preset: Preset, services: "_Services", record: "Record"
) -> "Iterator[Compared]":
    """What both say of each image that can be read; of one content they are asked once."""
    from bonaface.side_by_side.agreement import Compared

    for path in paths:
        try:
            image = path.read_bytes()
        except OSError as error:
            complain(f"{path}: {error.strerror or 'cannot be read'}.")
            continue
        sha256 = hashlib.sha256(image).hexdigest()
        answers = record.known(sha256)
        if answers is None:
            answers = _ask_both(image, sha256, preset, services)
            record.add(answers)
        yield Compared(str(path), answers.nhn, answers.own)


def _ask_both(image: bytes, sha256: str, preset: Preset, services: "_Services") -> "Answers":
    """Bonaface first, whose answers cost nothing: without one NHN Cloud is not asked."""
    from bonaface.side_by_side.record import Answers
    from bonaface.side_by_side.service_answer import ServiceAnswer

    nhn, own = services
    said = own.ask(image, preset)
    if said.code is None:
        return Answers(sha256=sha256, nhn=ServiceAnswer(code=None, message=NOBODY_ASKED), own=said)
    return Answers(sha256=sha256, nhn=nhn.ask(image, preset), own=said)


def _exit_status(agreement: "Agreement", images: int) -> int:
    if agreement.answered.part < images:
        return UNANSWERED
    return ALL_ALIKE if agreement.is_full else DIFFERENT
