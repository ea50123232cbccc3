"""A page and a home of our own writing, and the places where a stranger may put a text without end."""

from __future__ import annotations

from html import escape

URL = "https://news.example/economy/the-harbour-opens-its-quays-again-20431/"

PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>The harbour opens its quays again</title>
<meta property="og:title" content="The harbour opens its quays again"><link rel="canonical" href="{URL}">
<meta property="article:published_time" content="2026-06-11T08:00:00+00:00">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "The harbour opens its quays again", "author": {{"@type": "Person", "name": "Amina Yusuf"}},
"datePublished": "2026-06-11T08:00:00+00:00"}}</script></head>
<body class="post"><nav><a href="/economy/">Economy</a></nav>
<main><article class="story"><h1>The harbour opens its quays again</h1>
<p class="byline">By Amina Yusuf</p><div class="entry-content">
<p>The harbour opened its quays again on Thursday, after nine weeks in which no boat had been able to land.</p>
<p>The cooperative had asked for the works since the winter, when two storms took away the outer wall.</p>
<p>Forty boats went out in the first night, and the auction hall sold what they brought before noon.</p>
<p>The council will decide in the autumn whether the second basin is deepened as well.</p>
</div></article></main><footer><p>News Example, all rights reserved.</p></footer></body></html>"""

_TEASERS = "".join(
    f'<article class="teaser"><h2><a href="/economy/story-number-{n}-of-the-harbour-{n}00431/">Story {n} of the '
    f"harbour and of those who work there</a></h2><p>What the boats brought on day {n}.</p></article>"
    for n in range(1, 13)
)
HOME = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>News Example</title>
<link rel="alternate" type="application/rss+xml" title="News" href="/feed/"></head><body>
<header><nav><a href="/economy/">Economy</a><a href="/culture/">Culture</a></nav></header><main>{_TEASERS}</main>
<footer><a href="/imprint/">Imprint</a></footer></body></html>"""

