"""A page in a real Chromium, for tests: visited by a viewer who complains of whatever goes wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

#: A machine that does other things, too, may take long; nothing waits longer than it has to.
expect.set_options(timeout=20_000)


@contextmanager
def chrome(path: str) -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visited(
    browser: Browser, address: str, search: str = "", width: int = 1280, height: int = 720, forgiven: str = r"(?!)", **options
) -> Iterator[Page]:
    """Open a page as a new viewer; anything the browser complains of, or asks elsewhere for, is an error.

    forgiven: what a complaint may begin with, as a pattern; by default none is. options: of the context.
    """
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
    page.on("dialog", lambda dialog: complaints.append("a dialog") or dialog.dismiss())
    page.on("response", lambda answer: answer.status >= 400 and complaints.append(f"{answer.status} {answer.url}"))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    context.on("serviceworker", lambda worker: complaints.append(f"a service worker: {worker.url}"))
    ours = (address, address.replace("http", "ws"), "blob:", "data:")
    for kind in ("request", "websocket"):
        page.on(kind, lambda it: it.url.startswith(ours) or complaints.append(f"elsewhere: {it.url}"))
    page.goto(address + search)
    yield page
    context.close()
    assert [one for one in complaints if not re.match(forgiven, one)] == []
