"""The language of the text decides over what a theme declares."""

import pytest

from mapexpress.metadata.language import declared_language, normal_tag, read_language
from tests.metadata.pages import sources_of

ARABIC = "قال الوزير إن الأشغال ستنطلق في الأسبوع المقبل بمدينة الرباط وستستمر إلى نهاية السنة الجارية"
FRENCH = "Le ministre a indiqué que les travaux commenceront la semaine prochaine à Rabat. " * 3
SPANISH = "El ministro señaló que las obras empezarán la próxima semana en la ciudad de Rabat. " * 3
# the classifier is sure of these only together with Malay, Danish or Serbian
INDONESIAN = (
    "Jembatan di Tanjungbatu kembali dibuka pada hari Senin pagi setelah enam minggu diperbaiki, dan truk pertama "
    "sudah melintas sebelum matahari terbit di atas lembah. Warga menyambut pembukaan itu dengan gembira."
)
CROATIAN = "Most u gradu ponovno je otvoren u ponedjeljak ujutro nakon šest tjedana, a kamioni su prešli rijeku. " * 2
CHINESE = "经过六周的维修,青石镇大桥于星期一早晨恢复通车,第一批货车在日出之前就驶过了河面。"
JAPANESE = "青石町の橋は六週間の改修工事を終え、月曜日の朝に再び開通し、最初のトラックが日の出前に川を渡った。"
KOREAN = "청석읍 다리가 여섯 주간의 보수 공사를 마치고 월요일 아침에 다시 개통되어 화물차가 강을 건넜다. " * 2


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr-FR", FRENCH, "fr-FR"),
        ("en-US", ARABIC, "ar"),
        ("en-US", FRENCH, "fr"),
        ("en-US", SPANISH, "es"),
        ("fr", "Court.", "fr"),
        ("en-US", INDONESIAN, "id"),
        ("ms-MY", INDONESIAN, "ms-MY"),
        ("en-US", CROATIAN, "hr"),
        ("en-US", CHINESE, "zh"),
        ("zh-Hant-TW", CHINESE, "zh-Hant-TW"),
        ("en-US", JAPANESE, "ja"),
        ("en-US", KOREAN, "ko"),
    ],
)
def test_language(lang: str, text: str, expected: str) -> None:
    found = read_language(sources_of(lang=lang), text)
    assert found is not None
    assert found[0] == expected


def test_json_ld_before_the_theme() -> None:
    sources = sources_of(lang="en-US", jsonld={"@type": "NewsArticle", "inLanguage": "fr_MA"})
    assert declared_language(sources) == ("fr-MA", "json-ld:inLanguage")


@pytest.mark.parametrize("tag", [None, "", "français", "x" * 40])
def test_no_tag(tag: str | None) -> None:
    assert normal_tag(tag) is None
