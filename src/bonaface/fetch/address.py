"""Which network addresses a download may connect to.

The rule is a closed one: an IPv6 address is public only inside 2000::/3, and no address is public inside a
block that the IANA special-purpose registries set apart, reachable or not (RFC 6890). Our lists are used
rather than `ipaddress.is_global`, whose answer changes with the Python release and says "global" to NAT64
and to multicast.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The only part of IPv6 that is handed out for public use (RFC 4291, IANA)."""

NAT64 = IPv6Network("64:ff9b::/96")
"""The well-known translation prefix; the last 32 bits are the IPv4 destination (RFC 6052)."""

SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, RFC 791
            "10.0.0.0/8",  # private, RFC 1918
            "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
            "127.0.0.0/8",  # loopback, RFC 1122
            "168.63.129.16/32",  # Azure's host service, reachable from inside every machine there
            "169.254.0.0/16",  # link-local, RFC 3927; cloud metadata
            "172.16.0.0/12",  # private, RFC 1918
            "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112, RFC 7535
            "192.52.193.0/24",  # AMT relays, RFC 7450
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
            "192.168.0.0/16",  # private, RFC 1918
            "192.175.48.0/24",  # AS112, RFC 7534
            "198.18.0.0/15",  # benchmarking, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast, RFC 5771
            "240.0.0.0/4",  # reserved and broadcast, RFC 1112 and RFC 919
        ),
    )
)
SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF assignments, RFC 2928: Teredo, benchmarking, ORCHID, drone tags, AMT
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4, RFC 3056
            "2620:4f:8000::/48",  # AS112, RFC 7534
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)
"""Inside 2000::/3; everything outside it is refused already."""

SEALED = tuple(
    map(
        IPv6Network,
        (
            "::ffff:0:0/96",  # IPv4-mapped, RFC 4291
            "::/96",  # IPv4-compatible, RFC 4291
            "64:ff9b:1::/48",  # local translation, RFC 8215: where the IPv4 address sits is the site's choice
            "2001::/32",  # Teredo, RFC 4380
            "2002::/16",  # 6to4, RFC 3056
        ),
    )
)
"""IPv6 spellings of IPv4 destinations that no setting opens: name the IPv4 network instead."""

METADATA: frozenset[Address] = frozenset(
    (
        IPv4Address("169.254.169.254"),  # AWS, Azure, Google, OpenStack and others
        IPv4Address("169.254.170.2"),  # AWS container credentials
        IPv4Address("169.254.170.23"),  # AWS pod identity
        IPv4Address("100.100.100.200"),  # Alibaba
        IPv4Address("168.63.129.16"),  # Azure
        IPv4Address("192.0.0.192"),  # Oracle
        IPv6Address("fd00:ec2::254"),  # AWS
        IPv6Address("fd00:ec2::23"),  # AWS pod identity
        IPv6Address("fd20:ce::254"),  # Google
        IPv6Address("fe80::a9fe:a9fe"),  # OpenStack
    )
)
"""Services that hand out a machine's credentials. A wider allowed network does not open them."""

_LOOPBACK_V6 = IPv6Address("::1")


def is_public(address: Address) -> bool:
    """Whether anyone on the internet may own `address`.

    False for every special-purpose block and for every IPv6 form that carries an IPv4 address inside
    (mapped, compatible, 6to4, Teredo, NAT64), whatever that IPv4 address is; false with a zone id.
    """
    if isinstance(address, IPv4Address):
        return not _within(address, SPECIAL_V4)
    if address.scope_id is not None:
        return False
    return address in GLOBAL_UNICAST and not _within(address, SPECIAL_V6)


def may_connect(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a download may connect to `address`: it is public, or one of the `allowed` networks holds it.

    - A metadata service is opened only by a network of that one address.
    - A NAT64 address needs an allowed network, and its IPv4 destination must pass on its own.
    - The other IPv6 forms of IPv4 addresses, and addresses with a zone id, are never opened.
    """
    if is_public(address):
        return True
    allowed = tuple(allowed)
    if _is_sealed(address) or not _within(address, allowed):
        return False
    if address in METADATA:
        return any(network.num_addresses == 1 and address in network for network in allowed)
    return address not in NAT64 or may_connect(_translated(address), allowed)


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _is_sealed(address: Address) -> bool:
    if isinstance(address, IPv4Address) or address == _LOOPBACK_V6:
        return False
    return address.scope_id is not None or _within(address, SEALED)


def _translated(address: Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)
