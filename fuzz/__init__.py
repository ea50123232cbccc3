"""Fuzzing of everything that strangers write: `python -m fuzz.run` with atheris, `tests/test_fuzz.py` with hypothesis."""
