"""Words behind their first letters are found as an alternation finds them."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from mapexpress.text.word_patterns import any_of

first = st.text("abßıi.", min_size=1, max_size=1)


@given(
    st.sets(st.tuples(first, st.text("abßıi .", max_size=4)).map("".join), min_size=1),
    st.text("abßıiABIİ .", max_size=12),
)
@example({"i", "ia", "ı."}, "I.A")
def test_as_an_alternation_without_case(words: set[str], text: str) -> None:
    plain = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    found = [m.span() for m in re.finditer(any_of(words) + r"\b", text)]
    assert found == [m.span() for m in re.finditer(rf"(?i:{plain})\b", text)]


def test_a_gap_is_whatever_is_said() -> None:
    pattern = re.compile(any_of(["last update", "last updated", "stand"], gap=r"\s+"))
    assert [m[0] for m in pattern.finditer("Last\n updated: heute. STAND: 3. Mai")] == ["Last\n updated", "STAND"]
