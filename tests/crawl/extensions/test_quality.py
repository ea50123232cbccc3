from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from mapexpress.crawl.extensions.quality import figures_of, judge
from mapexpress.dataset.between_runs.ledger import KEPT_DAYS, Ledger
from mapexpress.dataset.state.database import State
from mapexpress.report.summary import COVERED, SiteSummary

MONDAY = date(2026, 5, 25)


def record(number: int, **fields: object) -> dict[str, object]:
    plain = dict.fromkeys(COVERED, "given") | {
        "revision": 1,
        "text": f"Le navire {number} est entré au port {number * 7}.",
        "fetched_at": "2026-05-25T08:00:00+00:00",
        "removed": [],
        "quality": {"flags": []},
    }
    return plain | fields


def run_of(count: int, **fields: object) -> SiteSummary:
    summary = SiteSummary(site="news.example")
    for number in range(count):
        summary.add(record(number, **fields))
    return summary


def test_few_articles_are_judged_with_those_of_the_days_before() -> None:
    run = run_of(4, date_published=None)
    yesterday = figures_of(run_of(16, date_published=None))
    today = figures_of(run)
    assert judge(run, {"2026-05-25": Counter(today)}, {}) == []
    failed = judge(run, {"2026-05-25": Counter(today), "2026-05-24": Counter(yesterday)}, {})
    assert len(failed) == 1
    assert "date_published" in failed[0]


def test_a_long_run_is_judged_alone() -> None:
    healthy = Counter(figures_of(run_of(500)))
    run = run_of(40, section=None)
    days = {"2026-05-25": Counter(figures_of(run)), "2026-05-24": healthy}
    assert judge(run, days, {"coverage_section": 0.5}) == [
        "section is filled on 0% of the articles, at least 50% wanted"
    ]
    assert judge(run, days, {}) == []


@pytest.mark.parametrize(
    ("reason", "failed"),
    [("no_text", 1), ("javascript", 1), ("consent", 0), ("robots", 0), ("http_503", 0), ("forbidden", 0), ("dns", 0)],
)
def test_an_outage_is_not_held_against_the_days_after_it(reason: str, failed: int) -> None:
    outage, run = SiteSummary(site="news.example"), run_of(22)
    outage.rejections[reason] = 60
    days = {"2026-05-25": Counter(figures_of(run)) + Counter(figures_of(outage))}
    assert len(judge(run, days, {})) == failed


def test_a_line_on_every_article_of_a_run_is_a_suspect() -> None:
    run = SiteSummary(site="news.example")
    for number in range(30):
        run.add(record(number, text=f"Le navire {number} est entré.\n\nAbonnez-vous à notre lettre du matin"))
    assert any("one and the same line" in message for message in judge(run, {"2026-05-25": Counter()}, {}))


def test_a_day_far_below_its_weekday_is_said() -> None:
    usual = figures_of(run_of(30))
    days = {(MONDAY - timedelta(days=n)).isoformat(): Counter(usual) for n in range(35)}
    sunday = (MONDAY - timedelta(days=1)).isoformat()
    assert judge(SiteSummary(site="x"), days, {}) == []
    days[sunday] = Counter(figures_of(run_of(3)))
    assert judge(SiteSummary(site="x"), days, {}) == [
        f"3 articles on {sunday}, 30 on this weekday before, at least 30% of that wanted"
    ]
    assert judge(SiteSummary(site="x"), days, {"min_volume": 0.05}) == []
    young = {day: count for day, count in days.items() if day >= (MONDAY - timedelta(days=10)).isoformat()}
    assert judge(SiteSummary(site="x"), young, {}) == []


def test_the_ledger_adds_up_a_day_and_forgets_old_ones(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    ledger = Ledger(state)
    for number in range(KEPT_DAYS + 5):
        day = (MONDAY - timedelta(days=number)).isoformat()
        ledger.add(day, {"articles": 1})
    ledger.add(MONDAY.isoformat(), {"articles": 2, "empty": 1})
    state.commit()
    days = ledger.days()
    assert len(days) == KEPT_DAYS
    assert next(iter(days.items())) == (MONDAY.isoformat(), Counter(articles=3, empty=1))
    state.close()
