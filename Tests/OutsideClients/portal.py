"""A login that answers a browser: password, choice of the way, code, registration of a phone. Python's library and pika, no framework.

    python portal.py PORT        wants VERIFY_COURIER_BROKER_URL; the password of everybody is "secret"

One thread owns the connection and its reply queue; requests hand it their jobs and wait. Pages work without JavaScript.
"""
import datetime, hashlib, html, http.cookies, json, os, queue, secrets, sys, threading, time, urllib.parse, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pika

from properties import REPLY_QUEUE

# How long the person waits for each job; the web server must wait five seconds more.
DEADLINES = {"options": 5, "send": 20, "register.phone": 20, "check": 20, "cancel": 10}


class Courier(threading.Thread):
    """The one connection of this process. Make it after a fork, never before."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.broker = pika.URLParameters(url)
        self.jobs, self.waiting = queue.Queue(), {}

    def ask(self, job, body, nonce=None):
        """The reply's body; None when nothing was heard. The same nonce, job and body are one job, however often they come."""
        raw = json.dumps(body, sort_keys=True)
        id = hashlib.sha256(f"{nonce or uuid.uuid4()}\n{job}\n{raw}".encode()).hexdigest()[:32]
        patience, answer, correlation = DEADLINES[job], queue.Queue(), uuid.uuid4().hex
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=patience)
        properties = dict(
            content_type="application/json", delivery_mode=2, message_id=id, correlation_id=correlation,
            user_id=self.broker.credentials.username,
            headers={"deadline": until.isoformat(timespec="milliseconds").replace("+00:00", "Z")})
        self.waiting[correlation] = answer
        self.jobs.put((job, raw, properties))
        try:
            return json.loads(answer.get(timeout=patience + 5))
        except queue.Empty:
            return None
        finally:
            del self.waiting[correlation]

    def run(self):
        lost = []
        while True:
            try:
                self.work(lost)
            except pika.exceptions.AMQPError as error:
                print("no connection:", repr(error), file=sys.stderr)
                time.sleep(1)

    def work(self, lost):
        connection = pika.BlockingConnection(self.broker)
        channel = connection.channel()
        channel.confirm_delivery()
        address = f"verify.reply.{self.broker.credentials.username}.{uuid.uuid4().hex}"
        channel.queue_declare(address, durable=True, arguments=REPLY_QUEUE)
        channel.basic_consume(address, self.take, auto_ack=True)
        while True:
            # What was under way when a connection went is published again, to the new queue: the id says that it is the same.
            while lost or not self.jobs.empty():
                if not lost:
                    lost.append(self.jobs.get())
                job, raw, properties = lost[0]
                if properties["correlation_id"] in self.waiting:
                    channel.basic_publish("verify", job, raw, pika.BasicProperties(reply_to=address, **properties), mandatory=True)
                lost.pop(0)
            connection.process_data_events(time_limit=0.02)

    def take(self, channel, method, properties, raw):
        answer = self.waiting.get(properties.correlation_id)
        if answer is not None:
            answer.put(raw)


