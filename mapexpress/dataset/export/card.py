"""The dataset card: a README.md with the YAML that Hugging Face `datasets` reads its types from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mapexpress.dataset.export.export import Wanted, records
from mapexpress.model.record import SCHEMA_VERSION
from mapexpress.model.schema import feature_yaml
from mapexpress.system.disk import storage_errors, write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

# Hugging Face's buckets of rows.
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


def write_card(data: Path, layouts: Sequence[Layout]) -> Path:
    """Write `dataset/README.md`: configuration, features, languages, sizes, and what each site holds."""
    languages: Counter[str] = Counter()
    rows: list[tuple[str, int, int, str, str]] = []
    total = 0
    for layout in layouts:
        articles = active = 0
        first, last = "9", ""
        for article in records(layout, Wanted(latest=True)):
            articles += 1
            active += article.status == "active"
            languages[(article.language or "").partition("-")[0]] += 1
            if article.date_published:
                first, last = min(first, article.date_published[:10]), max(last, article.date_published[:10])
        size = sum(path.stat().st_size for path in layout.dataset.glob("*/*.gz"))
        total += articles
        rows.append((layout.key, active, size, first if last else "", last))
    path = data / "dataset" / "README.md"
    with storage_errors(path):
        write_atomically(path, _card(rows, [name for name in sorted(languages) if name], total).encode())
    return path


def _card(rows: Sequence[tuple[str, int, int, str, str]], languages: Sequence[str], total: int) -> str:
    size = next((name for limit, name in _SIZES if total < limit), "n>10M")
    head = ["---", "task_categories:", "- text-generation"]
    head += ["language:", *(f"- {name}" for name in languages)] if languages else []
    head += ["size_categories:", f"- {size}", "configs:", "- config_name: default", "  data_files:", "  - split: train"]
    head += [
        '    path: "**/*.jsonl.gz"',
        "dataset_info:",
        "- config_name: default",
        "  features:",
        feature_yaml(),
        "---",
    ]
    body = [
        "",
        "# News articles",
        "",
        f"One JSON object a line (schema {SCHEMA_VERSION}), one line a revision of an article; an article that was "
        "taken down has a last revision with the status `gone`. Texts belong to their publishers.",
        "",
        "| site | articles | bytes | first | last |",
        "|---|---|---|---|---|",
        *(
            f"| {key.replace('|', ' ')} | {count} | {size} | {first} | {last} |"
            for key, count, size, first, last in rows
        ),
        "",
    ]
    return "\n".join(head + body)
