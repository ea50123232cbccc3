"""CSV feeds (`-O out.csv`) that are safe to open in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exporters import CsvItemExporter

from mapexpress.dataset.export.export import cell

if TYPE_CHECKING:
    from collections.abc import Mapping


class SpreadsheetSafeExporter(CsvItemExporter):
    """Scrapy's exporter with the cells of `scrapy export --format csv`: no formulas, lists and structures as JSON."""

    def serialize_field(self, field: Mapping[str, Any], _name: str, value: Any) -> str:
        """The value as a cell; a field's own serializer comes first."""
        serializer = field.get("serializer")
        return cell(serializer(value) if serializer else value)
