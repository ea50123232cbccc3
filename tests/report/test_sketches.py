from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.report.sketches import Frequent, Spread


@settings(max_examples=50)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=200), st.integers(1, 6))
def test_frequent_never_overcounts_and_keeps_what_is_common(values: list[str], room: int) -> None:
    seen = Frequent(room)
    seen.update(values)
    true = Counter(values)
    kept = dict(seen.most(room))
    assert len(kept) <= room
    for value, count in kept.items():
        assert true[value] - len(values) / (room + 1) <= count <= true[value]
    for value, count in true.items():
        if count > len(values) / (room + 1):
            assert value in kept


@settings(max_examples=50)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=100), st.floats(0.01, 1))
def test_quantiles_are_within_six_percent_of_a_value_seen(values: list[int], share: float) -> None:
    spread = Spread()
    for value in values:
        spread.add(value)
    found = spread.quantile(share)
    assert found is not None
    assert any(abs(found - v) <= 0.06 * v for v in values)
    assert sum(n for _, n in spread.octaves()) == len(values)


def test_an_empty_spread_has_no_quantile() -> None:
    assert Spread().quantile(0.5) is None
    assert Spread().octaves() == []
