"""The official SDK, pointed at a simulator, with every exchange looked at."""

import json
import urllib.parse
import urllib.request

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

import openapi

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "secret"
SERVICE = "VA00000000000000000000000000000001"

# The resources that the simulator has so far; everything that the document knows of them is walked.
RESOURCES = (
    "/v2/Services",
    "/v2/Services/{Sid}",
    "/v2/Services/{ServiceSid}/Verifications",
    "/v2/Services/{ServiceSid}/Verifications/{Sid}",
    "/v2/Services/{ServiceSid}/VerificationCheck",
    "/v2/Attempts",
    "/v2/Attempts/{Sid}",
    "/v2/Attempts/Summary",
    "/v2/Services/{ServiceSid}/Entities",
    "/v2/Services/{ServiceSid}/Entities/{Identity}",
    "/v2/Services/{ServiceSid}/Entities/{Identity}/Factors",
    "/v2/Services/{ServiceSid}/Entities/{Identity}/Factors/{Sid}",
    "/v2/Services/{ServiceSid}/Entities/{Identity}/Challenges",
    "/v2/Services/{ServiceSid}/Entities/{Identity}/Challenges/{Sid}",
)


class RecordingHttpClient(TwilioHttpClient):
    """Sends what the SDK wants sent, and compares each exchange with the OpenAPI document, if there is one."""

    def __init__(self, checks, document):
        super().__init__(timeout=30)
        self.checks, self.document = checks, document
        self.used = {}
        self.is_spoilt = False

    def request(self, method, url, params=None, data=None, **others):
        response = super().request(method, url, params=params, data=data, **others)
        self.last = response
        if self.document and not self.is_spoilt:
            self.look(method, url, {**(params or {}), **(data or {})}, response)
        return response

    def look(self, method, url, parameters, response):
        parts = urllib.parse.urlsplit(url)
        operation = self.document.operation(method, parts.path)
        if not self.checks.that(f"{method} {parts.path} is declared", operation):
            return
        names = set(parameters) | {name for name, _ in urllib.parse.parse_qsl(parts.query)}
        self.used.setdefault(str(operation), set()).update(names)
        problems = operation.problems(response.status_code, response.text)
        name = f"{operation} {response.status_code} is as the document says"
        self.checks.that(name, not problems, "; ".join(problems))
        if response.text:
            kind = response.headers.get("Content-Type", "")
            self.checks.that(f"{operation} answers JSON", kind.startswith("application/json"), kind)

    def complete(self):
        """Whether every operation of the resources was called, with each of its parameters at least once."""
        for operation in self.document.operations if self.document else []:
            if operation.template not in RESOURCES:
                continue
            name = str(operation)
            if self.checks.that(f"{name} was called", name in self.used):
                missing = sorted(operation.parameters - self.used[name])
                self.checks.that(f"{name} was called with every parameter", not missing, ", ".join(missing))


class Simulator:
    """The simulator's own interface: what it sent, and what it is told to do."""

    def __init__(self, base):
        self.base = base.rstrip("/")

    def order(self, control, **fields):
        form = urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(f"{self.base}/_simulator/{control}", form, timeout=30) as answer:
            return answer.status

    def code(self, number):
        """The newest code that went to a number."""
        query = urllib.parse.urlencode({"to": number})
        with urllib.request.urlopen(f"{self.base}/_simulator/outbox?{query}", timeout=30) as answer:
            return json.loads(answer.read())[-1]["code"]

    def wrong_code(self, number):
        return "".join(str((int(digit) + 1) % 10) for digit in self.code(number))


def client(base, http, user=ACCOUNT, password=TOKEN, account=None):
    """Pages are followed by the absolute addresses that the simulator names: nothing is rewritten."""
    made = Client(user, password, account_sid=account, http_client=http)
    made.verify.base_url = base.rstrip("/")
    return made


def document():
    """The OpenAPI document, or None with a line that says so."""
    file = openapi.path()
    if file is None:
        print(f"skipped: the comparison with Twilio's OpenAPI document (not found; {openapi.VARIABLE} names its file)")
        return None
    return openapi.Document(file)
