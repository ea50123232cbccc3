"""Systems of one house: news by number, and pages written by hand."""

from __future__ import annotations

from html import escape

from benchmarks.site_kinds.site import (
    Answer,
    Site,
    chunks,
    in_section,
    page,
    paragraphs,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


def numbers(origin: str, lang: str) -> Site:
    """A house system: `/news.php?id=N`, `?page=N` for ever, sessions in every link, a calendar without end, soft 404s.

    Every article names the home page as its canonical; pages behind the last show the last again; deleted articles
    are still listed and answer 200 with an error's text.
    """
    stories = write_stories(lang, seed="numbers")
    site = Site(kind="numbers", lang=lang, origin=origin, stories=stories, front=stories[:6], missing_status=200)
    words = site.words
    session = "sid=9f86d081884c7d659a2feaa0c55ad015"

    def url(story: Story) -> str:
        return f"{origin}/news.php?id={story.id}"

    def frame(title: str, body: str) -> str:
        items = "".join(
            f'<td><a href="/rubrique.php?id={n + 1}&amp;{session}">{words["sections"][s]}</a></td>'
            for n, s in enumerate(SECTIONS)
        )
        days = "".join(f'<td><a href="/archive.php?date=2026-06-{d:02}">{d}</a></td>' for d in range(1, 13))
        return page(
            site,
            title=f"{words['site']} : {title}",
            head=f'<link rel="canonical" href="{origin}/">',
            body=f'''<table width="980" align="center"><tr><td colspan="3"><a href="/index.php?{session}"><img src="/logo.gif" alt="{words["site"]}"></a></td></tr><tr class="menu"><td><a href="/">{words["home"]}</a></td>{items}<td><a href="/contact.php">{words["about"]}</a></td></tr>
<tr><td valign="top">{body}</td><td valign="top" class="colonne"><table class="calendrier"><tr><th><a href="/archive.php?date=2026-05-31">&lt;&lt;</a></th></tr><tr>{days}</tr></table><form action="/search.php"><input name="q"></form></td></tr><tr><td class="pied">{words["rights"]}</td></tr></table>''',
        )

    def row(story: Story) -> str:
        return f'<div class="item"><a class="titre" href="/news.php?id={story.id}&amp;{session}">{escape(story.title)}</a><br><span class="date">{story.day}</span><br>{escape(story.lead)} <a href="/news.php?id={story.id}&amp;{session}">[+]</a></div>'

    gone = {0: 91007, 1: 91014}

    def put_list(base: str, title: str, listed: list[Story]) -> None:
        parts = chunks(listed, 6)
        sign = "&" if "?" in base else "?"

        def shown(number: int) -> str:
            part = parts[min(number, len(parts)) - 1]
            dead = f'<div class="item"><a class="titre" href="/news.php?id={gone[number % 2]}&amp;{session}">{escape(words["places"][number % 9])}: {words["acts"][0]}</a></div>'
            # the pager never ends: it always offers the number after this one
            links = "".join(
                f'<a href="{escape(f"{base}{sign}page={n}&{session}")}">{n}</a> '
                for n in range(max(1, number - 2), number + 3)
            )
            following = f'<a href="{escape(f"{base}{sign}page={number + 1}&{session}")}">{words["next"]} &gt;&gt;</a>'
            return frame(
                title, f'<h1>{title}</h1>{"".join(map(row, part))}{dead}<div class="pages">{links}{following}</div>'
            )

        for number in range(1, 40):
            where = base if number == 1 else f"{base}{sign}page={number}"
            # one page behind the last is what it takes to see that it repeats
            site.put(where, shown(number), "listing" if number <= len(parts) + 1 else "waste")
            if number == 1:
                site.put(f"{base}{sign}page=1", shown(1), "waste")

    put_list("/", words["latest"], list(stories))
    put_list("/index.php", words["latest"], list(stories))
    for n, section in enumerate(SECTIONS):
        put_list(f"/rubrique.php?id={n + 1}", words["sections"][section], in_section(stories, section))
    for story in stories:
        site.addresses[url(story)] = story
        near = "".join(
            f"<li><a href='/news.php?id={s.id}&amp;{session}'>{escape(s.title)}</a></li>"
            for s in stories[story.number + 1 : story.number + 4]
        )
        body = f"""<h1 class="titre">{escape(story.title)}</h1><div class="infos">{story.day} | {words["by"]} {story.author} | <a href="/print.php?id={story.id}">{words["print"]}</a> | <a href="/news.php?id={story.id}&amp;print=1">{words["print"]}</a></div><div class="corps">{paragraphs(story.paragraphs)}</div><div class="voir"><b>{words["related"]}</b><ul>{near}</ul></div>"""
        site.put(f"/news.php?id={story.id}", frame(story.title, body), "article")
        printed = page(site, title=story.title, body=f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}")
        site.put(f"/print.php?id={story.id}", printed, "waste")
        site.put(f"/news.php?id={story.id}&print=1", printed, "waste")
    site.rule(
        r"/archive\.php",
        lambda _m, q: Answer(
            body=frame(
                "archive", f'<a href="/archive.php?date=2026-0{len(q)}-01&amp;k={len(q)}">&lt;&lt;</a>'
            ).encode(),
            headers={"Content-Type": "text/html"},
        ),
    )
    site.put(
        "/contact.php", frame(words["about"], f"<h1>{words['about']}</h1>{paragraphs([words['about_text']])}"), "waste"
    )
    site.put_robots("User-agent: *\nDisallow: /search.php\n")
    site.full_ways = ("listing",)
    return site


def handmade(origin: str, lang: str) -> Site:
    """Pages made by hand in tables: no date but a visible one, `article12.htm`, `index.htm`, pages `-2.htm`, `print/`.

    No feed, no sitemap, no robots.txt, no canonical; the archives are a chain of files.
    """
    stories = write_stories(lang, seed="handmade")
    site = Site(kind="handmade", lang=lang, origin=origin, stories=stories, front=stories[:6])
    site.encoding = {"fr": "iso-8859-1", "ar": "windows-1256", "en": "us-ascii"}[lang]
    words = site.words

    def name(story: Story) -> str:
        return f"article{story.id % 1000}"

    def frame(title: str, body: str) -> str:
        items = " | ".join(f'<a href="/{s}.htm">{words["sections"][s]}</a>' for s in SECTIONS)
        return page(
            site,
            title=f"{words['site']} - {title}",
            body=f"""<center><font size="6"><a href="/index.htm">{words["site"]}</a></font><p>{items} | <a href="/archives.htm">{words["archives"]}</a> | <a href="/contact.htm">{words["about"]}</a></p></center><hr>
<table border="0" width="100%"><tr><td>{body}</td></tr></table><hr><center><font size="1">{words["rights"]}</font></center>""",
        )

    def rows(listed: list[Story]) -> str:
        return "".join(
            f'<p><b><a href="/{name(s)}.htm">{escape(s.title)}</a></b> ({s.day})<br>{escape(s.lead)} <a href="/{name(s)}.htm">{words["more"]}</a></p>'
            for s in listed
        )

    site.put("/", frame(words["latest"], rows(list(stories[:6]))), "listing")
    site.put("/index.htm", frame(words["latest"], rows(list(stories[:6]))), "waste")
    for section in SECTIONS:
        site.put(
            f"/{section}.htm",
            frame(
                words["sections"][section],
                f"<h2>{words['sections'][section]}</h2>" + rows(in_section(stories, section)[:5]),
            ),
            "listing",
        )
    parts = chunks(stories, 9)
    for number, part in enumerate(parts, 1):
        following = (
            f'<p align="right"><a href="/archives{number + 1}.htm">{words["older"]}</a></p>'
            if number < len(parts)
            else ""
        )
        listed = "".join(f'<li><a href="/{name(s)}.htm">{escape(s.title)}</a> ({s.day})</li>' for s in part)
        site.put(
            f"/archives{number if number > 1 else ''}.htm",
            frame(words["archives"], f"<h2>{words['archives']}</h2><ul>{listed}</ul>{following}"),
            "listing",
        )
    for story in stories:
        site.addresses[f"{origin}/{name(story)}.htm"] = story
        for number, part in enumerate(story.parts, 1):
            links = ""
            if len(story.parts) > 1:
                links = (
                    "<p>Page "
                    + " ".join(
                        f"<b>{n}</b>"
                        if n == number
                        else f'<a href="/{name(story)}{f"-{n}" if n > 1 else ""}.htm">{n}</a>'
                        for n in range(1, len(story.parts) + 1)
                    )
                    + "</p>"
                )
            body = f'<h1>{escape(story.title)}</h1><p><i>{words["by"]} {story.author}, {story.day}</i></p>{paragraphs(part)}{links}<p><a href="/print/{name(story)}.htm">{words["print"]}</a> - <a href="javascript:history.back()">&lt;&lt;</a></p>'
            site.put(f"/{name(story)}{f'-{number}' if number > 1 else ''}.htm", frame(story.title, body), "article")
        site.put(
            f"/print/{name(story)}.htm",
            page(site, title=story.title, body=f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}"),
            "waste",
        )
    site.put(
        "/contact.htm", frame(words["about"], f"<h2>{words['about']}</h2>{paragraphs([words['about_text']])}"), "waste"
    )
    site.full_ways = ("listing",)
    return site
