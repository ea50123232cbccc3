"""What every page of a site says alike is its theme's, as on a site that was built by copying one page."""

from mapexpress.boilerplate.template.snapshot import learn_template
from mapexpress.model.record import Article
from mapexpress.record.build import Document, explain
from mapexpress.record.lesson import sketch_article

NAMES = ("Aloès", "Brise", "Crique", "Dune", "Embrun", "Falaise", "Galet", "Houle")


def document(number: int, *, tag: str, post: int) -> Document:
    name = NAMES[number]
    body = "".join(
        f"<p>Le bac {name} du quai {'ab' * n} traverse le fleuve avant la nuit, dit {name}.</p>" for n in range(1, 5)
    )
    tags = f'<div class=tags><a rel=tag href="/t/{tag}/">{tag}</a> <a rel=tag href="/t/fleuve/">fleuve</a></div>'
    return Document(
        body=f'<body class="single postid-{post}"><article><h1>Le bac {name} reprend</h1><div>{body}</div>{tags}'
        f"</article></body>",
        url=f"https://fleuve.example/{number}/",
    )


def learned(documents: list[Document]) -> Article:
    """The first document's record, made with what all of them teach."""
    snapshot = learn_template(sketch_article(explain([one])) for one in documents)
    assert snapshot.is_learned
    return explain(documents[:1], snapshot=snapshot).article


def test_tags_and_a_number_that_never_vary_are_no_data() -> None:
    alike = [document(n, tag="bac", post=2825) for n in range(8)]
    first = explain(alike[:1]).article
    assert (first.tags, first.source_id) == (["bac", "fleuve"], "2825"), "one page alone cannot tell"
    article = learned(alike)
    assert (article.tags, article.source_id) == ([], None)


def test_tags_and_numbers_that_vary_stay() -> None:
    article = learned([document(n, tag=name, post=n + 40) for n, name in enumerate(NAMES)])
    assert (article.tags, article.source_id) == (["Aloès", "fleuve"], "40")