class Portal(BaseHTTPRequestHandler):
    sessions = {}  # the server's: `login` and `user` are in no cookie and no hidden field
    courier = None

    # Pages

    def page(self, title, *parts, status=200):
        body = f"<!doctype html><html lang=en><title>{html.escape(title)}</title><h1>{html.escape(title)}</h1>{''.join(parts)}".encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def go(self, path, cookie=None):
        self.send_response(303)
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        if cookie:
            self.send_header("Set-Cookie", f"sid={cookie}; HttpOnly; SameSite=Strict; Path=/")
        self.end_headers()

    def form(self, action, *fields):
        """`nonce` makes a double click one job; `token` is there against other sites' forms."""
        hidden = f"<input type=hidden name=nonce value={secrets.token_hex(8)}><input type=hidden name=token value={self.session['token']}>"
        return f"<form method=post action={action}>{hidden}{''.join(fields)}</form>"

    def said(self):
        """What the last step had to say, once."""
        text = self.session.pop("said", None)
        return f"<p role=alert>{html.escape(text)}</p>" if text else ""

    # Requests

    @property
    def session(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get("sid")
        return self.sessions.get(cookie.value) if cookie else None

    def ask(self, job, nonce=None, **more):
        session = self.session
        body = {"user": session["user"], "login": session["login"], "client": self.client_address[0], **more}
        return self.courier.ask(job, body, nonce) or {"outcome": "silence", "message": "We cannot check this just now. It is not your fault: try again."}

    def do_GET(self):
        session, path = self.session, self.path
        if path == "/" or session is None:
            return self.page("Sign in", "<form method=post action=/password><label>Name <input name=user autocomplete=username></label>"
                "<label>Password <input name=password type=password></label><button>Go on</button></form>")
        if path == "/in":
            return self.page("Welcome" if session.get("in") else "Not yet", status=200 if session.get("in") else 403)
        if path == "/code":
            return self.page("Enter the code", self.said(), f"<p>It went to {html.escape(session.get('to', 'your app'))}.</p>",
                self.form("/check", "<label>Code <input name=code type=text inputmode=numeric autocomplete=one-time-code></label><button>Check</button>"),
                "<a href=/ways>Another way, or another code</a>")
        return self.ways(self.ask("options"))

    def ways(self, reply):
        decision = reply.get("decision")
        if reply["outcome"] == "options" and decision == "not_required":
            self.session["in"] = True
            return self.go("/in")
        parts = [self.said(), f"<p>{html.escape(reply['message'])}</p>"]
        if decision == "verify":
            for way in reply["methods"]:
                if way["method"] != "authenticator" and way["usable"]:
                    wait = f" (again in {self.seconds(way['retry_at'], reply['at'])} s)" if "retry_at" in way else ""
                    parts.append(self.form("/send", f"<button name=channel value={way['method']}>{way['method']} to {way['to']}{wait}</button>"))
                elif way["usable"]:
                    parts.append("<a href=/code>A code from my app</a>")
        if "phone" in reply.get("register", []):
            buttons = "".join(f"<button name=channel value={way}>{way}</button>" for way in reply["register_channels"])
            ticket = "<label>Ticket <input name=ticket></label>" if reply.get("needs_ticket") else ""
            parts.append(self.form("/register", f"<label>Phone <input name=phone type=tel autocomplete=tel></label>{ticket}{buttons}"))
        return self.page("Confirm that it is you", *parts)

    @staticmethod
    def seconds(until, at):
        """A wait by the worker's own clock: ours, and the person's, may be wrong."""
        parse = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return max(0, round((parse(until) - parse(at)).total_seconds()))

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), 4096)
        form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
        session = self.session
        if self.path == "/password":
            if form.get("password") != "secret" or not form.get("user"):
                return self.page("Sign in", "<p role=alert>Name or password is wrong.</p><a href=/>Again</a>", status=403)
            sid = secrets.token_hex(16)
            self.sessions[sid] = {"user": form["user"], "login": str(uuid.uuid4()), "token": secrets.token_hex(8)}
            return self.go("/ways", sid)
        if session is None or form.get("token") != session["token"]:
            return self.page("Sign in again", status=403)
        if self.path == "/check":
            reply = self.ask("check", form.get("nonce"), code=form.get("code", ""), method=session.get("method", "authenticator"))
            session["said"] = reply["message"]
            if reply["outcome"] == "approved":
                session["in"] = True
                return self.go("/in")
            return self.go("/code" if reply["outcome"] in ("denied", "invalid", "silence", "unavailable", "late") else "/ways")
        if self.path == "/register":
            more = {key: form[key] for key in ("phone", "channel", "ticket") if form.get(key)}
            reply = self.ask("register.phone", form.get("nonce"), **more)
        else:
            reply = self.ask("send", form.get("nonce"), channel=form.get("channel", ""))
        session["said"] = reply["message"]
        if reply["outcome"] == "sent":
            session.update(to=reply["to"], method="phone")
            return self.go("/code")
        if reply["outcome"] == "throttled":
            session["said"] += f" ({self.seconds(reply['retry_at'], reply['at'])} s)"
        if reply.get("alternatives"):
            session["said"] += " There is also: " + ", ".join(reply["alternatives"]) + "."
        return self.go("/ways")

    def log_message(self, *_):
        pass  # neither bodies nor codes belong into a log


if __name__ == "__main__":
    Portal.courier = Courier(os.environ["VERIFY_COURIER_BROKER_URL"])
    Portal.courier.start()
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Portal)
    print(f"ready http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
