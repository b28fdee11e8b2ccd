"""Kills a loaded server again and again and finds every reply that it sent in its ledger.

    make prove-ledger
    python -m benchmarks.prove_ledger --rounds 20 --database sqlite --database postgresql

`--database` is `sqlite`, `postgresql` (a server of the tests' own is started), or a URL of an empty database.
Each round starts `bonaface serve` with its real weights, sends requests of every kind over 24 connections,
kills the process (SIGKILL) up to 1.5 seconds after a first reply, starts it again, and compares. The exit
status is 1 when a reply that was received is not counted, or more is counted than was sent.
"""

import sys
from typing import Annotated

import typer

from bonaface.settings import load_settings
from support.faults.ledger_proof import Proof, Round
from support.storage.databases import database_named

ENGINES = ["sqlite", "postgresql"]
Databases = Annotated[list[str], typer.Option(help="sqlite, postgresql or a URL")]
HEAD = f"{'round':>5}  {'killed after':>12}  {'received':>8}  {'in ledger':>9}  {'sent':>6}"


def main(
    database: Databases = ENGINES,
    rounds: Annotated[int, typer.Option(min=1)] = 20,
    seed: int = 1,
) -> None:
    """Prove it, and print a line a round."""
    held = [_prove(name, rounds, seed) for name in database]
    sys.exit(0 if all(held) else 1)


def _prove(name: str, rounds: int, seed: int) -> bool:
    with database_named(name) as storage:
        proof = Proof(storage, load_settings().models.directory, seed)
        typer.echo(f"{name if '://' not in name else 'the given database'}\n{HEAD}")
        done = [_told(number, each) for number, each in enumerate(proof.rounds(rounds), 1)]
    held = sum(each.holds for each in done)
    sums = {part: sum(each.total(part) for each in done) for part in ("received", "counted", "sent")}
    typer.echo(
        f"{held} of {rounds} rounds hold: {sums['received']:,} replies received, "
        f"{sums['counted']:,} in the ledger, {sums['sent']:,} requests sent\n"
    )
    return held == rounds


def _told(number: int, done: Round) -> Round:
    received, counted, sent = (done.total(part) for part in ("received", "counted", "sent"))
    typer.echo(
        f"{number:>5}  {done.seconds:>10.2f} s  {received:>8}  {counted:>9}  {sent:>6}"
        f"{'' if done.holds else '  VIOLATED ' + str(done)}"
    )
    return done


if __name__ == "__main__":
    typer.run(main)
