"""The project as a whole: what ships with it and what it says of itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:  # an unpacked archive has no history: look at the tree itself
        found = [p for d in ("mapexpress", "tests", "fixtures", "docs") for p in (ROOT / d).rglob("*") if p.is_file()]
        return [p for p in found if "__pycache__" not in p.parts]
    return [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]


def test_every_floor_is_met_by_the_lock() -> None:
    pinned = dict(re.findall(r"^([a-z0-9_.-]+)==([0-9][^\s;\\]*)", (ROOT / "requirements.lock").read_text(), re.M))
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        floor = re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=([0-9.]+)", line)
        if floor:
            name = floor[1].lower().replace("_", "-")
            assert name in pinned, f"{name} is not in requirements.lock: run make lock"
            have, want = ([int(n) for n in re.findall(r"\d+", v)] for v in (pinned[name], floor[2]))
            assert have >= want


def test_the_compiled_half_is_built_with_the_locked_lxml() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    lxml = next(requirement for requirement in wanted if requirement.startswith("lxml=="))
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert re.search(rf"^{re.escape(lxml)} ", (ROOT / name).read_text(), re.M), f"{lxml} is not what {name} has"


def test_locked_versions_have_hashes_and_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index-url" not in text
        for entry in re.split(r"\n(?=[a-z])", text.strip()):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_no_file_names_a_path_of_a_machine() -> None:
    pattern = re.compile(rb"(?<!\w)/(?:work|home/[a-z]+|root|Users/[A-Za-z]+)/[a-z]")
    own = Path(__file__).resolve()
    for path in _tracked():
        if path.is_file() and path.resolve() != own and path.suffix not in {".gz", ".png", ".npz"}:
            assert not pattern.search(path.read_bytes()), path


def test_importing_the_package_is_light() -> None:
    heavy = ("scrapy", "trafilatura", "dateparser", "numpy")
    code = f"import sys, mapexpress; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_crawl_brings_what_reads_pages_with_its_first_page() -> None:
    heavy = ("trafilatura", "dateparser", "numpy", "mapexpress.record.build", "mapexpress.metadata.page_metadata")
    code = (
        "import sys; from scrapy.spiderloader import SpiderLoader;"
        " from scrapy.utils.project import get_project_settings;"
        " import mapexpress.commands.crawl, mapexpress.pipelines.store, mapexpress.crawl.extensions.quality;"
        " print(SpiderLoader.from_settings(get_project_settings()).list(), "
        f"[m for m in {heavy} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "'news'" in out.stdout
    assert out.stdout.strip().endswith("] []")


def test_readme_names_the_commands_and_the_makefile_has_them() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for target in ("demo", "quick", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, re.M)


def test_pyproject_ships_the_data_files() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["mapexpress"]
    kinds = {p.suffix for p in _tracked() if p.is_file() and p.is_relative_to(ROOT / "mapexpress")} - {".py"}
    for suffix in kinds - {""}:
        assert any(pattern.endswith((suffix, "py.typed")) for pattern in shipped), suffix


def test_the_documents_name_what_is_there() -> None:
    """Each command that a document types is one of ours or Scrapy's, and each link leads to a file."""
    known = {path.stem for path in (ROOT / "mapexpress/commands").glob("*.py")} | {"list-due", "list", "fetch"}
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        text = document.read_text("utf-8")
        for command in re.findall(r"(?:^    |`|/)scrapy ([a-z-]+)", text, re.M):
            assert command in known, f"{document.name}: scrapy {command}"
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_each_exception_for_unused_code_has_its_reason_and_is_needed() -> None:
    listed = (ROOT / "vulture_whitelist.py").read_text("utf-8")
    source = "\n".join(
        p.read_text("utf-8") for p in _tracked() if p.suffix == ".py" and p.name != "vulture_whitelist.py"
    )
    names = [line for line in listed.splitlines() if line.startswith("_.")]
    assert names
    for line in names:
        name, _, reason = line.removeprefix("_.").partition("  # ")
        assert reason, f"{name} has no reason"
        assert re.search(rf"\b{re.escape(name)}\b", source), f"{name} is in no module any more"
