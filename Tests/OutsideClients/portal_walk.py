"""Walks through portal.py as a browser without JavaScript does: follows redirects, keeps cookies, fills in forms, goes back."""
import html.parser, http.cookiejar, sys, urllib.error, urllib.parse, urllib.request, uuid

from checks import Checks
from frontend import newest_code, outbox


class Page(html.parser.HTMLParser):
    """The forms of a page: action, hidden fields, buttons."""

    def __init__(self, url, text):
        super().__init__()
        self.url, self.text, self.forms = url, text, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.forms.append((found["action"], {}, []))
        elif self.forms and tag == "input" and found.get("type") == "hidden":
            self.forms[-1][1][found["name"]] = found["value"]
        elif self.forms and tag == "button" and "name" in found:
            self.forms[-1][2].append(found["value"])

    @property
    def path(self):
        return urllib.parse.urlsplit(self.url).path

    def buttons(self, action):
        return [value for form in self.forms if form[0] == action for value in form[2]]


class Browser:
    def __init__(self, base):
        self.base = base.rstrip("/")
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(self.base + path, data, timeout=60) as answer:
                return Page(answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.url, error.read().decode())

    def submit(self, page, action, **fields):
        hidden = next(form[1] for form in page.forms if form[0] == action)
        return self.open(action, {**hidden, **fields})


base = sys.argv[1]
checks = Checks()
check = checks.that
phone, user = f"+1415555{uuid.uuid4().int % 100 + 100:04}", f"anna-{uuid.uuid4().hex[:8]}"

browser = Browser(base)
check("without a session the password is asked for", "/password" in browser.open("/ways").text)
check("a wrong password is refused", "wrong" in browser.open("/password", {"user": user, "password": "x"}).text)
ways = browser.open("/password", {"user": user, "password": "secret"})
check("after the password the ways", ways.path == "/ways" and ways.buttons("/register") == ["sms", "call"])
check("nobody is in before the second step", browser.open("/in").text.count("Not yet") > 0)
wrong = browser.submit(ways, "/register", phone="call me", channel="sms")
check("a number that is none has a sentence of its own", "not a phone number" in wrong.text)
code = browser.submit(ways, "/register", phone=phone, channel="sms")
check("the same form with another number is another job", code.path == "/code" and "+1" in code.text)
right = newest_code(phone)
bad = "1" * 6 if right != "1" * 6 else "2" * 6
check("a wrong code is wrong, and nobody is in", "not right" in browser.submit(code, "/check", code=bad).text)
check("the right one in the same form, after going back, lets in", browser.submit(code, "/check", code=right).path == "/in")

second = Browser(base)
ways = second.open("/password", {"user": user, "password": "secret"})
check("a later sign-in offers what is registered", ways.buttons("/send") == ["sms", "call"])
before = len(outbox(phone))
sent = second.submit(ways, "/send", channel="sms")
twice = second.submit(ways, "/send", channel="sms")
check("a double click is one message", sent.path == twice.path == "/code" and len(outbox(phone)) == before + 1)
back = second.open("/ways")
check("going back keeps the code", second.open("/code").path == "/code" and back.path == "/ways")
check("another site's form is refused", second.open("/check", {"token": "x", "code": "1"}).text.count("Sign in again") > 0)
check("the code lets in", second.submit(second.open("/code"), "/check", code=newest_code(phone)).path == "/in")
checks.finish()
