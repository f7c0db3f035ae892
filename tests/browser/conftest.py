"""A headless Chromium for tests of pages; where it is missing these tests fail, since whoever asks for them means it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: install it, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path)
        yield made
        made.close()
