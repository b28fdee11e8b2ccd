"""What we fetch, another guard permits too; and how many cases the tables of URLs hold."""

import pytest

from bonaface.fetch.address import may_connect
from bonaface.fetch.policy import check_url
from support.network.names import ScriptedResolver
from support.security.disguised_urls import ADDRESS as DISGUISED_ADDRESS
from support.security.disguised_urls import FORM as DISGUISED_FORM
from support.security.hostile_urls import ADDRESS, FORM, NAMES
from support.security.oracle import permits

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


@pytest.mark.anyio
@pytest.mark.parametrize("url", FETCHED)
async def test_a_url_that_we_fetch_is_permitted_by_the_oracle_or_listed(url: str) -> None:
    host = check_url(url, 2048).host
    addresses = await ScriptedResolver({host: host, **FETCHED_NAMES}).resolve(host)
    assert addresses
    assert all(map(may_connect, addresses))
    assert permits(url, FETCHED_NAMES) != (url in ORACLE_IS_STRICTER)


def test_each_listed_difference_is_fetched() -> None:
    assert {*FETCHED} >= ORACLE_IS_STRICTER.keys()


def test_the_tables_hold_two_hundred_cases_and_more_and_none_twice() -> None:
    cases = [*FORM, *DISGUISED_FORM, *ADDRESS, *DISGUISED_ADDRESS]
    assert len(cases) == len({*cases}) >= 200
