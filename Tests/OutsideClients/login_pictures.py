"""Walks through the reference login with Chromium, has axe judge every page, and takes its picture: phone and desktop, light and dark.

    login_pictures.py LOGIN SIMULATOR AXE FOLDER <PASSWORD      AXE: axe.min.js; FOLDER: where the pictures go

Speaks WebDriver to Debian's chromedriver by itself: nothing else is needed. The person anna is new at the beginning.
"""
import base64, json, pathlib, subprocess, sys, time, urllib.parse, urllib.request

from checks import Checks
from frontend import newest_code

LOGIN, SIMULATOR, AXE, FOLDER = sys.argv[1:5]
PASSWORD = sys.stdin.readline().strip()
WIDTHS = {"phone": (360, 740), "desktop": (1280, 800)}
PHONE = "+14155550142"
# What axe calls serious or worse is a failure; so is what no picture shows: a page that must be scrolled sideways.
GRAVE = {"serious", "critical"}
# The pages whose pictures are kept; the others are judged only.
SHOWN = {"register", "phone", "code", "wrong", "app", "choose", "not-received", "outage"}


class Browser:
    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            if "on port" in line and "started successfully" in line:
                self.base = f"http://127.0.0.1:{line.rsplit(' ', 1)[1].strip().rstrip('.')}"
                break
        arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1"]
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}}}
        self.session = "/session/" + self.call("POST", "/session", capabilities=capabilities)["sessionId"]
        # An element that is not there yet is waited for.
        self.call("POST", self.session + "/timeouts", implicit=20_000, script=120_000)

    def call(self, method, path, **body):
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode() if method == "POST" else None, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def open(self, path):
        self.call("POST", self.session + "/url", url=LOGIN.rstrip("/") + path)

    def run(self, script, *arguments):
        return self.call("POST", self.session + "/execute/sync", script=script, args=list(arguments))

    def axe(self):
        return self.call("POST", self.session + "/execute/async", script=
            "axe.run(document, {resultTypes: ['violations']}).then(r => arguments[0](r.violations))", args=[])

    def protocol(self, command, **parameters):
        return self.call("POST", self.session + "/goog/cdp/execute", cmd=command, params=parameters)

    def find(self, selector):
        return next(iter(self.call("POST", self.session + "/element", using="css selector", value=selector).values()))

    def type(self, selector, text):
        element = self.find(selector)
        self.call("POST", f"{self.session}/element/{element}/clear")
        self.call("POST", f"{self.session}/element/{element}/value", text=text)

    def press(self, selector):
        self.call("POST", f"{self.session}/element/{self.find(selector)}/click")

    @property
    def title(self):
        return self.call("GET", self.session + "/title")

    def end(self):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()


def order(**fields):
    """A fault, as the simulator's page of controls orders it."""
    urllib.request.urlopen(SIMULATOR + "/_simulator/fault", urllib.parse.urlencode(fields).encode(), timeout=60).close()


def look(name, title):
    """Every page in four ways."""
    end = time.monotonic() + 20
    while not browser.title.startswith(title) and time.monotonic() < end:
        time.sleep(0.05)
    checks.that(f"{name}: its title begins with {title!r}", browser.title.startswith(title), browser.title)
    for width_name, (width, height) in {**WIDTHS, "narrow": (320, 740)}.items():
        browser.protocol("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        sideways = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        checks.equal(f"{name}, {width} px: pixels beyond its side", sideways, 0)
        if width_name == "narrow":
            continue
        for scheme in ("light", "dark"):
            browser.protocol("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.run(SOURCE)
            found = [violation for violation in browser.axe() if violation["impact"] in GRAVE]
            for violation in found:
                print(f"{name}, {width_name}, {scheme}: {violation['id']}: {violation['help']}", *[node["html"] for node in violation["nodes"]])
            checks.equal(f"{name}, {width_name}, {scheme}: serious findings", len(found), 0)
            if name not in SHOWN:
                continue
            picture = browser.protocol("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
            (folder / f"login-{name}-{width_name}-{scheme}.png").write_bytes(base64.b64decode(picture))
    small = browser.run(
        "return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(e => {"
        "const b = e.getBoundingClientRect(); return b.width && b.height && !e.closest('.skip, p') && (b.height < 24 || b.width < 24)})"
        ".map(e => e.outerHTML)")
    checks.equal(f"{name}: targets below 24 pixels", small, [])


def sign_in():
    browser.call("DELETE", browser.session + "/cookie")
    browser.open("/")
    browser.type("#name", "anna")
    browser.type("#password", PASSWORD)


checks, folder = Checks(), pathlib.Path(FOLDER)
folder.mkdir(parents=True, exist_ok=True)
SOURCE = pathlib.Path(AXE).read_text(encoding="utf-8")
browser = Browser()
try:
    # The judge itself: what it finds nothing in must be worth something.
    browser.call("POST", browser.session + "/url", url="data:text/html,<title>x</title><img src=y><input>")
    browser.run(SOURCE)
    checks.that("axe finds what is wrong", {"image-alt", "label"} <= {violation["id"] for violation in browser.axe()})
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
