"""The process that atheris runs in: `python -m fuzz.child TARGET [libFuzzer options]`; `fuzz.run` starts it."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mapexpress"]):
    from fuzz.targets import TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
