"""Articles and what is none, learned: pages of our own writing, in the shapes of real ones, in several languages."""

import pytest

from mapexpress.extraction.kinds.facts import NAMES, without_address
from mapexpress.extraction.kinds.page_kind import classify, row_of
from mapexpress.extraction.scorer.scorer import see
from mapexpress.metadata.page_metadata import read_metadata
from mapexpress.page.parse import parse
from mapexpress.record.build import Document, explain

# An article of one block with line breaks, as many papers of East Asia have it: its address is a number
SHORT = {
    "zh": (
        "渔港修缮完工 渔船本周返港",
        "【本报讯】经过三个星期的修缮，渔港于星期一上午重新开放。港务处负责人表示，新的码头可以停靠四十艘渔船。"
        "<br><br>当地渔民昨天傍晚已经陆续返港，鱼市预计在周末恢复营业。市政府为这项工程拨款两百万元，"
        "并承诺明年继续加固防波堤。<br><br>居民们说，他们等这一天已经等了很久。",
    ),
    "ja": (
        "港の修復工事が完了 漁船は今週戻る",
        "三週間にわたる修復工事を終え、港は月曜日の朝に再び開かれた。新しい岸壁には四十隻の漁船が停泊できると担当者は話す。"
        "<br><br>漁師たちは前日の夕方から順に戻り始めており、魚市場は週末に営業を再開する見通しだ。"
        "市は工事に二億円を支出し、来年も防波堤の補強を続けるとしている。",
    ),
    "ko": (
        "항구 보수 공사 끝나 어선 이번 주 귀항",
        "세 주 동안의 보수 공사를 마치고 항구가 월요일 아침 다시 문을 열었다. "
        "새 부두에는 어선 마흔 척이 정박할 수 있다고 담당자는 말했다."
        "<br><br>어민들은 전날 저녁부터 차례로 돌아오고 있으며 어시장은 주말에 영업을 다시 시작할 예정이다. "
        "시는 공사에 이억 원을 들였고 내년에도 방파제를 보강하겠다고 밝혔다.",
    ),
    "ar": (
        "إعادة فتح ميناء الصيد بعد الأشغال",
        "أعيد فتح ميناء الصيد صباح الاثنين بعد ثلاثة أسابيع من الأشغال، "
        "وقال مسؤول في الميناء إن الرصيف الجديد يتسع لأربعين قاربا."
        "<br><br>وعاد الصيادون تباعا منذ مساء أمس، "
        "ومن المنتظر أن يستأنف سوق السمك عمله في نهاية الأسبوع، وفق ما أعلنته البلدية.",
    ),
    "ru": (
        "Рыбный порт открылся после ремонта",
        "Рыбный порт открылся в понедельник утром после трёх недель ремонта. "
        "У нового причала, по словам начальника порта, "
        "поместятся сорок лодок.<br><br>"
        "Рыбаки начали возвращаться ещё накануне вечером, а рынок заработает к выходным. "
        "Город выделил на работы два миллиона и обещает укрепить мол в будущем году.",
    ),
}
NEWS = {
    "zh": "市议会讨论新的公交线路第{n}号提案",
    "ja": "市議会が新しいバス路線の第{n}案を審議",
    "ko": "시의회 새 버스 노선 {n}호 안건 논의",
    "ar": "المجلس البلدي يناقش الخط رقم {n} للحافلات",
    "ru": "Городской совет обсудил автобусный маршрут номер {n}",
}
URL = "https://news.example/xw/201203/t20120315_88123.html"


def links(language: str, count: int = 30) -> str:
    return "".join(
        f"<li><a href='/xw/{n}.html'>{NEWS[language].format(n=n)}</a> 03-{n % 28 + 1:02}</li>" for n in range(count)
    )


@pytest.mark.parametrize("language", SHORT)
def test_a_short_article_of_one_block_beside_many_headlines_is_one(language: str) -> None:
    title, text = SHORT[language]
    page = (
        f"<html><head><title>{title}</title></head><body><div class=nav><a href=/>1</a><a href=/xw/>2</a></div>"
        f"<div class=left><h1>{title}</h1><div class=info>2012-03-15 08:30</div><div id=zoom>{text}</div></div>"
        f"<div class=right><ul>{links(language)}</ul></div></body></html>"
    )
    found = explain([Document(body=page, url=URL)])
    assert found.refusal is None, found.refusal
    assert found.article.text


@pytest.mark.parametrize("language", NEWS)
def test_a_list_of_headlines_is_none_and_says_why(language: str) -> None:
    page = (
        f"<html><head><title>{NEWS[language].format(n=0)[:6]}</title></head><body><div class=nav><a href=/>1</a>"
        f"<a href=/xw/>2</a></div><div class=list><ul>{links(language, 60)}</ul></div>"
        "<div class=pages><a href='/xw/index_2.html'>2</a><a href='/xw/index_3.html'>3</a></div></body></html>"
    )
    refusal = explain([Document(body=page, url="https://news.example/zixun/guonei/")]).refusal
    assert refusal is not None
    assert refusal.reason == "listing", refusal
    assert str(refusal.detail).startswith("learned: chance of an article 0."), refusal.detail
    assert str(refusal.detail).count(", ") >= 2, "the strongest facts are told"


SHELF = (
    "<div class=product><a href='/p/{n}'><img src='/{n}.jpg'><h3>Chaise de jardin modèle {n}</h3></a>"
    "<p>Bois d'acacia, pliante, livrée montée sous dix jours ouvrés dans toute la région.</p>"
    "<span>{n}9,90 €</span></div>"
)


def test_a_shelf_of_a_shop_is_none() -> None:
    shelf = "".join(SHELF.format(n=n) for n in range(24))
    page = f"<html><head><title>Chaises</title></head><body><h1>Chaises</h1><div class=grid>{shelf}</div></body></html>"
    refusal = explain([Document(body=page, url="https://shop.example/collections/chaises")]).refusal
    assert refusal is not None


def test_a_bare_page_of_paragraphs_is_an_article() -> None:
    text = "<p>Le port a rouvert lundi, après trois semaines de travaux.</p><p>Les bateaux y sont revenus.</p>"
    page = f"<html><body><article>{text}</article></body></html>"
    assert explain([Document(body=page)]).refusal is None


def test_what_the_platform_writes_outweighs_what_is_learned() -> None:
    page = parse(f"<html><body class='archive category'><h1>Port</h1><p>{SHORT['ru'][1]}</p></body></html>", url=URL)
    seen = see(page)
    assert seen is not None
    assert classify(page, seen, read_metadata(page).facts).kind == "listing"
    assert row_of(page, seen, read_metadata(page).facts) is None


def test_without_its_address_a_page_keeps_all_other_facts() -> None:
    page = parse(f"<html><body><h1>Port</h1><p>{SHORT['ru'][1]}</p></body></html>", url=URL)
    seen = see(page)
    assert seen is not None
    row = row_of(page, seen, read_metadata(page).facts)
    assert row is not None
    bare = without_address(row)
    changed = {name for name, one, other in zip(NAMES, row, bare, strict=True) if one != other}
    assert changed <= {n for n in NAMES if "address" in n} | {
        "last_chars", "last_words", "longest_number", "dated_path", "query", "slash", "file", "slug_in_title"
    }  # fmt: skip
    assert "longest_number" in changed
