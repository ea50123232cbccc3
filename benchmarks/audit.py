"""Licences and known vulnerabilities of everything that is locked: `make audit`.

Licences come from the installed packages' own metadata. No package that ours needs may be under a licence that would
bind ours (GPL, AGPL, SSPL); with alternatives ("MPL OR GPL") one that does not is enough. Vulnerabilities come from OSV
through pip-audit; where it is not installed or OSV cannot be reached, that is said and does not fail. Exit status 1 for
a licence or a vulnerability.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_BINDING = re.compile(
    r"(?<!L)(?<!Lesser )\b(?:A?GPL|SSPL)|(?<!Lesser )General Public License(?! v?\d?.*lesser)", re.IGNORECASE
)
_PATIENCE = 300  # seconds for the whole look-up


def locked(name: str) -> dict[str, str]:
    """Packages and versions of a lock file."""
    return dict(_PINNED.findall((ROOT / name).read_text("utf-8")))


def licence(package: Distribution) -> list[str]:
    """The alternatives that a package is offered under, as its metadata say; empty where they say nothing.

    >>> alternatives("MPL-1.1 OR GPL-2.0-only"), alternatives("BSD-3-Clause")
    (['MPL-1.1', 'GPL-2.0-only'], ['BSD-3-Clause'])
    """
    told = package.metadata
    classified = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License ::")]
    classified = [c for c in classified if c != "OSI Approved"]
    written = told.get("License-Expression") or told.get("License") or ""
    if told.get("License-Expression") or not classified:
        return alternatives(written.strip().partition("\n")[0][:80])
    return classified


def alternatives(expression: str) -> list[str]:
    """An SPDX expression at its ORs."""
    return [part.strip(" ()") for part in re.split(r"\s+OR\s+", expression) if part.strip(" ()")]


def binds(licences: list[str]) -> bool:
    """Whether every alternative is a licence that would bind a work that imports the package.

    >>> binds(["GPL-3.0-or-later"]), binds(["MPL-1.1", "GPL-2.0-only"]), binds(["LGPL-2.1-or-later"])
    (True, False, False)
    >>> binds(["GNU General Public License v3 (GPLv3)"]), binds(["GNU Lesser General Public License v3 (LGPLv3)"])
    (True, False)
    """
    return bool(licences) and all(_BINDING.search(each) for each in licences)


def audit_licences() -> int:
    """Print each locked package's licence; the number of those that are not to be had or bind."""
    needed, bad, missing = locked("requirements.lock"), 0, 0
    for name, version in sorted(locked("requirements-dev.lock").items(), key=lambda item: item[0].lower()):
        try:
            licences = licence(distribution(name))
        except PackageNotFoundError:
            licences = ["not installed: for another system or Python, not checked"]
            missing += name in needed
        inside = name in needed
        wrong = inside and (binds(licences) or not licences)
        bad += wrong
        mark = "BAD " if wrong else "    "
        print(f"{mark}{name:28}{version:14}{'package' if inside else 'tools':9}{' OR '.join(licences) or 'unknown'}")
    print(
        f"licences: of {len(needed)} packages that ours needs {bad} bind it or name none, {missing} are not installed"
    )
    return bad


def audit_vulnerabilities() -> int:
    """Print what OSV knows of the locked versions; the number of vulnerabilities."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(ROOT / "requirements-dev.lock"),
        "--require-hashes",
    ]
    command += ["--disable-pip", "--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
        answer = json.loads(run.stdout)
    except subprocess.TimeoutExpired:
        print(f"known vulnerabilities: NOT CHECKED, no answer within {_PATIENCE} s")
        return 0
    except ValueError:
        said = (run.stderr.strip().splitlines() or ["no answer"])[-1][:200]
        print(f"known vulnerabilities: NOT CHECKED, OSV or pip-audit is not to be had here: {said}")
        return 0
    count = 0
    for package in answer["dependencies"]:
        for found in package.get("vulns", ()):
            count += 1
            fixed = ", ".join(found["fix_versions"]) or "none yet"
            print(f"VULNERABLE {package['name']} {package['version']}: {found['id']}, fixed in {fixed}")
    print(f"known vulnerabilities: {count} in {len(answer['dependencies'])} packages (OSV)")
    return count


if __name__ == "__main__":
    sys.exit(1 if audit_licences() + audit_vulnerabilities() else 0)
