"""The tables of docs/capacity.md, each between two marks, and whether all that was promised held."""

from collections.abc import Mapping
from typing import Any

from benchmarks.scale import capacity

LINEAR, QUOTA_ERROR, DISABLED_SECONDS = 0.9, 0.02, 5.0
MACHINE = ("date", "cores", "processor", "load average before")

Row = tuple[str, str, str, bool]
"""What, what was promised, what was measured, whether it held."""


def filled(page: str, proof: Mapping[str, Any]) -> tuple[str, bool]:
    """The page with the figures of a proof, and whether all of it held. Raises ValueError without marks."""
    found = rows(proof)
    for name, text in (
        ("proof", proved(proof, found)),
        ("throughput", throughputs(proof)),
        ("steps", capacity.table(proof)),
        ("limits", capacity.limit_table(proof)),
    ):
        page = _between(page, name, text)
    return page, all(held for *_, held in found)


def _between(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name}: written by make prove-scale -->", f"<!-- end of {name} -->"
    before, mark, rest = page.partition(begin)
    _, closing, after = rest.partition(end)
    if not mark or not closing:
        raise ValueError(f"the page has no place for {name}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def proved(proof: Mapping[str, Any], found: list[Row]) -> str:
    """When and where, and a row for each promise."""
    date, cores, processor, load = (proof["machine"][name] for name in MACHINE)
    return "\n".join(
        (
            f"{date}, {cores} cores of {processor}; load average before: {load}.",
            "",
            "| what | promised | measured | held |",
            "|---|---|---|---|",
            *(
                f"| {what} | {promised} | {measured} | {'yes' if held else '**no**'} |"
                for what, promised, measured, held in found
            ),
        )
    )


def rows(proof: Mapping[str, Any]) -> list[Row]:
    """All that was promised."""
    return [
        _linear(proof),
        _killed(proof["killed"]),
        _restarted(proof["restarted"]),
        *_limits(proof["limits"]),
        *_failed_over(proof["failed_over"]),
    ]


def throughputs(proof: Mapping[str, Any]) -> str:
    """What so many replicas gave, what the simulation says, and what each part took for a verdict."""
    others = list(proof["throughput"][0]["other_costs"])
    head = [
        "replicas",
        "connections",
        "verdicts a second",
        "simulated",
        "median, ms",
        "replicas, ms",
        *(f"{name}, ms" for name in others),
    ]
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    for each, (_, simulated) in zip(proof["throughput"], capacity.simulated(proof), strict=True):
        cells = [
            str(each["replicas"]),
            str(each["connections"]),
            f"{each['per_second']:.2f}",
            f"{simulated:.2f}",
            f"{each['median_ms']:,.0f}",
            f"{each['replica_cost']:.1f}",
        ]
        cells += [f"{cost:.1f}" for cost in each["other_costs"].values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _linear(proof: Mapping[str, Any]) -> Row:
    one, *more = proof["throughput"]
    found = [each["per_second"] / (one["per_second"] * each["replicas"]) for each in more]
    told = " and ".join(f"{each:.2f}" for each in found)
    what = "throughput of 2 and 4 replicas over 2 and 4 times that of one"
    return (what, f"at least {LINEAR}", told, min(found) >= LINEAR)


def _killed(found: Mapping[str, int]) -> Row:
    beyond = found["counted"] - found["answered"]
    answers = (
        f"{found['answered']:,} answered, {found['counted']:,} counted, {found['unavailable']} times 503"
    )
    told = f"{found['kills']} kills: {answers}, {found['broken']} broken"
    return (
        "replicas killed under load",
        "no counted reply lost, none counted twice",
        told,
        found["broken"] == 0 and 0 <= beyond <= found["unavailable"],
    )


def _restarted(found: Mapping[str, int]) -> Row:
    told = f"{found['replaced']} replaced: {found['answered']:,} answered, {found['failed']} failed"
    return (
        "rolling restart under load",
        "no request fails",
        told,
        found["failed"] == 0 and found["counted"] == found["answered"],
    )


def _limits(found: Mapping[str, Any]) -> list[Row]:
    error = abs(found["served"] - found["quota"]) / found["quota"]
    quota = f"{found['served']:,} at {found['per_second']:.0f} a second, {found['counted']:,} counted"
    where = f"over {found['replicas']} replicas, clocks {found['minutes_apart']:g} minutes apart"
    return [
        (f"a month of {found['quota']:,}, {where}", f"within {QUOTA_ERROR:.0%}", quota, error <= QUOTA_ERROR),
        (
            "a rate of 1 a second with a burst of 120, the same",
            "120",
            f"{found['rate_admitted']} admitted",
            found["rate_admitted"] == found["rate_burst"],
        ),
        (
            "a key that is disabled, the same",
            f"refused by all within {DISABLED_SECONDS:g} s",
            f"{found['disabled_after']:.1f} s",
            found["disabled_after"] <= DISABLED_SECONDS,
        ),
        (
            "secrets that end, the same",
            "for all at once",
            "yes" if found["expired_together"] else "no",
            bool(found["expired_together"]),
        ),
    ]


def _failed_over(found: Mapping[str, Any]) -> list[Row]:
    back = ", ".join(f"{seconds:.1f} s ({kind})" for kind, seconds in found["back_after"].items())
    answers = f"{found['answered']:,} answered, {found['refused']:,} times 503, {found['lost']} lost"
    told = f"{answers}; back after the promotion in {back}"
    return [
        (
            "PostgreSQL fails over to a synchronous standby, two replicas with a journal and two without",
            "no counted reply lost",
            told,
            found["lost"] == 0,
        )
    ]
