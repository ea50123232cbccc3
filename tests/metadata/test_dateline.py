"""The place that a dispatch starts with."""

import pytest

from mapexpress.metadata.dateline import read_dateline


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Rabat – Le Conseil s'est réuni jeudi dans la capitale.", "Rabat"),
        ("Rabat, 27 avr 2026 (MAP) – Le Conseil s'est réuni jeudi.", "Rabat"),
        ("Aïn El Aouda – Le Conseil s'est réuni jeudi.", "Aïn El Aouda"),
        ("MADRID (EFE) - El consejo se reunió el jueves en la capital.", "MADRID"),
        ("الرباط – اجتمع المجلس يوم الخميس بالعاصمة", "الرباط"),
        ("Le conseil – réuni jeudi – n'a rien décidé encore.", None),
        ("Rabat – Salé", None),
        ("", None),
    ],
)
def test_dateline(text: str, place: str | None) -> None:
    assert read_dateline(text) == place
