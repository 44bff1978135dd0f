"""Walks through the operator's pages with Chromium, has axe judge every page, and takes its picture: phone and desktop, light and dark.

    ops_pictures.py OPS AXE FOLDER WORKERS      AXE: axe.min.js; FOLDER: where the pictures go; WORKERS: their processes, comma-separated

Everything is well at the beginning; at the end no worker runs, and jobs wait.
"""
import os, signal, sys, time, urllib.request

from browser import Browser
from checks import Checks
from frontend import FrontEnd

OPS, AXE, FOLDER, WORKERS = sys.argv[1:5]


def read(path):
    with urllib.request.urlopen(OPS.rstrip("/") + path, timeout=60) as answer:
        return answer.read().decode()


def await_words(path, words):
    end = time.monotonic() + 60
    while words not in read(path) and time.monotonic() < end:
        time.sleep(0.2)
    checks.that(f"{path} says {words!r}", words in read(path))


checks = Checks()
browser = Browser(checks, OPS, AXE, FOLDER, "ops")
try:
    browser.judge_the_judge()
    await_words("/", "All is well")
    for name, title in (("overview", "All is well"), ("queues", "Queues"), ("workers", "Workers")):
        browser.open("/" if name == "overview" else f"/{name}")
        browser.look(name, title, is_shown=False)
    # The script replaces what is on the page, and nothing else; what is being read is left alone.
    browser.open("/?refresh=2")
    before = browser.run("document.body.dataset.mine = 'kept'; return document.querySelector('#as-of time').dateTime")
    end = time.monotonic() + 30
    while (after := browser.run("return document.querySelector('#as-of time').dateTime")) == before and time.monotonic() < end:
        time.sleep(0.1)
    checks.that("a page that is asked for comes again by itself", after > before, f"{before}, {after}")
    checks.equal("and is not loaded anew", browser.run("return document.body.dataset.mine"), "kept")
    browser.run("[...document.querySelectorAll('#as-of button')].forEach(button => button.click())")
    paused = browser.run("return document.querySelector('#as-of time').dateTime")
    time.sleep(5)
    checks.equal("and stands still while it is paused", browser.run("return document.querySelector('#as-of time').dateTime"), paused)
    # The night.
    for worker in WORKERS.split(","):
        os.kill(int(worker), signal.SIGTERM)
    front = FrontEnd()
    for number in range(240):
        front.publish("send", {"user": f"user{number}", "channel": "sms"})
    await_words("/", "No worker runs")
    await_words("/queues", "<td data-label=\"Waiting\">240</td>")
    for name in ("overview", "queues", "workers"):
        browser.open("/" if name == "overview" else f"/{name}")
        checks.that(f"{name}: the title says it", "wrong" in browser.title or name != "overview", browser.title)
        browser.look(f"{name}-night", browser.title)
finally:
    browser.end()
checks.finish()
