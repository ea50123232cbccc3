from itertools import pairwise
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from mapexpress.model.verdict import Chooser, Verdict, Verdicts, Voice

SAID = st.tuples(
    st.sampled_from(get_args(Voice)),
    st.dictionaries(
        st.integers(0, 4), st.builds(Verdict, st.sampled_from(["ad", "share", "toc"]), st.text(max_size=2))
    ),
)


@given(st.lists(SAID, max_size=6), st.randoms(use_true_random=False))
def test_who_wins_does_not_depend_on_who_speaks_first(said, random):
    one, other = Verdicts(), Verdicts()
    for voice, found in said:
        one.put(voice, found)
    random.shuffle(said)
    for voice, found in said:
        other.put(voice, found)
    assert one == other


def test_the_narrower_evidence_wins():
    order = get_args(Voice)
    for before, after in pairwise(order):
        verdicts = Verdicts()
        verdicts.put(after, {0: Verdict("a", after)})
        verdicts.put(before, {0: Verdict("b", before)})
        verdicts.put(after, {0: Verdict("a", after)})
        assert verdicts == {0: Verdict("b", before)}


def test_what_is_dropped_may_be_said_again():
    verdicts = Verdicts()
    verdicts.put("option", {0: Verdict("caption", "x"), 1: Verdict("ad", "x")})
    verdicts.drop("caption")
    verdicts.put("template", {0: Verdict("template", "y")})
    assert verdicts == {0: Verdict("template", "y"), 1: Verdict("ad", "x")}


@given(st.sampled_from(["scorer", "platform x", "site file"]), st.text(max_size=9).filter(lambda s: ": " not in s))
def test_a_chooser_is_read_as_it_is_written(name, selector):
    assert Chooser.read(str(Chooser(name, selector))) == Chooser(name, selector)
