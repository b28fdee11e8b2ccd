"""A name server that speaks DNS over UDP, whose answers the test decides."""

import asyncio
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import cast

A, AAAA = 1, 28
TYPES = {A: "A", AAAA: "AAAA"}
_NO_SUCH_NAME = 3
_ANSWER = 0x8180
_POINTER_TO_QUESTION = 0xC00C


class NameServer(asyncio.DatagramProtocol):
    """Answers each name with its answers in turn, the last one for ever; other names do not exist.

    An answer is a string of addresses with blanks between them; A and AAAA have turns of their own. The time
    to live is 0. `asked` lists what was asked for: name and type.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self.asked: list[tuple[str, str]] = []
        self._names = names
        self._turns: dict[tuple[str, int], int] = defaultdict(int)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, end = _name(data)
        (kind,) = struct.unpack_from("!H", data, end)
        self.asked.append((name, TYPES.get(kind, str(kind))))
        self._transport.sendto(self._reply(data[:2], data[12 : end + 4], name, kind), addr)

    def _reply(self, number: bytes, question: bytes, name: str, kind: int) -> bytes:
        records = [_record(kind, packed) for packed in self._addresses(name, kind)]
        flags = _ANSWER if name in self._names else _ANSWER | _NO_SUCH_NAME
        return number + struct.pack("!5H", flags, 1, len(records), 0, 0) + question + b"".join(records)

    def _addresses(self, name: str, kind: int) -> list[bytes]:
        answers = self._names.get(name, [""])
        turn = min(self._turns[name, kind], len(answers) - 1)
        self._turns[name, kind] += 1
        length = {A: 4, AAAA: 16}.get(kind)
        packed = [ip_address(text).packed for text in answers[turn].split()]
        return [address for address in packed if len(address) == length]


@asynccontextmanager
async def name_server(address: str, names: Mapping[str, Sequence[str]]) -> AsyncIterator[NameServer]:
    """Answers at port 53 of `address` while the block runs."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(names), (address, 53))
    try:
        yield server
    finally:
        transport.close()


def _name(data: bytes) -> tuple[str, int]:
    """The name of the first question, and where it ends."""
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("ascii").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _record(kind: int, packed: bytes) -> bytes:
    return struct.pack("!HHHIH", _POINTER_TO_QUESTION, kind, 1, 0, len(packed)) + packed
