"""Names of elements speak of boilerplate, but a heading's id is made of its own words."""

import mapexpress

PARAGRAPH = "<p>Les travaux de la halle aux poissons ont commencé lundi sur le vieux port, a dit la commune.</p>"


def test_a_subheading_whose_id_repeats_its_words_stays() -> None:
    heading = '<h2 class="wp-block-heading" id="comment-le-port-a-change">Comment le port a changé</h2>'
    body = f'<div class="td-post-content">{PARAGRAPH * 3}{heading}{PARAGRAPH * 3}</div>'
    page = f'<html><body class="td-standard-pack"><h1 class="entry-title">Le vieux port</h1>{body}</body></html>'
    assert "Comment le port a changé" in mapexpress.clean(page).text.split("\n\n")
