"""Chromium by Debian's chromedriver, spoken to by WebDriver itself, and what every page of ours is judged by."""
import base64, json, pathlib, subprocess, time, urllib.request

WIDTHS = {"phone": (360, 740), "desktop": (1280, 800)}
# What axe calls serious or worse is a failure; so is what no picture shows: a page that must be scrolled sideways.
GRAVE = {"serious", "critical"}


class Browser:
    """BASE: the site; AXE: axe.min.js; FOLDER: where pictures go, whose names begin with PREFIX."""

    def __init__(self, checks, base, axe, folder, prefix):
        self.checks, self.site, self.prefix = checks, base.rstrip("/"), prefix
        self.folder, self.source = pathlib.Path(folder), pathlib.Path(axe).read_text(encoding="utf-8")
        self.folder.mkdir(parents=True, exist_ok=True)
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
        self.call("POST", self.session + "/url", url=self.site + path)

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

    def look(self, name, title, is_shown=True):
        """Every page in four ways."""
        end = time.monotonic() + 20
        while not self.title.startswith(title) and time.monotonic() < end:
            time.sleep(0.05)
        self.checks.that(f"{name}: its title begins with {title!r}", self.title.startswith(title), self.title)
        for width_name, (width, height) in {**WIDTHS, "narrow": (320, 740)}.items():
            self.protocol("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
            sideways = self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            self.checks.equal(f"{name}, {width} px: pixels beyond its side", sideways, 0)
            if width_name == "narrow":
                continue
            for scheme in ("light", "dark"):
                self.protocol("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                self.run(self.source)
                found = [violation for violation in self.axe() if violation["impact"] in GRAVE]
                for violation in found:
                    print(f"{name}, {width_name}, {scheme}: {violation['id']}: {violation['help']}", *[node["html"] for node in violation["nodes"]])
                self.checks.equal(f"{name}, {width_name}, {scheme}: serious findings", len(found), 0)
                if not is_shown:
                    continue
                picture = self.protocol("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
                (self.folder / f"{self.prefix}-{name}-{width_name}-{scheme}.png").write_bytes(base64.b64decode(picture))
        small = self.run(
            "return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].filter(e => {"
            "const b = e.getBoundingClientRect(); return b.width && b.height && !e.closest('.skip, p') && (b.height < 24 || b.width < 24)})"
            ".map(e => e.outerHTML)")
        self.checks.equal(f"{name}: targets below 24 pixels", small, [])

    def judge_the_judge(self):
        """What axe finds nothing in must be worth something."""
        self.call("POST", self.session + "/url", url="data:text/html,<title>x</title><img src=y><input>")
        self.run(self.source)
        self.checks.that("axe finds what is wrong", {"image-alt", "label"} <= {violation["id"] for violation in self.axe()})
