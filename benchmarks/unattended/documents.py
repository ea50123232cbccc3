"""What is no page of the site's theme: feed, sitemap, REST, and pages that stand in the place of its own."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape

from benchmarks.generated_sites.site import Site as Words
from benchmarks.unattended.stories import Story

MOST_POSTS = 100  # WordPress's limit of per_page
Entry = tuple[str, str, datetime, str]  # address, title, date, lead


def feed(words: Words, home: str, rows: Iterable[Entry]) -> str:
    """RSS 2.0 with excerpts."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{day:%a, %d %b %Y %H:%M:%S} +0000</pubDate><description>{escape(lead[:150])}</description></item>"
        for url, title, day, lead in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(words.name)}</title><link>{home}/</link><description/>"
        f"<language>{words.code}</language>{items}</channel></rss>"
    )


def lies(
    how: str, rows: list[Entry], *, home: str, foreign: str, now: datetime, removed: Sequence[Story]
) -> list[Entry]:
    """The rows of a feed that lies: about dates (all new, or from 1970), foreign or deleted entries, or their order."""
    rng = random.Random(f"{home} {now:%Y-%m-%d %H}")
    if how == "dates":
        wrong = [now, now - timedelta(minutes=5), now + timedelta(days=300), datetime(1970, 1, 1, tzinfo=now.tzinfo)]
        return [(url, title, rng.choice(wrong), lead) for url, title, _, lead in rows]
    if how == "foreign":
        others = [(f"{foreign}/2026/03/nota-{4190 + 3 * n}/", f"{n} {rows[0][1]}", now, "") for n in range(3)]
        return [*others, *rows]
    if how == "deleted":
        dead = [(home + s.path, s.title, s.published, "") for s in removed]
        never = [(f"{home}/2026/03/nota-{9000 + rng.randrange(900)}/", rows[0][1], now, "") for _ in range(2)]
        return [*never, *dead, *rows]
    if how == "order":
        return rng.sample(rows, len(rows))
    raise ValueError(f"no lie of a feed: {how!r}; known: dates, foreign, deleted, order")


def sitemap(rows: Iterable[tuple[str, datetime]]) -> str:
    """A sitemap with dates of change."""
    urls = "".join(f"<url><loc>{url}</loc><lastmod>{day.isoformat()}</lastmod></url>" for url, day in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    )


def rest_root(words: Words, home: str) -> str:
    """`/wp-json/` of a WordPress: its routes, as far as a reader needs them."""
    routes = {f"/wp/v2{route}": {"namespace": "wp/v2", "methods": ["GET"]} for route in ("", "/posts", "/pages")}
    told = {"name": words.name, "url": home, "home": home, "timezone_string": "UTC", "namespaces": ["wp/v2"]}
    return json.dumps({**told, "routes": routes}, ensure_ascii=False)


def rest_posts(stories: Sequence[Story], query: Mapping[str, str], home: str, now: datetime) -> tuple[int, str, int]:
    """Status, body and number of all posts of `/wp-json/wp/v2/posts`, newest first, with WordPress's filters."""
    chosen = list(stories)
    for key, sign in (("after", 1), ("before", -1)):
        if key in query:
            bound = _instant(query[key])
            chosen = [s for s in chosen if (s.published > bound if sign > 0 else s.published < bound)]
    if "modified_after" in query:
        chosen = [s for s in chosen if s.modified(now) > _instant(query["modified_after"])]
    if query.get("orderby") == "modified":
        chosen.sort(key=lambda s: s.modified(now), reverse=True)
    if query.get("order") == "asc":
        chosen.reverse()
    size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
    if size > MOST_POSTS or (page > 1 and (page - 1) * size >= len(chosen)):
        return 400, json.dumps({"code": "rest_post_invalid_page_number", "data": {"status": 400}}), 0
    shown = chosen[(page - 1) * size : page * size]
    return 200, json.dumps([_post(s, home, now) for s in shown], ensure_ascii=False), len(chosen)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _post(story: Story, home: str, now: datetime) -> dict[str, object]:
    version, changed = story.at(now), story.modified(now)
    return {
        "id": 4100 + 3 * story.number,
        "date": f"{story.published:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{story.published:%Y-%m-%dT%H:%M:%S}",
        "modified": f"{changed:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}",
        "slug": story.path.strip("/").rpartition("/")[2],
        "status": "publish",
        "type": "post",
        "link": home + story.path,
        "title": {"rendered": escape(story.title)},
        "content": {"rendered": "".join(f"<p>{escape(line)}</p>" for line in version.lines), "protected": False},
        "excerpt": {"rendered": f"<p>{escape(version.lines[0][:150])}</p>", "protected": False},
    }


def parked(host: str) -> str:
    """What a registrar shows for any address of a domain that has expired."""
    topics = "".join(f'<li><a href="/lander?topic={n}">{name}</a></li>' for n, name in enumerate(_TOPICS))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{host} - domain for sale</title></head><body>"
        f"<h1>{host}</h1><p>This domain has expired and is for sale. Buy this domain.</p>"
        f"<h2>Related searches</h2><ul>{topics}</ul><p>This page is parked for free. Privacy policy</p></body></html>"
    )


def consent(words: Words) -> str:
    """A wall that wants an answer before anything is shown; its title is the site's."""
    return (
        f"<!DOCTYPE html><html lang='{words.code}'><head><title>{escape(words.name)}</title></head><body>"
        "<div id='cmp-wall' class='consent-wall' role='dialog'><h1>Before you continue</h1>"
        "<p>We and our partners use cookies to store and access information on a device.</p>"
        "<form method='post' action='/consent'><button>Accept all</button> <button>Reject all</button></form>"
        "</div></body></html>"
    )


_TOPICS = ("Web Hosting", "Online Courses", "Car Insurance", "Travel Deals", "Cheap Flights", "Local News")