_END = "</div></article>"
# Where `{}` stands the text is put, escaped; what is before the arrow is what of the page is replaced
_IN_PAGE = {
    "paragraph": (_END, f"<p>{{}}</p>{_END}"),
    "paragraph inside prose": (_END, f"<p>The council met. {{}} It ended well.</p>{_END}"),
    "paragraph with a link": (_END, f'<p><a href="/x/">note</a>: {{}} x</p>{_END}'),
    "first paragraph": ('<div class="entry-content">', '<div class="entry-content"><p>{}</p>'),
    "paragraphs of 90": (_END, f"[]{_END}"),
    "paragraphs of 600": (_END, f"[600]{_END}"),
    "h1": ("<h1>", "<h1>{} "),
    "h2": (_END, f"<h2>{{}}</h2><p>The council met on Monday.</p>{_END}"),
    "title": ("<title>", "<title>{}"),
    "end of title": ("</title>", " - {}</title>"),
    "og:title": ('og:title" content="', 'og:title" content="{}'),
    "description": ("</head>", '<meta name="description" content="{}"></head>'),
    "meta author": ("</head>", '<meta name="author" content="{}"></head>'),
    "JSON-LD author": ('"Amina Yusuf"}', '"{}"}'),
    "JSON-LD headline": ('"headline": "', '"headline": "{}'),
    "JSON-LD fields": (
        '"@context"',
        '"keywords": "{}", "articleSection": "{}", "publisher": {"name": "{}"}, "image": "{}", "url": "{}", "@context"',
    ),
    "before JSON-LD": ('ld+json">', 'ld+json">{}'),
    "JSON-LD number": ('"@context"', '"position": {}, "@context"'),
    "byline": ("By Amina Yusuf", "By {}"),
    "whole byline": ("By Amina Yusuf", "{}"),
    "published_time": ('published_time" content="', 'published_time" content="{}'),
    "visible date": ("By Amina Yusuf", "By Amina Yusuf</p><p class='date'>{}"),
    "time": ("By Amina Yusuf", 'By Amina Yusuf</p><time datetime="{}">{}</time><p>'),
    "keywords": ("</head>", '<meta name="keywords" content="{}"><meta property="article:section" content="{}"></head>'),
    "canonical": ('canonical" href="', 'canonical" href="https://news.example/{}'),
    "absolute address of a link": (_END, f'<p>See <a href="https://news.example/{{}}">the other</a> story.</p>{_END}'),
    "address of a link": (_END, f'<p>See <a href="{{}}">the other</a> story.</p>{_END}'),
    "text of a link": (_END, f'<p>See <a href="/other/">{{}}</a> story.</p>{_END}'),
    "class of the article": ('class="story"', 'class="{}"'),
    "class and id": (_END, f'<p class="{{}}" id="{{}}">The council met on Monday to discuss it.</p>{_END}'),
    "style": (_END, f'<p style="{{}}">The council met on Monday to discuss it.</p>{_END}'),
    "picture": (
        _END,
        '<figure><img src="/{}" alt="{}" srcset="{} 100w" width="{}">'
        f"<figcaption>{{}}</figcaption></figure>{_END}",
    ),
    "lang": ('lang="en"', 'lang="{}"'),
    "list": (_END, f"<ul><li>{{}}</li><li>{{}}</li></ul>{_END}"),
    "table": (_END, f"<table><tr><td>{{}}</td><td>1</td></tr></table>{_END}"),
    "quotation": (_END, f"<blockquote>{{}}</blockquote>{_END}"),
    "pre": (_END, f"<pre>{{}}</pre>{_END}"),
    "lines": (_END, f"<p>{{}}<br>{{}}<br><br>{{}}</p>{_END}"),
    "script": ("</head>", "<script>{}</script></head>"),
    "comment": ("</head>", "<!-- {} --></head>"),
    "footer": ("<footer><p>", "<footer><p>{} "),
    "behind the article": ("</article>", "</article><div><p>{}</p></div>"),
    "before the article": ("<main>", "<main><div>{}</div>"),
    "menu": ("<nav>", '<nav><a href="/s/">{}</a>'),
    "site's name": (
        "</head>",
        '<meta property="og:site_name" content="{}"><meta name="generator" content="{}"></head>',
    ),
    "pager": ("</article>", f'</article><div class="page-links">1 <a href="{URL}{{}}">2</a></div>'),
    "charset": ('charset="utf-8"', 'charset="{}"'),
    "base": ("</head>", '<base href="{}"></head>'),
}
_IN_HOME = {
    "home: text of a link": ("<h2>", '<h2><a href="/a-new-story-of-the-day-123456/">{}</a>'),
    "home: address of a link": ("<h2>", '<h2><a href="/{}">A story of the day for you</a>'),
    "home: absolute address": ("<h2>", '<h2><a href="{}">A story of the day for you</a>'),
    "home: title": ("<title>", "<title>{}"),
    "home: feed": ('title="News" href="/feed/"', 'title="{}" href="/feed/{}"'),
    "home: edition": ("</head>", '<link rel="alternate" hreflang="{}" href="/{}"></head>'),
    "home: section": ("<main>", '<nav><a href="/section/{}">{}</a></nav><main>'),
    "home: class": ("<main>", '<main class="{}">'),
    "home: teaser": ("</article>", "<p>{}</p></article>"),
    "home: date": ("</article>", '<time datetime="{}">{}</time></article>'),
    "home: next page": ("<footer>", '<a class="next page-numbers" href="/page/{}">{}</a><footer>'),
    "home: pager": ("<footer>", '<div class="pagination"><a href="/?start={}">2</a></div><footer>'),
}
PAGE_PLACES, HOME_PLACES = tuple(_IN_PAGE), tuple(_IN_HOME)
# many elements, each short: what is done for each with each other is quadratic too
REPEATED = {
    "h1 elements": (_END, f"<h1>The harbour of {{n}}</h1>{_END}"),
    "og:title elements": ("</head>", '<meta property="og:title" content="The harbour of {n}"></head>'),
    "h1 and og:title elements": (
        "<main>",
        '<meta property="og:title" content="A quay of {n}"><h1>The wall {n}</h1><main>',
    ),
    "meta authors": ("</head>", '<meta name="author" content="Amina Yusuf {n}"></head>'),
    "meta dates": ("</head>", '<meta property="article:published_time" content="2026-06-{n}"></head>'),
    "time elements": ("<h1>", '<time datetime="2026-06-11T08:{n}">11 June 2026</time><h1>'),
    "links": (_END, f'<a href="{URL}{{n}}/">{{n}}</a> {_END}'),
    "pictures": (_END, f'<img src="/{{n}}.jpg">{_END}'),
    "bylines": (_END, f'<p class="byline">By Amina Yusuf {{n}}</p>{_END}'),
    "h2 elements": (_END, f"<h2>The wall {{n}}</h2>{_END}"),
    "JSON-LD nodes": (
        "</head>",
        '<script type="application/ld+json">{"@id": "#{n}", "@type": "WebPage"}</script></head>',
    ),
}


def filled(place: str, text: str) -> str:
    """The page, or the home, with a text in one place."""
    in_home = place in _IN_HOME
    old, new = (_IN_HOME if in_home else _IN_PAGE)[place]
    if "[" in new:  # a text in paragraphs
        length = 600 if "[600]" in new else 90
        paragraphs = (text[n : n + length] for n in range(0, len(text), length))
        new = new.replace("[600]" if "[600]" in new else "[]", "".join(f"<p>{escape(p)}</p>" for p in paragraphs))
    else:
        new = new.replace("{}", escape(text))
    return (HOME if in_home else PAGE).replace(old, new, 1)


def repeated(place: str, length: int) -> str:
    """The page with so many characters of one kind of element."""
    old, new = REPEATED[place]
    one = new.removesuffix(old)
    count = length // len(one)
    return PAGE.replace(old, "".join(one.replace("{n}", str(n)) for n in range(count)) + old, 1)
