"""A REST answer as a page and its metadata."""

import json

from mapexpress.record.rest_page import read_wp_post

POST = {
    "id": 412,
    "date": "2026-05-03T10:15:00",
    "date_gmt": "2026-05-03T09:15:00",
    "modified": "2026-05-04T08:00:00",
    "modified_gmt": "2026-05-04T07:00:00",
    "link": "https://lejour.example/conseil/",
    "title": {"rendered": "Le conseil &#8211; une s&eacute;ance"},
    "content": {"rendered": "<p>Le conseil s'est réuni jeudi.</p>"},
    "excerpt": {"rendered": "<p>Une séance.</p>"},
    "_embedded": {
        "author": [{"name": "Anne Lévy"}],
        "wp:term": [[{"taxonomy": "category", "name": "Politique"}, {"taxonomy": "post_tag", "name": "Eau"}]],
        "wp:featuredmedia": [{"source_url": "https://lejour.example/p.jpg"}],
    },
}


def test_a_post() -> None:
    found = read_wp_post(json.dumps(POST), url=None)
    assert found is not None
    page, metadata, number = found
    assert [b.text for b in page.blocks] == ["Le conseil – une séance", "Le conseil s'est réuni jeudi."]
    assert (metadata.title, metadata.authors, metadata.section, metadata.tags, number) == (
        "Le conseil – une séance",
        ("Anne Lévy",),
        "Politique",
        ("Eau",),
        "412",
    )
    # local time and GMT together tell the offset
    assert (metadata.date_published, metadata.date_precision) == ("2026-05-03T10:15:00+01:00", "instant")
    assert metadata.date_modified == "2026-05-04T08:00:00+01:00"


def test_local_time_alone_stays_local() -> None:
    found = read_wp_post(json.dumps({k: v for k, v in POST.items() if not k.endswith("_gmt")}), url=None)
    assert found is not None
    assert (found[1].date_published, found[1].date_precision) == ("2026-05-03T10:15:00", "local")


def test_what_is_no_post() -> None:
    for body in ("", "[]", "{}", '{"content": "text"}', "[" * 5000):
        assert read_wp_post(body, url=None) is None
