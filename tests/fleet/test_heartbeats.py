"""Who is alive, whose a site is, and which sites stand on one server."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Event

from hypothesis import given
from hypothesis import strategies as st

from mapexpress.fleet.heartbeats import alive, beat_heart, heartbeats, host_of
from mapexpress.fleet.servers import ServerNames, read_servers, server_of
from mapexpress.sites import SiteConfig

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOSTS = st.sets(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=6)


def test_a_host_is_alive_until_its_heartbeat_is_old(store):
    beat_heart(store, "a", NOW - timedelta(seconds=299), 7)
    beat_heart(store, "b", NOW - timedelta(seconds=301), 0)
    store.put("hosts/broken.json", b"{")
    assert alive(store, NOW, 300) == {"a"}
    assert [(beat.host, beat.sites) for beat in heartbeats(store)] == [("a", 7), ("b", 0)]


@given(HOSTS, st.text(max_size=8))
def test_a_site_stays_where_it_is_when_another_host_goes(hosts, key):
    owner = host_of(key, hosts)
    for gone in hosts - {owner}:
        assert host_of(key, hosts - {gone}) == owner


def test_hosts_get_equal_shares():
    shares = Counter(host_of(f"site{n}", ["a", "b", "c", "d"]) for n in range(4000))
    assert all(900 < share < 1100 for share in shares.values())
    assert host_of("site", []) is None


def site(host: str) -> SiteConfig:
    return SiteConfig.for_url(f"https://{host}/")


def test_sites_of_one_address_are_on_one_server():
    addresses = {"one.example": ["192.0.2.9", "192.0.2.10", "2001:db8::1"], "two.example": ["192.0.2.9"]}
    servers = {server_of(site(host), addresses.__getitem__) for host in addresses}
    assert servers == {"192.0.2.9"}


def test_sites_behind_a_content_delivery_network_are_not():
    for address in ("104.16.1.1", "151.101.1.1", "192.0.78.24", "2606:4700::1"):
        assert server_of(site("news.example"), lambda _, address=address: [address]) == "news.example"
    assert server_of(site("news.example"), lambda _: []) == "news.example"


def test_the_fleet_has_one_view_of_servers(store):
    sites = {host: site(host) for host in ("one.example", "two.example")}
    asked = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"] if host == "one.example" else []

    names = ServerNames(store, resolve)
    names.refresh(sites, NOW, patience=60)
    names.refresh(sites, NOW + timedelta(hours=1), patience=60)
    assert sorted(asked) == ["one.example", "two.example"]
    assert {key: server for key, (server, _) in read_servers(store).items()} == {
        "one.example": "192.0.2.1",
        "two.example": "two.example",
    }
    # a name server that is away for a day moves no site
    ServerNames(store, lambda _: []).refresh(sites, NOW + timedelta(days=2), patience=60)
    assert read_servers(store)["one.example"][0] == "192.0.2.1"
    store.put("servers.json", b"broken")
    assert read_servers(store) == {}


def test_names_that_take_long_keep_nobody_waiting(store):
    answered = Event()

    def resolve(host: str) -> list[str]:
        if host == "slow.example":
            answered.wait()
        return ["192.0.2.1"]

    sites = {host: site(host) for host in ("slow.example", "fast.example")}
    names = ServerNames(store, resolve)
    names.refresh({"fast.example": sites["fast.example"]}, NOW, patience=60)
    assert names.refresh(sites, NOW, patience=0).keys() == {"fast.example"}
    answered.set()
    assert names.refresh(sites, NOW, patience=60).keys() == sites.keys()
    assert read_servers(store)["slow.example"][0] == "192.0.2.1"
    answered.clear()
    kept = names.refresh(sites, NOW + timedelta(days=2), patience=0)
    assert kept["slow.example"] == ("192.0.2.1", NOW.isoformat())  # the answer of before, until there is another
    answered.set()
    names.close()
