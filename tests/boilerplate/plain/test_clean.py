"""Texts of our own writing in the shapes that pages take when their HTML is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.boilerplate.plain.clean import clean_text

BODY = [
    "Tanger (Détroit) – La commune a présenté, mardi, le plan de rénovation de la vieille digue devant les riverains.",
    "Le chantier doit durer dix-huit mois, a précisé l'ingénieur en chef, qui promet des points d'étape trimestriels.",
    "Une partie du quai restera ouverte aux pêcheurs pendant les travaux, selon le calendrier remis à la presse.",
]
TITLE = "Tanger: la vieille digue sera rénovée en dix-huit mois"


def dirty(*parts: str) -> str:
    return "\n\n".join(parts)


def test_a_republished_dispatch_loses_all_that_stands_around_it() -> None:
    text = dirty(
        TITLE,
        "Date:",
        *BODY,
        f"Cet article {TITLE} est apparu en premier sur Agence du Détroit.",
        "Partager l'article:",
        "S'abonner",
        "spot_imgspot_img\nspot_imgspot_img",
        "Lire aussi",
        "Plus d'articles\nRelated",
        "Le marché central rouvre ses portes",
        "Le marché central a rouvert lundi après deux mois de...",
        "La médiathèque prolonge ses horaires",
        "La médiathèque municipale accueillera les étudiants jusqu'à...",
    )
    result = clean_text(text)
    assert result.title == TITLE
    assert result.paragraphs == BODY
    removed = {d.text: d.reason for d in result.decisions if d.reason}
    assert removed["Date:"] == "date"
    assert removed[f"Cet article {TITLE} est apparu en premier sur Agence du Détroit."] == "feed_footer"
    assert removed["spot_imgspot_img"] == "ad"
    assert removed["La médiathèque prolonge ses horaires"] == "related"
    assert all(d.evidence for d in result.decisions if d.reason)


@pytest.mark.parametrize("words", ["Related", "Date:", "Lire aussi", "Partager", "Commentaires", "Source", "Publicité"])
def test_a_label_in_the_middle_of_an_article_is_a_subheading(words: str) -> None:
    text = dirty(TITLE, BODY[0], words, BODY[1], BODY[2])
    assert clean_text(text).paragraphs == [BODY[0], words, BODY[1], BODY[2]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Lire aussi bien que parler reste un plaisir pour les écoliers du quartier, dit leur institutrice.",
        "Date: le 12 mars. Lieu: la place du marché. Entrée libre, selon l'affiche collée sur les murs.",
        "Related parties must register before Monday, the court said in a ruling on the harbour works.",
        "Lire aussi : tel était le mot d'ordre de la campagne de la bibliothèque.",
        "The post office appeared first on the square in 1871.",
    ],
)
def test_a_sentence_that_begins_like_a_label_stays(sentence: str) -> None:
    text = dirty(TITLE, BODY[0], sentence, BODY[1])
    assert clean_text(text).paragraphs == [BODY[0], sentence, BODY[1]]


def test_a_headline_announced_inside_the_article_goes() -> None:
    text = dirty(TITLE, BODY[0], "Lire aussi : Le marché central rouvre ses portes", BODY[1], BODY[2])
    assert clean_text(text).paragraphs == BODY


def test_a_footer_glued_to_the_last_sentence_is_cut_off() -> None:
    text = dirty(TITLE, *BODY[:2], f"{BODY[2]} The post {TITLE} appeared first on Strait Daily.")
    result = clean_text(text)
    assert result.paragraphs == BODY
    assert [d.text for d in result.decisions if d.reason == "feed_footer"] == [
        f"The post {TITLE} appeared first on Strait Daily."
    ]


def test_a_footer_for_another_article_in_the_middle_stays() -> None:
    quoted = "The post Snow in June appeared first on the wall of the old school."
    text = dirty(TITLE, BODY[0], quoted, BODY[1], BODY[2])
    assert quoted in clean_text(text).paragraphs


def test_a_footer_without_another_title_gives_the_title() -> None:
    result = clean_text(dirty(*BODY, f"L’article {TITLE} est apparu en premier sur Agence du Détroit."))
    assert (result.title, result.paragraphs) == (TITLE, BODY)


def test_byline_counts_and_dates_above_the_article_go() -> None:
    text = f"HomeNews{TITLE}\n\n{TITLE}\n\nPar\nSalma Idrissi\n-\nmardi 3 mars 2026\n0\n12\n\n" + dirty(*BODY)
    result = clean_text(text)
    assert (result.title, result.paragraphs) == (TITLE, BODY)


def test_a_standfirst_without_a_full_stop_stays() -> None:
    standfirst = "Les riverains demandent que le quai reste ouvert"
    assert clean_text(dirty(TITLE, standfirst, *BODY)).paragraphs == [standfirst, *BODY]


def test_subheadings_and_lists_stay() -> None:
    text = dirty(
        TITLE, BODY[0], "Un chantier en trois temps", BODY[1], "- la digue\n- le quai\n- la promenade", BODY[2]
    )
    paragraphs = clean_text(text).paragraphs
    assert paragraphs == [
        BODY[0],
        "Un chantier en trois temps",
        BODY[1],
        "- la digue\n- le quai\n- la promenade",
        BODY[2],
    ]


def test_teasers_that_are_whole_sentences_go_below_a_comment_form() -> None:
    text = dirty(
        TITLE,
        *BODY,
        "3 COMMENTAIRES",
        "Le marché central rouvre",
        "Les commerçants attendaient ce jour depuis deux mois, après la réfection complète de la toiture.",
        "La médiathèque prolonge ses horaires",
        "Les étudiants pourront réviser jusqu'à minuit pendant toute la période des examens.",
    )
    assert clean_text(text).paragraphs == BODY


def test_an_advertisement_inside_the_article_goes_and_the_article_goes_on() -> None:
    text = dirty(TITLE, BODY[0], "- Advertisement -", BODY[1], "spot_img", BODY[2])
    assert clean_text(text).paragraphs == BODY


def test_picture_texts_above_their_captions_go() -> None:
    picture = "La vieille digue de Tanger\nLa vieille digue de Tanger au lever du jour (Salma Idrissi)"
    assert clean_text(dirty(TITLE, BODY[0], picture, BODY[1], BODY[2])).paragraphs == BODY


def test_hard_wrapped_paragraphs_are_joined() -> None:
    words = " ".join(BODY).split()
    wrapped, line = [], ""
    for word in words:
        if len(line) + len(word) > 70:
            wrapped.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    wrapped.append(line)
    result = clean_text(f"{TITLE}\n\n" + "\n".join(wrapped))
    assert result.paragraphs == [" ".join(BODY)]


def test_arabic() -> None:
    title = "طنجة: ترميم الرصيف القديم خلال ثمانية عشر شهرا"
    body = [
        "طنجة – قدمت الجماعة، يوم الثلاثاء، مشروع ترميم الرصيف القديم أمام سكان الحي وعدد من المهنيين.",
        "وأوضح المهندس المسؤول أن الأشغال ستستمر ثمانية عشر شهرا، مع عرض حصيلة كل ثلاثة أشهر على السكان.",
    ]
    text = dirty(
        title,
        "تاريخ:",
        *body,
        "شارك المقال",
        "اقرأ أيضا",
        "السوق المركزي يفتح أبوابه",
        "فتح السوق المركزي أبوابه يوم...",
    )
    result = clean_text(text)
    assert (result.title, result.paragraphs) == (title, body)


def test_a_known_title_is_taken_out_of_the_text_and_kept_as_given() -> None:
    result = clean_text(dirty("TANGER : LA VIEILLE DIGUE SERA RÉNOVÉE EN DIX-HUIT MOIS", *BODY), title=TITLE)
    assert (result.title, result.paragraphs) == (TITLE, BODY)


@pytest.mark.parametrize("text", ["", "\n \n", "S'abonner\n\nPartager\n\nLire aussi"])
def test_a_text_of_boilerplate_only_gives_no_paragraphs(text: str) -> None:
    assert clean_text(text).paragraphs == []


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="ab .…\n:é-«»ا0\u2028\x00", max_size=300))
def test_any_text_is_answered_and_every_line_has_its_decision(text: str) -> None:
    result = clean_text(text)
    assert sorted({d.block for d in result.decisions}) == list(range(len({d.block for d in result.decisions})))
    kept = " ".join(d.text for d in result.decisions if d.kept).split()
    assert " ".join(result.paragraphs).split() == kept


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(BODY), min_size=3, max_size=12))
def test_prose_alone_is_left_alone(paragraphs: list[str]) -> None:
    assert clean_text(dirty(*paragraphs)).paragraphs == paragraphs


def test_buttons_run_together_names_beside_dates_and_what_stands_between_them_go() -> None:
    head = f"Home\nNews\n{TITLE}\nBy Amina Yusuf\nJune 11, 2026\nUpdated 3 hours ago\n3 min read\nShareTweetEmail\n"
    result = clean_text(head + "\n".join(BODY))
    assert (result.title, result.paragraphs) == (TITLE, BODY)


def test_a_menu_on_one_line_is_no_headline() -> None:
    result = clean_text(
        "\n".join(["Startseite Politik Wirtschaft Sport", TITLE, "Von Amina Yusuf", "11.06.2026", *BODY])
    )
    assert (result.title, result.paragraphs) == (TITLE, BODY)


def test_a_call_to_follow_takes_no_paragraph_with_it() -> None:
    text = dirty(TITLE, *BODY[:2], "Suivez-nous sur Google News", BODY[2], "Mots-clés", "Articles similaires")
    assert clean_text(text).paragraphs == BODY


def test_headlines_with_cut_off_leads_need_no_label() -> None:
    body = [
        "市议会周二投票决定重建去年冬天被风暴在两处冲断的旧码头,工程预计八月开始。",
        "总工程师在会上表示,工程将持续十八个月,期间码头仍对渔船开放。",
    ]
    teasers = [
        "市场大厅火灾后重新开放",
        "市场大厅经过两个月的修缮于周一…",
        "图书馆延长开放时间到午夜",
        "学生可以在考试期间一直待到…",
    ]
    text = dirty("旧码头将在冬季风暴后重建", "2026年6月11日 12:30", *body, "更多内容", *teasers, "本站声明")
    assert clean_text(text).paragraphs == body


def test_one_paragraph_that_is_cut_off_is_no_list_of_teasers() -> None:
    text = dirty(TITLE, *BODY, "Un dernier mot du vieux pêcheur", "Et la mer, toujours la mer, jusqu'à la nuit…")
    assert clean_text(text).paragraphs == [*BODY, *text.split("\n\n")[-2:]]


def test_buttons_one_below_the_other_go_from_under_their_label_and_stay_in_a_list() -> None:
    body = "La commune a compté les applications que ses habitants ouvrent le plus souvent chaque matin :"
    text = "\n\n".join(
        ["Les applications du matin à Safi", "Partager", "Facebook", "WhatsApp", body, "- WhatsApp", "- Facebook"]
    )
    assert clean_text(text).paragraphs[0] == body
    assert "- Facebook" in clean_text(text).text


def test_a_date_with_a_place_that_opens_the_article_stays_and_the_pages_own_goes() -> None:
    page = dirty(TITLE, "11.06.2026 17:15", "Tanger, 10 juin 2026", *BODY)
    assert clean_text(page).paragraphs == ["Tanger, 10 juin 2026", *BODY]
    only = dirty(TITLE, "mercredi, 10 juin, 2026 à 17:39", *BODY)
    assert clean_text(only).paragraphs == BODY


def test_a_trail_of_breadcrumbs_tells_the_headline_below_a_menu() -> None:
    page = dirty("Politique Monde Sport Culture Régions", f"Régions Tanger {TITLE}", TITLE, "10/06/2026", *BODY)
    result = clean_text(page)
    assert (result.title, result.paragraphs) == (TITLE, BODY)


@pytest.mark.parametrize("signature", ["（川）", "(강)", "(A)"])
def test_an_agencys_sign_of_one_letter_stays(signature: str) -> None:
    assert clean_text(dirty(TITLE, *BODY, signature)).paragraphs == [*BODY, signature]
