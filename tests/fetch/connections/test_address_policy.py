import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.errors import UsageError
from mapexpress.fetch.connections.address_policy import AddressPolicy, is_public, literal

CLOSED = AddressPolicy()

INWARD = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.0.0.1/",
    "http://172.16.5.4/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


@pytest.mark.parametrize("url", INWARD)
def test_inward_addresses_are_refused_in_every_spelling(url: str) -> None:
    assert CLOSED.refusal(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "data:text/html,x",
        "gopher://news.example/",
        "javascript:alert(1)",
        "http://",
        "http://news.example:22/",
        "http://news.example:99999/",
        "http://user:secret@news.example/",
        "http://[::1/",
    ],
)
def test_other_schemes_ports_and_broken_addresses_are_refused(url: str) -> None:
    assert CLOSED.refusal(url)


@pytest.mark.parametrize(
    "url", ["https://news.example/", "http://news.example:8080/a", "http://8.8.8.8/", "http://[2001:4860:4860::8888]/"]
)
def test_public_addresses_pass(url: str) -> None:
    assert CLOSED.refusal(url) is None


def test_an_opened_host_is_open_in_every_spelling_on_its_port_only() -> None:
    policy = AddressPolicy.parse("127.0.0.1:8000,[::1]:9000, intern.example")
    assert policy.refusal("http://127.0.0.1:8000/") is None
    assert policy.refusal("http://0x7f.1:8000/") is None
    assert policy.refusal("http://[::1]:9000/") is None
    assert policy.refusal("http://intern.example:12345/") is None
    assert policy.refusal("http://127.0.0.1:8001/")
    assert policy.refusal("http://127.0.0.2:8000/")
    assert policy.refusal("file:///etc/passwd")


@pytest.mark.parametrize("text", ["http://news.example/", "host:port", "a:70000", "user@host"])
def test_a_bad_list_of_hosts_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        AddressPolicy.parse(text)


def test_a_name_that_resolves_inward_is_refused_unless_opened() -> None:
    policy = AddressPolicy.parse("intern.example:80")
    assert policy.refuses_address("news.example", 80, "10.0.0.1")
    assert not policy.refuses_address("intern.example", 80, "10.0.0.1")
    assert policy.refuses_address("intern.example", 443, "10.0.0.1")
    assert not policy.refuses_address("news.example", 80, "1.1.1.1")


@settings(max_examples=50)
@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_read_as_it(ip: ipaddress.IPv4Address) -> None:
    number = int(ip)
    a, b, c, d = ip.packed
    for spelling in (
        str(ip),
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{b}.{c * 256 + d}",
        f"0x{a:x}.{b}.{c}.{d}",
    ):
        assert literal(spelling) == ip
    assert is_public(f"::ffff:{ip}") == is_public(str(ip))


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    CLOSED.refusal(text)
    CLOSED.refusal(f"http://{text}/")
