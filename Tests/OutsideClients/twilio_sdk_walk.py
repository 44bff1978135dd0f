"""Walks every call of Twilio's official Python SDK for services, verifications, checks, attempts, their summary,
entities, factors and challenges.

usage: twilio_sdk_walk.py BASE      BASE is the address of a fresh simulator that started with its defaults
"""

import datetime
import sys

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

import twilio_client
from checks import Checks
from twilio_authenticator_walk import AuthenticatorWalk
from twilio_client import SERVICE, RecordingHttpClient, Simulator

PHONE, OTHER, GERMAN = "+15017122661", "+15017122662", "+4915112345678"
NOBODY = "VA" + "f" * 32


class Walk:
    def __init__(self, base):
        self.base, self.checks = base, Checks()
        self.http = RecordingHttpClient(self.checks, twilio_client.document())
        self.v2 = twilio_client.client(base, self.http).verify.v2
        self.simulator = Simulator(base)

    def refused(self, name, status, code, call):
        """The call fails with this HTTP status and this error code of Twilio's."""
        try:
            call()
        except TwilioRestException as error:
            self.checks.equal(name, (error.status, error.code), (status, code))
        else:
            self.checks.that(name, False, "it succeeded")

    def refused_list(self, name, code, call):
        """The SDK does not take a list's error apart."""
        try:
            call()
        except TwilioException as error:
            self.checks.that(name, f'"code":{code},' in str(error), error)
        else:
            self.checks.that(name, False, "it succeeded")

    def unanswered(self, name, call):
        """The connection ends without an answer."""
        try:
            call()
        except requests.exceptions.ConnectionError:
            self.checks.that(name, True)
        else:
            self.checks.that(name, False, "it was answered")

    def status(self, name, status, response):
        """The variants `…_with_http_info` tell the status."""
        self.checks.equal(name, response.status_code, status)
        return response.data

    # Services

    def make_services(self):
        settings = {
            "friendly_name": "Walk", "code_length": 8, "lookup_enabled": True, "skip_sms_to_landlines": True,
            "dtmf_input_required": False, "tts_name": "voice", "psd2_enabled": False,
            "do_not_share_warning_enabled": True, "custom_code_enabled": True,
            "default_template_sid": "HJ" + "a" * 32, "verify_event_subscription_enabled": True,
        }
        grouped = {
            "push_include_date": True, "push_apn_credential_sid": "CR" + "a" * 32,
            "push_fcm_credential_sid": "CR" + "b" * 32, "totp_issuer": "Site", "totp_time_step": 60,
            "totp_code_length": 8, "totp_skew": 2, "whatsapp_msg_service_sid": "MG" + "a" * 32,
            "whatsapp_from": "whatsapp:+15017122661", "passkeys_relying_party_id": "example.com",
            "passkeys_relying_party_name": "Example", "passkeys_relying_party_origins": "a.example.com,b.example.com",
            "passkeys_authenticator_attachment": "any", "passkeys_discoverable_credentials": "preferred",
            "passkeys_user_verification": "required",
        }
        made = self.v2.services.create(**settings, **grouped)
        for name, value in settings.items():
            self.checks.equal(f"created {name}", getattr(made, name), value)
        self.checks.equal("created totp", made.totp, {"issuer": "Site", "time_step": 60, "code_length": 8, "skew": 2})
        self.checks.equal("created push", made.push["fcm_credential_sid"], "CR" + "b" * 32)
        self.checks.equal("created whatsapp", made.whatsapp["from"], "whatsapp:+15017122661")
        origins = made.passkeys["relying_party"]["origins"]
        self.checks.equal("created passkeys", origins, ["a.example.com", "b.example.com"])
        self.checks.that("created is a date", isinstance(made.date_created, datetime.datetime))
        self.update_service(made, settings, grouped)
        return made.sid

    def update_service(self, made, settings, grouped):
        """Only what is sent changes; every parameter can be sent."""
        changed = self.status("update", 200, made.update_with_http_info(code_length=6, lookup_enabled=False))
        self.checks.equal("updated code_length", changed.code_length, 6)
        self.checks.equal("updated leaves friendly_name", changed.friendly_name, "Walk")
        self.checks.equal("updated leaves totp", changed.totp["time_step"], 60)
        all_of_them = {**settings, **grouped, "code_length": 6, "dtmf_input_required": True, "lookup_enabled": False}
        self.checks.equal("updated dtmf", made.update(**all_of_them).dtmf_input_required, True)
        fetched = self.status("fetch", 200, self.v2.services(made.sid).fetch_with_http_info())
        self.checks.equal("fetched code_length", fetched.code_length, 6)
        self.checks.equal("fetched by the instance", made.fetch().sid, made.sid)

    def refuse_services(self):
        wrong = [
            {"friendly_name": "x" * 31}, {"friendly_name": "shop 12345"}, {"friendly_name": "shop.example"},
            {"friendly_name": ""}, {"friendly_name": "Walk", "code_length": 3},
            {"friendly_name": "Walk", "code_length": 11}, {"friendly_name": "Walk", "totp_time_step": 19},
            {"friendly_name": "Walk", "totp_code_length": 9}, {"friendly_name": "Walk", "totp_skew": 3},
            {"friendly_name": "Walk", "push_apn_credential_sid": "CR1"},
        ]
        for settings in wrong:
            self.refused(f"create {settings}", 400, 60200, lambda: self.v2.services.create(**settings))
        self.refused("restricted word", 400, 60248, lambda: self.v2.services.create(friendly_name="restricted"))
        self.refused("fetch nobody", 404, 20404, self.v2.services(NOBODY).fetch)
        self.refused("update nobody", 404, 20404, lambda: self.v2.services(NOBODY).update(code_length=6))
        self.refused("delete nobody", 404, 20404, self.v2.services(NOBODY).delete)

    def list_services(self):
        made = [self.status("create", 201, self.v2.services.create_with_http_info(f"Page {n}")).sid for n in range(5)]
        everything = [service.sid for service in self.v2.services.list(page_size=2)]
        self.checks.equal("list in the order of creation", everything[-5:], made)
        self.checks.equal("list has no double", len(set(everything)), len(everything))
        self.checks.equal("list by one page", [s.sid for s in self.v2.services.list()], everything)
        self.checks.equal("list with a limit", [s.sid for s in self.v2.services.list(limit=3)], everything[:3])
        self.checks.equal("stream", [s.sid for s in self.v2.services.stream(page_size=3)], everything)
        first = self.v2.services.page(page_size=2)
        second = first.next_page()
        third = self.v2.services.get_page(second.next_page_url)
        self.checks.equal("third page", [s.sid for s in third], everything[4:6])
        self.checks.equal("previous page", [s.sid for s in third.previous_page()], everything[2:4])
        self.checks.equal("a page by its number", [s.sid for s in self.v2.services.page(page_number=1, page_size=2)],
                          everything[2:4])
        self.checks.that("no page before the first", first.previous_page_url is None)
        # A list from which one deletes while reading it.
        for service in self.v2.services.stream(page_size=2):
            if service.sid in made:
                self.checks.that("delete", service.delete())
        self.checks.equal("deleted all", [s.sid for s in self.v2.services.list()], everything[:-5])
        self.refused("fetch a deleted one", 404, 20404, self.v2.services(made[0]).fetch)
        last = self.v2.services.create(friendly_name="Last")
        self.status("delete tells 204", 204, last.delete_with_http_info())

    # Verifications

    def start(self, to=PHONE, channel="sms", service=SERVICE, **more):
        return self.v2.services(service).verifications.create(to=to, channel=channel, **more)

    def verifications(self):
        items = self.v2.services(SERVICE).verifications
        first = self.status("start", 201, items.create_with_http_info(to=PHONE, channel="sms"))
        self.checks.equal("started", (first.status, first.valid, first.to), ("pending", False, PHONE))
        again = self.start(channel="call")
        self.checks.equal("a resend keeps the verification", again.sid, first.sid)
        channels = [attempt["channel"].lower() for attempt in again.send_code_attempts]
        self.checks.equal("every send is listed", channels, ["sms", "call"])
        self.checks.equal("fetch by SID", items(first.sid).fetch().channel, "call")
        self.checks.equal("fetch by number", items(PHONE).fetch().sid, first.sid)
        self.status("fetch", 200, items(first.sid).fetch_with_http_info())
        canceled = self.status("cancel", 200, items(first.sid).update_with_http_info(status="canceled"))
        self.checks.equal("canceled", (canceled.status, canceled.valid), ("canceled", False))
        self.checks.equal("a canceled one stays visible", items(first.sid).fetch().status, "canceled")
        second = self.start()
        self.checks.that("a new one after it", second.sid != first.sid)
        approved = items(PHONE).update(status="approved")
        self.checks.equal("approved by hand", (approved.status, approved.valid), ("approved", True))
        self.refused("an approved one is gone", 404, 20404, items(second.sid).fetch)
        self.refused("and cannot be updated", 404, 20404, lambda: items(second.sid).update(status="canceled"))

    def verification_parameters(self, service):
        """Every parameter that there is, on a service that takes them."""
        started = self.start(
            service=service, custom_code="4711", locale="de", app_hash="abcdefghijk", template_sid="HJ" + "a" * 32,
            template_custom_substitutions='{"a": "b"}', device_ip="203.0.113.7", enable_sna_client_token=False,
            risk_check="disable", tags='{"tenant": "one"}', rate_limits={"end_user_ip": "203.0.113.7"},
            channel_configuration={"substitutions": {}}, custom_message="x", amount="EUR 39.99", payee="Shop")
        self.checks.equal("amount and payee", (started.amount, started.payee), ("EUR 39.99", "Shop"))
        self.checks.equal("a code of one's own", self.simulator.code(PHONE), "4711")
        self.start(service=service, channel="call", send_digits="1w2")
        checked = self.v2.services(service).verification_checks.create(
            verification_sid=started.sid, code="4711", amount="EUR 39.99", payee="Shop", sna_client_token="x")
        self.checks.equal("checked", (checked.status, checked.amount), ("approved", "EUR 39.99"))
        self.v2.services(service).update(lookup_enabled=True)
        looked_up = self.start(service=service)
        self.checks.equal("looked up", looked_up.lookup["carrier"]["type"], "mobile")
        self.refused("no friendly name of one's own", 403, 60204,
                     lambda: self.start(service=service, custom_friendly_name="Mine"))

    def refuse_verifications(self):
        self.refused("To", 400, 60200, lambda: self.start(to="5017122661"))
        self.refused("Channel", 400, 60200, lambda: self.start(channel="voice"))
        self.refused("email", 400, 60217, lambda: self.start(channel="email"))
        self.refused("whatsapp", 400, 68008, lambda: self.start(channel="whatsapp"))
        self.refused("no service", 404, 20404, lambda: self.start(service=NOBODY))
        self.refused("no feature", 403, 60204, lambda: self.start(custom_code="4711"))
        self.refused("RiskCheck", 400, 60200, lambda: self.start(risk_check="maybe"))
        self.refused("Status", 400, 60200,
                     lambda: self.v2.services(SERVICE).verifications(PHONE).update(status="pending"))
        self.refused("none to fetch", 404, 20404, self.v2.services(SERVICE).verifications("+15017120000").fetch)
        self.refused("none to fetch", 404, 20404, self.v2.services(SERVICE).verifications("VE" + "f" * 32).fetch)
        self.simulator.order("channel", channel="call", enabled="false")
        self.refused("a channel switched off", 400, 60223, lambda: self.start(channel="call"))
        self.simulator.order("channel", channel="call", enabled="true")
        for _ in range(5):
            self.start(to=OTHER)
        self.refused("the sixth send", 429, 60203, lambda: self.start(to=OTHER))
        for code, status in ((60410, 403), (60605, 403), (21610, 400), (60212, 429), (20503, 503)):
            self.refused(f"scripted {code}", status, code, lambda: self.start(to=f"+150055{code}"))
        self.refused("scripted 20429", 429, 20429, lambda: self.start(to="+15005520429"))
        self.checks.equal("Retry-After", self.http.last.headers.get("Retry-After"), "1")

    # Checks

    def check(self, **fields):
        return self.v2.services(SERVICE).verification_checks.create(**fields)

    def verification_checks(self):
        started = self.start()
        code, wrong = self.simulator.code(PHONE), self.simulator.wrong_code(PHONE)
        checks = self.v2.services(SERVICE).verification_checks
        denied = self.status("a wrong code", 200, checks.create_with_http_info(to=PHONE, code=wrong))
        self.checks.equal("is no error", (denied.status, denied.valid), ("pending", False))
        approved = self.check(to=PHONE, code=code)
        self.checks.equal("the right code", (approved.status, approved.valid), ("approved", True))
        self.checks.equal("of the same verification", approved.sid, started.sid)
        self.refused("only once", 404, 20404, lambda: self.check(to=PHONE, code=code))
        second = self.start()
        by_sid = self.check(verification_sid=second.sid, code=self.simulator.code(PHONE))
        self.checks.equal("by SID", by_sid.status, "approved")
        self.start()
        code, wrong = self.simulator.code(PHONE), self.simulator.wrong_code(PHONE)
        for _ in range(5):
            self.checks.equal("wrong again", self.check(to=PHONE, code=wrong).status, "pending")
        self.refused("the sixth try", 429, 60202, lambda: self.check(to=PHONE, code=code))
        used_up = self.v2.services(SERVICE).verifications(PHONE).fetch()
        self.checks.equal("used up", used_up.status, "max_attempts_reached")
        self.refused("whose", 400, 60221, lambda: self.check(code=code))
        self.refused("no code", 400, 60200, lambda: self.check(to=PHONE))
        self.refused("a short code", 400, 60200, lambda: self.check(to=PHONE, code="123"))
        self.refused("no such number", 404, 20404, lambda: self.check(to="+15017120000", code=code))
        self.simulator.order("clock", advance_seconds=600)
        self.refused("expired", 404, 20404, lambda: self.check(to=PHONE, code=code))
        self.refused("not to be seen any more", 404, 20404, self.v2.services(SERVICE).verifications(used_up.sid).fetch)

    # Attempts

    def attempts(self, service):
        sent = self.start(to=GERMAN, channel="call")
        self.start(to="+15005530003")
        self.checks.equal("convert one", self.check(to=GERMAN, code=self.simulator.code(GERMAN)).status, "approved")
        listed = self.v2.verification_attempts.list
        everything = listed()
        self.checks.that("newest first", [a.date_created for a in everything]
                         == sorted((a.date_created for a in everything), reverse=True))
        middle = everything[len(everything) // 2].date_created
        filters = {
            "date_created_after": (middle, lambda a: a.date_created >= middle),
            "date_created_before": (middle, lambda a: a.date_created <= middle),
            "channel_data_to": (GERMAN, lambda a: a.channel_data["to"] == GERMAN),
            "country": ("DE", lambda a: a.channel_data["country"] == "DE"),
            "channel": ("call", lambda a: a.channel == "call"),
            "verify_service_sid": (service, lambda a: a.service_sid == service),
            "verification_sid": (sent.sid, lambda a: a.verification_sid == sent.sid),
            "status": ("converted", lambda a: a.conversion_status == "converted"),
        }
        for name, (value, holds) in filters.items():
            found = [a.sid for a in listed(**{name: value})]
            self.checks.equal(f"by {name}", found, [a.sid for a in everything if holds(a)])
            self.checks.that(f"by {name} finds some, not all", 0 < len(found) <= len(everything) - (name[:4] != "date"))
        self.attempt_pages([a.sid for a in everything])
        lost = listed(channel_data_to="+15005530003")[0]
        data = lost.channel_data
        self.checks.equal("not delivered", (data["message_status"], data["error_code"]), ("undelivered", "30003"))
        fetched = self.status("fetch", 200, self.v2.verification_attempts(lost.sid).fetch_with_http_info())
        self.checks.equal("fetched", fetched.verification_sid, lost.verification_sid)
        self.checks.equal("fetched by the instance", lost.fetch().sid, lost.sid)
        self.refused("no attempt", 404, 20404, self.v2.verification_attempts("VL" + "f" * 32).fetch)
        self.refused_list("no channel", 60200, lambda: listed(channel="fax"))

    def attempt_pages(self, sids):
        attempts = self.v2.verification_attempts
        self.checks.equal("in pages", [a.sid for a in attempts.list(page_size=3)], sids)
        self.checks.equal("with a limit", [a.sid for a in attempts.list(limit=4, page_size=3)], sids[:4])
        self.checks.equal("streamed", [a.sid for a in attempts.stream(page_size=4)], sids)
        calls = [a.sid for a in attempts.list(channel="call")]
        self.checks.equal("filters stay on every page", [a.sid for a in attempts.list(channel="call", page_size=1)],
                          calls)
        page = attempts.page(page_size=3)
        self.start(to="+15017122670")
        second = attempts.get_page(page.next_page_url)
        self.checks.equal("a new one moves nothing", [a.sid for a in second], sids[3:6])
        self.checks.equal("back", [a.sid for a in second.previous_page()], sids[:3])
        self.checks.equal("a page by its number", [a.sid for a in attempts.page(page_number=1, page_size=2)], sids[1:3])

    def summary(self):
        summary = self.v2.verification_attempts_summary()
        listed = self.v2.verification_attempts.list
        for name, value in (("country", "DE"), ("channel", "call"), ("verify_service_sid", SERVICE)):
            found = listed(**{name: value})
            counted = summary.fetch(**{name: value})
            self.checks.equal(f"summary by {name}", counted.total_attempts, len(found))
            converted = sum(a.conversion_status == "converted" for a in found)
            self.checks.equal(f"converted by {name}", counted.total_converted, converted)
            rate = 100 * converted / len(found)
            self.checks.that(f"rate by {name}", abs(float(counted.conversion_rate_percentage) - rate) < 1e-6)
        prefixed = self.status("summary", 200, summary.fetch_with_http_info(destination_prefix="+4915"))
        self.checks.equal("by prefix", prefixed.total_attempts, len(listed(channel_data_to=GERMAN)))
        year = datetime.timedelta(days=365)
        now = listed(limit=1)[0].date_created
        self.checks.equal("none so late", summary.fetch(date_created_after=now + year).total_attempts, 0)
        self.checks.equal("none so early", summary.fetch(date_created_before=now - year).total_attempts, 0)

    # Credentials and faults

    def credentials(self):
        stranger = twilio_client.client(self.base, self.http, password="wrong").verify.v2
        self.refused("a wrong token", 401, 20003, stranger.services(SERVICE).fetch)
        key = twilio_client.client(self.base, self.http, user="SK" + "a" * 32, account=twilio_client.ACCOUNT)
        self.checks.that("an API key", key.verify.v2.services.list(limit=1))

    def faults(self):
        self.http.is_spoilt = True
        for kind in ("500", "502", "503", "401", "429"):
            self.simulator.order("fault", operation="start", kind=kind, count=1)
            self.refused(f"a {kind}", int(kind), self.code_of(kind), lambda: self.start(to="+15017122680"))
        for kind in ("close-before", "close-after"):
            self.simulator.order("fault", operation="start", kind=kind, count=1)
            self.unanswered(kind, lambda: self.start(to="+15017122681"))
        self.checks.equal("done once", len(self.v2.verification_attempts.list(channel_data_to="+15017122681")), 1)
        self.simulator.order("fault", operation="start", kind="extra", count=1)
        self.checks.equal("unknown fields", self.start(to="+15017122682").status, "pending")
        if self.http.document:
            operation = self.http.document.operation("POST", f"/v2/Services/{SERVICE}/Verifications")
            self.checks.that("the comparison sees them", operation.problems(201, self.http.last.text))
        self.simulator.order("fault", operation="check", kind="201", count=1)
        code = self.simulator.code("+15017122682")
        checked = self.v2.services(SERVICE).verification_checks.create_with_http_info(to="+15017122682", code=code)
        self.checks.equal("201 for a check", (checked.status_code, checked.data.status), (201, "approved"))

    @staticmethod
    def code_of(kind):
        return {"401": 20003, "429": 20429, "503": 20503}.get(kind, 20500)

    def run(self):
        service = self.make_services()
        self.refuse_services()
        self.list_services()
        self.verifications()
        self.verification_parameters(service)
        self.refuse_verifications()
        self.verification_checks()
        self.attempts(service)
        self.summary()
        authenticator = AuthenticatorWalk(self)
        authenticator.run()
        self.credentials()
        self.http.complete()
        self.faults()
        authenticator.faults()
        self.checks.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Walk(sys.argv[1]).run()
