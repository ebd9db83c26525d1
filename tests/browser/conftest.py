"""What the tests of the pages share; see `tests.browser.serving`."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.serving import Server, Tab, launch, open_tab

from formcheck.errors import ModelError
from formcheck.estimators import models

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


@pytest.fixture(scope="module")
def driver() -> Iterator["Playwright"]:
    playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("there is no chromium on this machine")
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser_package() -> Path:
    """What finds poses in a browser, with its model."""
    try:
        models.model_path("lite")
        models.model_path("full")
        return models.browser_dir()
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(browser_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("analyses")) as server:
        yield server


@pytest.fixture
def start_browser(driver: "Playwright") -> Iterator[Callable[..., "Browser"]]:
    """Start a Chromium of one's own, with more flags."""
    browsers = []

    def start(*flags: str) -> "Browser":
        browsers.append(launch(driver, *flags))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="module")
def plain_browser(driver: "Playwright") -> Iterator["Browser"]:
    """A Chromium without a camera."""
    browser = launch(driver)
    yield browser
    browser.close()


@pytest.fixture
def open_page(plain_browser: "Browser", server: Server) -> Iterator[Callable[..., Tab]]:
    """Open a page of the server in a browser without a camera; nothing may go anywhere else, and nothing break."""
    tabs = []

    def open_at(path: str, **options: Any) -> Tab:
        tabs.append(open_tab(plain_browser, server.address + path, **options))
        return tabs[-1]

    yield open_at
    for tab in tabs:
        tab.context.close()
        assert tab.only_asked(server.address)
        assert tab.errors == []
