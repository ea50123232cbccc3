import re
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapexpress.model.verdict import REASONS, Chooser, Verdict, Verdicts, Voice, as_reason

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


@given(st.lists(SAID, max_size=6), st.sets(st.sampled_from(["ad", "toc"])), st.randoms(use_true_random=False))
def test_what_is_wanted_is_never_removed_and_hides_no_other_reason(said, wanted, random):
    kept, without = Verdicts(wanted), Verdicts()
    for voice, found in said:
        kept.put(voice, found)
    random.shuffle(said)
    for voice, found in said:
        without.put(voice, {block: verdict for block, verdict in found.items() if verdict.reason not in wanted})
    assert kept == without


def test_each_reason_is_told_in_the_documents():
    page = (Path(__file__).parents[2] / "docs/record.md").read_text("utf-8")
    section = page.partition("## Reasons of removals")[2].partition("\n## ")[0]
    told = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)))
    assert sorted(told) == sorted(REASONS)


def test_a_rule_file_with_another_reason_is_refused():
    assert as_reason("share") == "share"
    with pytest.raises(ValueError, match="'shares' is no reason"):
        as_reason("shares")


@given(st.sampled_from(["scorer", "platform x", "site file"]), st.text(max_size=9).filter(lambda s: ": " not in s))
def test_a_chooser_is_read_as_it_is_written(name, selector):
    assert Chooser.read(str(Chooser(name, selector))) == Chooser(name, selector)
