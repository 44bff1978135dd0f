"""Walks through the reference login with Chromium, has axe judge every page, and takes its picture: phone and desktop, light and dark.

    login_pictures.py LOGIN SIMULATOR AXE FOLDER <PASSWORD      AXE: axe.min.js; FOLDER: where the pictures go

Speaks WebDriver to Debian's chromedriver by itself: nothing else is needed. The person anna is new at the beginning.
"""
import sys, time, urllib.parse, urllib.request

from browser import Browser
from checks import Checks
from frontend import newest_code

LOGIN, SIMULATOR, AXE, FOLDER = sys.argv[1:5]
PASSWORD = sys.stdin.readline().strip()
PHONE = "+14155550142"
# The pages whose pictures are kept; the others are judged only.
SHOWN = {"register", "phone", "code", "wrong", "app", "choose", "not-received", "outage"}


def order(**fields):
    """A fault, as the simulator's page of controls orders it."""
    urllib.request.urlopen(SIMULATOR + "/_simulator/fault", urllib.parse.urlencode(fields).encode(), timeout=60).close()


def look(name, title):
    browser.look(name, title, name in SHOWN)


def sign_in():
    browser.call("DELETE", browser.session + "/cookie")
    browser.open("/")
    browser.type("#name", "anna")
    browser.type("#password", PASSWORD)


checks = Checks()
browser = Browser(checks, LOGIN, AXE, FOLDER, "login")
try:
    browser.judge_the_judge()
    sign_in()
    look("password", "Sign in")
    browser.press("main button")
    look("register", "Register a way")
    # A phone.
    browser.open("/register/phone")
    look("phone", "Register your phone")
    browser.type("#phone", "call me")
    browser.press("main button")
    look("phone-wrong", "Error: Register your phone")
    browser.type("#phone", "(415) 555-0142")
    browser.press("main button")
    look("number", "Is this your number?")
    browser.press("button[value=sms]")
    look("code", "Enter the code")
    browser.type("#code", newest_code(PHONE))
    browser.press("main button")
    look("in", "You are signed in")
    # An app besides.
    browser.open("/register/app")
    look("app-start", "Register an authenticator app")
    browser.press("main button")
    browser.press("summary")
    look("app", "Scan the picture")
    # Later.
    sign_in()
    browser.press("main button")
    look("choose", "Confirm that it is you")
    browser.press("button[value=sms]")
    code = newest_code(PHONE)
    browser.type("#code", "111111" if code != "111111" else "222222")
    browser.press("main button")
    look("wrong", "Error: Enter the code")
    browser.open("/not-received")
    look("not-received", "Not received a code?")
    browser.open("/administrators-code")
    look("administrator", "A code from the administrator")
    browser.open("/code")
    order(operation="check", kind="503")
    browser.type("#code", code)
    browser.press("main button")
    look("outage", "Enter the code")
    order(operation="check", kind="none")
    browser.open("/help")
    look("help", "Help")
finally:
    browser.end()
checks.finish()
