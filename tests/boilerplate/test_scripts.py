"""The rules of texts and templates in scripts without spaces, without full stops, and with vowels that are marks."""

import random

import pytest

from mapexpress.boilerplate.lines import read_lines
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.plain.clean import PlainText, clean_text, learn_texts
from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
from mapexpress.text.lengths import amounts

# words and what a sentence ends with; spaces stand between words, or only between sentences
HINDI = ("बंदरगाह बाज़ार विद्यालय नगर योजना सड़क मौसम पानी परिषद नदी निवासी सेवा बैठक यात्रा".split(), " ", "।")
THAI = ("ท่าเรือ ตลาด โรงเรียน เทศบาล โครงการ ถนน เมือง ฤดูกาล น้ำ สภา แม่น้ำ อาคาร สถานี บริการ".split(), "", "")
KHMER = ("កំពង់ផែ ផ្សារ សាលា ក្រុង គម្រោង ផ្លូវ រដូវ ទឹក ទន្លេ អាគារ ស្ថានីយ សេវា ប្រជុំ ដំណើរ".split(), "", "។")
JAPANESE = (
    "港 市場 学校 工事 町 漁師 計画 道路 地域 季節 水 予算 議会 橋 川 住民 建物 博物館 駅 会議".split(),
    "",
    "。",
)
SCRIPTS = {"hi": HINDI, "th": THAI, "km": KHMER, "ja": JAPANESE}


def sentence(script: str, seed: object, count: int, *, stop: bool = True) -> str:
    words, space, end = SCRIPTS[script]
    return space.join(random.Random(f"{script} {seed}").choices(words, k=count)) + (end if stop else "")


def paragraph(script: str, seed: object) -> str:
    return " ".join(sentence(script, f"{seed} {n}", 16) for n in range(3))


def title(script: str, number: int) -> str:
    return sentence(script, f"title {number}", 8, stop=False)


def page(script: str, number: int) -> str:
    """A trail of breadcrumbs, the headline, a byline, three paragraphs, and what the theme prints below them."""
    section, author = sentence(script, f"section {number % 3}", 1), sentence(script, f"author {number % 3}", 3)
    by = "" if SCRIPTS[script][1] else " "
    return "\n\n".join(
        [
            f"{section.rstrip('।។。')} {title(script, number)}",
            title(script, number),
            f"{sentence(script, 'by', 1, stop=False)}{by} {author.rstrip('।។。')}",
            *body(script, number),
            sentence(script, "newsletter", 7, stop=False),
            sentence(script, "consent", 12),
            f"{sentence(script, 'footer', 3, stop=False)}: {title(script, number)}.",
        ]
    )


def body(script: str, number: int) -> list[str]:
    return [paragraph(script, f"{number} {n}") for n in range(3)]


def learned(script: str) -> TemplateSnapshot:
    return learn_texts([PlainText(id=str(n), text=page(script, n)) for n in range(20)])


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_theme_prints_around_an_article_goes_in_any_script(script: str) -> None:
    snapshot = learned(script)
    for number in (3, 30):  # one that was seen and one that was not
        result = clean_text(page(script, number), snapshot=snapshot, id=str(number))
        assert result.title == title(script, number)
        assert result.paragraphs == body(script, number)


def test_a_paragraph_in_a_script_without_full_stops_is_prose_by_its_length() -> None:
    lines = read_lines(f"{title('th', 1)}\n\n{paragraph('th', 1)}")
    assert [line.shape for line in lines] == ["short", "prose"]


def test_a_date_in_a_script_whose_vowels_are_marks_is_a_figure() -> None:
    assert [line.shape for line in read_lines("प्रकाशित: 12 जून 2026, 10:30\n\nज़िला परिषद की बैठक 2026 में")] == [
        "figure",
        "short",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("गिरि", "गरा"), ("ក្រុង", "ក្រាង"), ("မြို့", "မြေ"), ("བོད", "བད")],
)
def test_vowels_that_are_marks_tell_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert " " not in fold(one)


def test_a_subheading_below_a_first_paragraph_of_a_few_words_stays() -> None:
    heading = sentence("hi", "heading", 2, stop=False)

    def article(number: int) -> str:
        first, *rest = body("hi", number)
        short = sentence("hi", f"{number} short", 6)
        return "\n\n".join([title("hi", number), short if number % 5 == 4 else first, heading, *rest])

    snapshot = learn_texts([PlainText(id=str(n), text=article(n)) for n in range(20)])
    assert heading in clean_text(article(24), snapshot=snapshot, id="24").paragraphs


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("人人生而自由，在尊严和权利上一律平等。", 68),  # the first sentence of the Declaration, and of its English one
        ("มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ", 68),
        ("모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.", 68),
    ],
)
def test_what_says_the_same_has_about_the_same_length(text: str, like: int) -> None:
    size, words = amounts(text)
    assert like * 0.7 < size < like * 1.4
    assert 8 <= words <= 18
