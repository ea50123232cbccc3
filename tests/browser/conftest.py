"""A real headless Chromium; without one these tests are skipped."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


class Browser:
    """Opens files and tells what the page did."""

    def __init__(self, driver: object) -> None:
        self.driver = driver

    def open(self, path: Path, *, width: int = 1300, dark: bool = False) -> None:
        """Load a file in a window of this width."""
        self.driver.set_window_size(width, 1200)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get(path.as_uri())

    def errors(self) -> list[str]:
        """What the console says since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses that were asked since the last call, files aside."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith(("file:", "data:"))]

    def run(self, script: str, *values: object) -> object:
        """The value of a script's `return`."""
        return self.driver.execute_script(script, *values)

    def serious(self) -> list[str]:
        """Accessibility faults that axe calls serious or critical."""
        from axe_core_python import __file__ as home

        self.driver.execute_script((Path(home).parent / "axe.min.js").read_text("utf-8"))
        found = self.driver.execute_async_script("const done = arguments[0]; axe.run().then(done);")
        return [
            f"{fault['id']}: {node['html'][:120]}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"][:3]
        ]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM or not DRIVER:
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")
    pytest.importorskip("selenium", reason="selenium is not installed: make install")
    pytest.importorskip("axe_core_python", reason="axe-core-python is not installed: make install")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in QUIET:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield Browser(driver)
    driver.quit()
