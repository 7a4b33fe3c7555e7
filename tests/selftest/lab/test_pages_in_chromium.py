"""The pages of a class in a browser: sorted, searched, opened; hostile words stay words, and
nothing is asked for but the pages themselves."""
from __future__ import annotations

import base64
from pathlib import Path
from typing import Iterator, List

import pytest

from classroom import pages
from classroom.places import folder_of
from selftest.lab import chromium
from selftest.lab.chromium import Browser
from selftest.unit.class_made_up import HOSTILE_KEY, a_class

PROGRAM = chromium.found()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")
NAMES = "Array.from(document.querySelectorAll('#class tbody tr')).filter(one => !one.hidden)" \
        ".map(one => one.cells[0].textContent)"
HEADS = "Array.from(document.querySelectorAll('#class thead th'))"
EVIL = "document.querySelectorAll('evil, img, iframe, [evil], [onerror]').length"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    pages.write(folder, *a_class())
    return folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert PROGRAM
    with chromium.browser(PROGRAM, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def index(tab: Browser, out: Path) -> Iterator[Browser]:
    """The page of the class, opened; afterwards, that it is content and has asked for nothing."""
    tab.requests.clear()
    tab.open(out / "index.html")
    yield tab
    assert tab.faults == []
    assert all(request.startswith(out.as_uri()) for request in tab.requests), tab.requests


def names(tab: Browser) -> List[str]:
    found: List[str] = tab.value(NAMES)
    return found


def test_a_click_and_a_key_on_a_head_sort(index: Browser) -> None:
    before = names(index)
    index.value(f"{HEADS}[3].querySelector('button').click()")
    assert index.value(f"{HEADS}[3].getAttribute('aria-sort')") == "ascending"
    totals = index.value("Array.from(document.querySelectorAll('td.total'))"
                         ".map(one => one.textContent)")
    numbers = [int(one) for one in totals if one.isdigit()]
    assert numbers == sorted(numbers) and names(index) != before
    index.value(f"{HEADS}[0].querySelector('button').focus()")
    index.press("Enter", "\r")
    index.press("Enter", "\r")
    assert index.value(f"{HEADS}.map(one => one.getAttribute('aria-sort'))")[:4] == [
        "descending", None, None, None]
    assert names(index).index("Eva") < names(index).index("Ada")


def test_words_and_symptoms_are_searched(index: Browser) -> None:
    everybody = len(names(index))
    index.value("document.querySelector('input').focus()")
    index.write("truncated")
    assert names(index) == ["Fee"]
    assert "1 of 7" in index.value("document.querySelector('output').textContent")
    index.value("document.querySelector('[data-pick=\"mp-zombies:A\"]').click()")
    assert names(index) == ["Ben", "Cem"]
    index.value("document.querySelector('input').select()")
    index.write("zzz")
    assert names(index) == [] and everybody == 7


def test_a_submission_opens_by_its_link(index: Browser, out: Path) -> None:
    for name, key in (("Ben", "2"), ("evil", HOSTILE_KEY)):
        index.open(out / "index.html")
        index.value("Array.from(document.querySelectorAll('#class th a'))"
                    f".find(one => one.textContent.includes('{name}')).click()")
        index.arrived()
        assert index.value("decodeURIComponent(location.pathname.split('/').slice(-2)[0])") == \
            folder_of(key)
        assert name in index.value("document.title")
        assert index.value(EVIL) == 0 and index.value("document.body.textContent.length") > 500


def test_hostile_words_are_words(index: Browser) -> None:
    assert index.value(EVIL) == 0
    assert any("<evil>" in name and "\\u202e" in name for name in names(index))
    assert index.value("typeof evil") == "undefined"


def test_dark_light_and_narrow(index: Browser) -> None:
    """Nothing is wider than a narrow window, and each theme has its paper."""
    papers = []
    for theme in ("light", "dark"):
        index.call("Emulation.setEmulatedMedia",
                   features=[{"name": "prefers-color-scheme", "value": theme}])
        papers.append(index.value("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(255, 255, 255)", "rgb(18, 22, 28)"]
    index.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1,
               mobile=False)
    assert index.value("document.documentElement.scrollWidth") <= 400
    index.call("Emulation.clearDeviceMetricsOverride")


def test_it_prints(index: Browser) -> None:
    printed = base64.b64decode(index.call("Page.printToPDF", printBackground=True)["data"])
    assert printed.startswith(b"%PDF")
