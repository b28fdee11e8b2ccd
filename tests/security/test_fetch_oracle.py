"""The URL tables against ssrfguard. Where it and we differ, a table says why."""

import pytest

from bonaface.fetch.address import may_connect
from bonaface.fetch.policy import check_url
from support.disguised_urls import ADDRESS as DISGUISED_ADDRESS
from support.disguised_urls import FORM as DISGUISED_FORM
from support.hostile_urls import ADDRESS, FORM, NAMES
from support.names import ScriptedResolver
from support.oracle import Opinion, opinion_on

REFUSED_BY_TEXT = [*FORM, *DISGUISED_FORM]
REFUSED_BY_ADDRESS = [*ADDRESS, *DISGUISED_ADDRESS]

ENDS_IN_A_NUMBER = "the last label is a number: the URL Standard reads an address, the oracle asks a resolver"
FOLDED = "not in IDNA 2008: the oracle leaves it to Python's older IDNA, which makes a name of it"
INSIDE = "the oracle looks only at the IPv4 address inside; we refuse the spelling"

WE_ARE_STRICTER = {
    "http://public.example/\ud800": "half a character cannot be sent",
    "http://public.example:/": "an empty port: parsers differ",
    "http://public.example:00080/": "leading zeros: parsers differ",
    "http://0x:{port}/": ENDS_IN_A_NUMBER,
    "http://0x7f000001.:{port}/": ENDS_IN_A_NUMBER,
    "http://public.example.0x7f000001:{port}/": ENDS_IN_A_NUMBER,
    "http://127.0.0.1.0x/": ENDS_IN_A_NUMBER,
    "http://127.0.0.-1/": "a label may not begin with a dash",
    "http://١٢٧.٠.٠.١:{port}/": FOLDED,
    "http://127\u0660.0.1:{port}/": FOLDED,
    "http://public\u2215.example/": FOLDED,
    "http://publi\u03f2.example/": FOLDED,
    "http://\u0301public.example/": FOLDED,
    "http://xn--0.0.0.1:{port}/": "ends in a number, and xn--0 is no encoded label",
    "http://[::ffff:93.184.216.34]/": INSIDE,
    "http://[64:ff9b::93.184.216.34]/": INSIDE,
    "http://[2002:5db8:d822::1]/": INSIDE,
    "http://[::ffff:0:127.0.0.1]:{port}/": "outside 2000::/3 nothing is handed out (SIIT, RFC 2765)",
    "http://[2001:20::1]/": "ORCHID: no host has such an address",
    "http://168.63.129.16/machine?comp=goalstate": "Azure's host service; the oracle takes it for public",
    "http://straße.example/": "ß is a letter of its own (IDNA 2008); the oracle asks for strasse.example",
}
"""URLs that the oracle lets through, or on to the resolver."""

FETCHED = [
    "http://public.example/",
    "http://public.example./a.png",
    "HTTPS://PUBLIC.example/a.png?x=1#y",
    "http://public.example:10000/",
    "http://public.example:12000/",
    "https://public.example:80/",
    "http://public.example/http://127.0.0.1/",
    "http://public.example/@127.0.0.1/",
    "http://public.example?@127.0.0.1/",
    "http://public.example#@127.0.0.1/",
    "http://public.example/%00%0d%0a",
    "http://public.example/사진.png",
    "http://pub_lic.example/",
    "http://xn--bcher-kva.example/",
    "http://Bücher.example/",
    "http://93.184.216.34/",
    "http://93.184.216.34./",
    "http://[2606:4700::1111]/",
]
FETCHED_NAMES = NAMES | {"pub_lic.example": "93.184.216.34", "xn--bcher-kva.example": "2606:4700::1111"}

ORACLE_IS_STRICTER = {
    "http://pub_lic.example/": "an underscore is no host name of RFC 952, but buckets are called so",
    "http://93.184.216.34./": "the dot of the root after an address: dropped by us, as in the URL Standard",
}


def _opinion(url: str) -> Opinion:
    return opinion_on(url.replace("{port}", "10080"), FETCHED_NAMES)


@pytest.mark.parametrize("url", REFUSED_BY_TEXT)
def test_a_url_that_we_refuse_by_its_text_is_refused_by_the_oracle_or_listed(url: str) -> None:
    assert (_opinion(url) is Opinion.REFUSED) != (url in WE_ARE_STRICTER)


@pytest.mark.parametrize("url", REFUSED_BY_ADDRESS)
def test_a_url_that_we_refuse_by_its_address_is_not_permitted_by_the_oracle_or_listed(url: str) -> None:
    assert (_opinion(url) is not Opinion.PERMITTED) != (url in WE_ARE_STRICTER)


@pytest.mark.anyio
@pytest.mark.parametrize("url", FETCHED)
async def test_a_url_that_we_fetch_is_permitted_by_the_oracle_or_listed(url: str) -> None:
    host = check_url(url, 2048).host
    addresses = await ScriptedResolver({host: host, **FETCHED_NAMES}).resolve(host)
    assert addresses
    assert all(map(may_connect, addresses))
    assert (_opinion(url) is Opinion.PERMITTED) != (url in ORACLE_IS_STRICTER)


def test_each_listed_difference_is_in_a_table() -> None:
    assert {*REFUSED_BY_TEXT, *REFUSED_BY_ADDRESS} >= WE_ARE_STRICTER.keys()
    assert {*FETCHED} >= ORACLE_IS_STRICTER.keys()


def test_the_tables_hold_two_hundred_cases_and_more_and_none_twice() -> None:
    cases = [*REFUSED_BY_TEXT, *REFUSED_BY_ADDRESS]
    assert len(cases) == len({*cases}) >= 200
