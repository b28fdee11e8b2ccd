"""Which addresses are public: our own tables say so, and an oracle confirms what we call public."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ssrfguard import DEFAULT_DENIED

from bonaface.fetch.address import (
    METADATA,
    NAT64,
    SEALED,
    SPECIAL_V4,
    SPECIAL_V6,
    Address,
    is_public,
    may_connect,
)


def _words(text: str) -> list[str]:
    return text.split()


PUBLIC = _words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0
192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 203.0.112.255 203.0.114.0 223.255.255.255
2001:200:: 2001:4860:4860::8888 2400:cb00::1 2606:4700:4700::1111 2a00:1450:4001::200e 2620:4f:7fff::
3fff:1000::
""")

REFUSED = _words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8
192.0.0.9
192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.254 255.255.255.255
:: ::1 ::2 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b::808:808 64:ff9b:1::7f00:1 64:ff9b:1:7f00:0:100:: 100::1 100:0:0:1::1 200::1 400::1
2001::1 2001:0:7f00:1::1 2001:0:808:808::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1
2001:30::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 2620:4f:8000::1
3fff::1
3fff:fff:ffff::1 4000::1 5f00::1 8000::1 fc00::1 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fdff::1 fe80::1
fe80::a9fe:a9fe fe80::1%eth0 2606:4700:4700::1111%1 fec0::1 ff02::1 ff0e::1
""")


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_that_anyone_may_own_are_public(text: str) -> None:
    assert is_public(ip_address(text))
    assert may_connect(ip_address(text))


@pytest.mark.parametrize("text", REFUSED)
def test_special_addresses_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not may_connect(ip_address(text))


OURS: list[IPv4Network | IPv6Network] = [*SPECIAL_V4, *SPECIAL_V6, *SEALED, NAT64]
EDGES = [network[at] for network in OURS for at in (0, -1)]
EDGES += [block.network[at] for block in DEFAULT_DENIED.blocks for at in (0, -1)]


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    """Any address, more often one at or beside the edge of a block."""
    if draw(st.booleans()):
        return draw(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
    edge = draw(st.sampled_from(EDGES))
    moved = int(edge) + draw(st.integers(-2, 2))
    return type(edge)(moved % (1 << edge.max_prefixlen))


@given(addresses())
def test_what_we_call_public_the_oracle_and_python_call_public(address: Address) -> None:
    if is_public(address):
        assert not DEFAULT_DENIED.classify(address).blocked
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("127.0.0.1", "127.0.0.0/8"),
        ("::1", "::1/128"),
        ("fd12::7", "fd12::/16"),
        ("169.254.169.254", "169.254.169.254/32"),
        ("fd00:ec2::254", "fd00:ec2::254/128"),
        ("64:ff9b::808:808", "64:ff9b::/96"),
        ("64:ff9b::a00:5", "64:ff9b::/96 10.0.0.0/8"),
    ],
)
def test_allowed_networks_open_what_they_name(text: str, allowed: str) -> None:
    assert not may_connect(ip_address(text))
    assert may_connect(ip_address(text), [ip_network(part) for part in allowed.split()])


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("10.1.2.3", "10.2.0.0/16"),
        ("::1", "127.0.0.0/8"),
        ("169.254.169.254", "169.254.0.0/16"),
        ("169.254.169.254", "0.0.0.0/0"),
        ("100.100.100.200", "100.64.0.0/10"),
        ("fd00:ec2::254", "fc00::/7"),
        ("168.63.129.16", "168.63.129.0/24"),
        ("64:ff9b::a00:5", "64:ff9b::/96"),
        ("64:ff9b::a9fe:a9fe", "64:ff9b::/96 169.254.0.0/16"),
        ("::ffff:10.0.0.5", "10.0.0.0/8"),
        ("::ffff:10.0.0.5", "::ffff:0:0/96 10.0.0.0/8"),
        ("::a00:5", "::/0"),
        ("2002:a00:5::", "2002::/16 10.0.0.0/8"),
        ("2001:0:808:808::1", "2001::/32"),
        ("64:ff9b:1::a00:5", "64:ff9b:1::/48 10.0.0.0/8"),
        ("fe80::1%eth0", "fe80::/10"),
    ],
)
def test_allowed_networks_open_nothing_else(text: str, allowed: str) -> None:
    assert not may_connect(ip_address(text), [ip_network(part) for part in allowed.split()])


def test_no_metadata_service_is_public() -> None:
    everything = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
    assert not any(is_public(address) or may_connect(address, everything) for address in METADATA)


@given(st.ip_addresses(v=4))
def test_an_allowed_translation_prefix_is_as_strict_as_ipv4(inner: IPv4Address) -> None:
    outer = IPv6Address(int(NAT64.network_address) + int(inner))
    assert may_connect(outer, (NAT64,)) == is_public(inner)
