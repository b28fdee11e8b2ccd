"""Packets on a cable, as far as a test of what leaves a machine needs to read them."""

import struct
from dataclasses import dataclass
from ipaddress import ip_address

OUTGOING = 4
"""`sll_pkttype` of a packet that this side sent (packet(7))."""
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
TCP, UDP, ICMP_V6 = 6, 17, 58
HOP_BY_HOP = 0
SYN_ALONE = 0x02
_UPKEEP = frozenset({130, 131, 132, 133, 134, 135, 136, 143})
"""ICMPv6: groups (RFC 2710, RFC 3810), routers and neighbours (RFC 4861)."""


@dataclass(frozen=True)
class Packet:
    """Where a packet goes. `kind` is tcp, udp, arp or the numbers of what else it is."""

    kind: str
    to: str = ""
    port: int = 0
    opens: bool = False
    is_upkeep: bool = False


def read_packet(frame: bytes) -> Packet:
    """What an Ethernet frame holds."""
    (kind,) = struct.unpack_from("!H", frame, 12)
    content = frame[14:]
    if kind == IPV4:
        return _of(content[9], str(ip_address(content[16:20])), content[(content[0] & 0xF) * 4 :])
    if kind == IPV6:
        return _ipv6(content)
    return Packet("arp" if kind == ARP else f"ethernet {kind:#06x}")


def _ipv6(content: bytes) -> Packet:
    protocol, payload = content[6], content[40:]
    if protocol == HOP_BY_HOP:
        protocol, payload = payload[0], payload[(payload[1] + 1) * 8 :]
    return _of(protocol, str(ip_address(content[24:40])), payload)


def _of(protocol: int, to: str, payload: bytes) -> Packet:
    if protocol == ICMP_V6:
        return Packet("icmpv6", to, is_upkeep=payload[0] in _UPKEEP)
    if protocol not in (TCP, UDP):
        return Packet(f"protocol {protocol}", to)
    (port,) = struct.unpack_from("!H", payload, 2)
    if protocol == UDP:
        return Packet("udp", to, port)
    return Packet("tcp", to, port, opens=payload[13] & 0x3F == SYN_ALONE)
