"""The live camera in the web application's page; its scenes are tested with the notebook's."""

import re

import pytest
from browser import CHROMIUM, chromium
from camera import film
from playwright.sync_api import expect
from served import served
from webpage import PHONE, WebPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium or Chrome on the PATH"),
]

NUMBER = re.compile(r"^\d+$")
FRAMES = 30  # of the film, which the browser shows again and again
INSECURE = "Object.defineProperty(window, 'isSecureContext', { value: false })"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mjpeg"
    with chromium(*film(path, "digits", count=FRAMES)) as browser:
        yield browser


@pytest.fixture
def page(browser):
    with served() as app:
        page = WebPage(browser, app, permissions=["camera"], **PHONE)
        yield page
        page.close()
        assert page.errors == []
        assert "Traceback" not in app.log


def test_what_is_held_into_it_is_shown_written_down_and_kept(page):
    page.open("Camera")
    page.click("Start")
    shown = page.page.locator("#answer .text")
    expect(shown).to_have_text(NUMBER)
    assert page.history()[-1] == shown.inner_text()
    assert "camera" in page.page.locator("#history li .note").last.inner_text()
    count = len(page.history())
    page.click("Keep")
    wait_for_more(page, count)


def wait_for_more(page, count):
    """Until there are more readings than so many."""
    expect(page.page.locator("#history li").nth(count)).to_be_visible()


def test_another_tab_turns_it_off_and_start_works_again(page):
    video = page.page.locator("#camera video")
    page.open("Camera")
    for before in range(2):
        page.click("Start")
        wait_for_more(page, before)
        page.open("Draw")
        expect(video).to_have_js_property("srcObject", None)
        page.open("Camera")
        assert NUMBER.match(page.page.locator("#answer .text").inner_text())


def test_over_plain_http_the_page_says_why_there_is_none(page):
    """An address of the network is not safe to a browser; the tests have only this machine's."""
    page.context.add_init_script(INSECURE)
    page.page.reload()
    page.open("Camera")
    expect(page.page.locator("#camera")).to_contain_text("only to pages over https")
    expect(page.page.locator("#camera")).to_contain_text("--certificate")
    assert page.page.locator("#camera button").count() == 0
