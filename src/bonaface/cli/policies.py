"""`bonaface policies`: decision policies, their versions, and whose they are."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bonaface.cli.accounts import AsJson, opened, print_json, shown_table, shown_time, whoever
from bonaface.cli.terminal import output
from bonaface.errors import InvalidParameterError

if TYPE_CHECKING:
    from bonaface.policies.decision_policy import PolicyVersion
    from bonaface.policies.repository import PolicyRepository

NONE = "none"
STANDARD_INPUT = "-"
NOBODY = "There is no policy yet; make one with: bonaface policies put"
ONE_WAY = "Give FILE, or --reject-below and --accept-from."
WHOSE = "Give either --app APPKEY or --default."
SOON = "servers that are running follow within 5 seconds"
COLUMNS = ("policy", "version", "reject below", "accept from", "made (UTC)", "of", "note")
VERSION_COLUMNS = ("version", "reject below", "accept from", "made (UTC)", "note")

policies_app = typer.Typer(help="Decision policies: accept, review or reject on v2.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the policy is called.")]


class PolicyFile(BaseModel):
    """What `bonaface calibrate --policy` writes, and the admin API takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reject_below: float = Field(alias="rejectBelow")
    accept_from: float = Field(alias="acceptFrom")
    note: str = ""


@policies_app.command("put")
def put(
    name: Name,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="JSON of bonaface calibrate; - is standard input.", show_default=False
        ),
    ] = None,
    reject_below: Annotated[float | None, typer.Option(help="A lower liveness score is rejected.")] = None,
    accept_from: Annotated[float | None, typer.Option(help="A score from here on is accepted.")] = None,
    note: Annotated[str | None, typer.Option(help="Why it is so; of a file, in place of its own.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a policy, or a new version of it. What scores between the two thresholds is for review."""
    asked = _asked(file, reject_below, accept_from)
    remark = asked.note if note is None else note
    with _repository() as repository:
        made = repository.put(name, asked.reject_below, asked.accept_from, remark, actor=whoever())
    if as_json:
        _print([made], alone=True)
    else:
        typer.echo(f"{made.policy.name} has version {made.policy.version}; {SOON}.")


@policies_app.command("list")
def list_(
    retired: Annotated[bool, typer.Option("--retired", help="Retired ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the newest version of each policy, by name, and whose it is."""
    with _repository() as repository:
        found = repository.list_policies(retired=retired)
        whose = [_whose(each, repository) for each in found]
    if as_json:
        _print(found)
    elif found:
        output().print(shown_table(COLUMNS, map(_as_row, found, whose)))
    else:
        typer.echo(NOBODY)


@policies_app.command("show")
def show(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="Of this version; else the newest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show one version of a policy, also of one that is retired."""
    with _repository() as repository:
        found, keys = repository.get(name, version), repository.app_keys_of(name)
    if as_json:
        _print([found], alone=True)
        return
    for what, value in _as_lines(found, keys):
        typer.echo(f"{what:<12}  {value}")


@policies_app.command("versions")
def versions(name: Name, as_json: AsJson = False) -> None:
    """List every version of a policy, newest first; none is ever changed or removed."""
    with _repository() as repository:
        found = repository.versions(name)
    if as_json:
        _print(found)
    else:
        output().print(shown_table(VERSION_COLUMNS, map(_as_version_row, found)))


@policies_app.command("assign")
def assign(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The policy; `none` takes it away.")],
    app_key: Annotated[
        str | None, typer.Option("--app", metavar="APPKEY", help="Have it decide for this application.")
    ] = None,
    default: Annotated[
        bool, typer.Option("--default", help="Have it decide for all that have none of their own.")
    ] = False,
) -> None:
    """Have a policy decide for an application, or by default, where a request names none."""
    if default == (app_key is not None):
        raise InvalidParameterError(WHOSE)
    with _repository() as repository:
        repository.assign(None if name == NONE else name, app_key, actor=whoever())
    whose = "The default" if app_key is None else f"The policy of {app_key}"
    typer.echo(f"{whose} is {name}; {SOON}.")


@policies_app.command("retire")
def retire(name: Name) -> None:
    """Have a policy decide nothing any more; its versions stay. One that is assigned is refused."""
    with _repository() as repository:
        repository.retire(name, actor=whoever())
    typer.echo(f"{name} is retired; {SOON}.")


@contextmanager
def _repository() -> "Iterator[PolicyRepository]":
    """The policies of the configured database."""
    with opened() as database:
        from bonaface.policies.repository import PolicyRepository

        yield PolicyRepository(database)


def _asked(file: Path | None, reject_below: float | None, accept_from: float | None) -> PolicyFile:
    """What is given one way or the other. Raises InvalidParameterError."""
    if file is not None and reject_below is None and accept_from is None:
        return _read(file)
    if file is not None or reject_below is None or accept_from is None:
        raise InvalidParameterError(ONE_WAY)
    return PolicyFile(rejectBelow=reject_below, acceptFrom=accept_from)


def _read(file: Path) -> PolicyFile:
    try:
        text = sys.stdin.buffer.read() if str(file) == STANDARD_INPUT else file.read_bytes()
        return PolicyFile.model_validate_json(text)
    except OSError as error:
        raise InvalidParameterError(f"{file} cannot be read ({error.strerror}).") from None
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "JSON"
        raise InvalidParameterError(f"{file} holds no policy; {where}: {fault['msg']}.") from None


def _print(found: "list[PolicyVersion]", *, alone: bool = False) -> None:
    from bonaface.policies.repository import policy_members

    members = [policy_members(each) for each in found]
    print_json(members[0] if alone else members)


def _whose(found: "PolicyVersion", repository: "PolicyRepository") -> str:
    keys = repository.app_keys_of(found.policy.name)
    if found.retired_at is not None:
        return "retired"
    named = len([key for key in keys if key is not None])
    told = ["default"] if None in keys else []
    return ", ".join([*told, f"{named} applications"] if named > 1 else [*told, *filter(None, keys)])


def _as_row(found: "PolicyVersion", whose: str) -> tuple[str, ...]:
    version, reject, accept, made, note = _as_version_row(found)
    return found.policy.name, version, reject, accept, made, whose, note


def _as_version_row(found: "PolicyVersion") -> tuple[str, ...]:
    policy, made = found.policy, shown_time(found.created_at)
    return str(policy.version), _score(policy.reject_below), _score(policy.accept_from), made, found.note


def _as_lines(found: "PolicyVersion", keys: list[str | None]) -> Iterator[tuple[str, str]]:
    policy = found.policy
    yield "policy", policy.name
    yield "version", str(policy.version)
    yield "reject below", _score(policy.reject_below)
    yield "accept from", _score(policy.accept_from)
    yield "note", found.note
    yield "made", f"{shown_time(found.created_at)} UTC"
    if found.retired_at is not None:
        yield "retired", f"{shown_time(found.retired_at)} UTC"
    yield (
        "decides for",
        ", ".join("the default" if key is None else key for key in keys) or "whoever names it",
    )


def _score(threshold: float) -> str:
    return f"{threshold:.6g}"
