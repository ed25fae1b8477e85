"""What a server offers, each option of smtp-send that needs it, and each where it is not offered."""

import re

from harness import ServerSuite
from messages import HEADER, PLAIN, normal_form

# An option of smtp-send and the extension without which nothing is sent.
OPTIONS = {
    "DSN": ["--dsn-notify", "failure", "--dsn-ret", "hdrs", "--dsn-envid", "e1"],
    "SMTPUTF8": ["--smtputf8"],
    "DELIVERBY": ["--deliver-by", "3600"],
    "FUTURERELEASE": ["--hold-for", "60"],
    "MT-PRIORITY": ["--priority", "3"],
    "8BITMIME": ["--body", "8bitmime"],
    "BINARYMIME": ["--body", "binarymime"],
}

LARGE = HEADER + b"a line of a message that is too large for every server here\n" * 120_000


class Extensions(ServerSuite):
    # The listener that is asked, and all that it offers, as keywords.
    asked = "plain"
    keywords = set()

    # Whether the server itself puts the recipient's address into the message, so that one can see how it came.
    shows_recipient = True

    def test_keywords(self):
        result = self.probe(self.asked)
        section = "extensionsInClear" if self.asked == "plain" else "extensionsUnderTLS"
        found = {line["keyword"].upper() for line in (result.json or {}).get(section) or []}
        self.check("the keywords", found == self.keywords, result)

    def test_options(self):
        for keyword, options in OPTIONS.items():
            result = self.send(at=self.asked, options=options)
            if keyword in self.keywords:
                self.check(f"{keyword}", result.is_ok, result)
                delivered = self.server.delivered(1)
                self.check(f"{keyword}, as delivered", delivered == [normal_form(PLAIN)], delivered)
            else:
                self.check(f"{keyword}, not offered", (result.code, result.kind) == (69, "not-offered"), result)
        delivered = self.server.nothing_delivered()
        self.check("not offered, as delivered", delivered == [], delivered)

    def test_size(self):
        for options in ((), ("--chunking",)):
            result = self.send(LARGE, at=self.asked, options=options)
            if "SIZE" in self.keywords:
                self.check(f"too large {options}", (result.code, result.kind) == (65, "content"), result)
            else:
                self.check(f"too large, and not told before {options}", result.code == 69, result)
        delivered = self.server.nothing_delivered()
        self.check("too large, as delivered", delivered == [], delivered)

    def test_internationalized(self):
        address = "jürgen.grün@interop.test"
        header = "Subject: Grüße\n\nx\n".encode()
        result = self.send(recipients=[address], at=self.asked)
        other = self.send(header, at=self.asked)
        if "SMTPUTF8" not in self.keywords:
            self.check("UTF-8 address, not offered", (result.code, result.kind) == (69, "not-offered"), result)
            self.check("UTF-8 header, not offered", (other.code, other.kind) == (69, "not-offered"), other)
            return
        self.check("UTF-8 address", result.is_ok, result)
        self.check("UTF-8 header", other.is_ok, other)
        delivered = self.server.delivered_raw(2)
        is_there = len(delivered) == 2 and any(header[:-4] in raw for raw in delivered)
        self.check("UTF-8, as delivered", is_there, delivered)
        if self.shows_recipient:
            self.check("UTF-8 address, as delivered", any(address.encode() in raw for raw in delivered), delivered)

    def test_plan(self):
        result = self.send(at=self.asked, options=["--plan"])
        plan = (result.json or {}).get("plan") or {}
        self.check("plan", result.code == 0 and plan.get("pipelined") == ("PIPELINING" in self.keywords), result)
        mail = plan.get("transactions", [{}])[0].get("mail", "")
        self.check("plan, with a size", ("SIZE=" in mail) == ("SIZE" in self.keywords), result)
        result = self.send(at=self.asked, options=["--plan", "--chunking"])
        plan = (result.json or {}).get("plan") or {}
        verb = "BDAT" if "CHUNKING" in self.keywords else "DATA"
        self.check("plan, with chunks", plan.get("transfer") == verb, result)
        delivered = self.server.nothing_delivered()
        self.check("plan, as delivered", delivered == [], delivered)


class Notifications(ServerSuite):
    """The reports of DSN that a server sends to the reverse-path show that it got the parameters."""

    # The listener by which it goes.
    asked = "plain"

    # The recipient whose mail is taken and bounces, where there is one.
    bounced = None

    # What tells a report from other mail, and what one of success says.
    report_pattern = re.compile(rb"(?i)report-type=\"?delivery-status")
    success_words = ("Original-Envelope-Id: id-1", "Action: delivered")

    def expect_report(self, what, recipient, options, count, words):
        """Sends, and looks for the words in the report that comes back."""
        result = self.send(HEADER + b"the body\n", recipients=[recipient], options=options, at=self.asked)
        self.check(what, result.is_ok, result)
        delivered = self.server.delivered_raw(count)
        reports = [message for message in delivered if self.report_pattern.search(message)]
        self.check(f"{what}, as delivered", (len(delivered), len(reports)) == (count, 1), delivered)
        report = reports[0].lower() if reports else b""
        for word in (*words, recipient):
            self.check(f"{what}, with {word}", word.lower().encode() in report, report)
        return report

    def test_success(self):
        options = ["--dsn-notify", "success,failure", "--dsn-envid", "id-1"]
        self.expect_report("DSN of success", "b@interop.test", options, 2, self.success_words)

    def test_failure(self):
        for ret in ("hdrs", "full") if self.bounced else ():
            options = ["--dsn-notify", "failure", "--dsn-ret", ret, "--dsn-envid", f"id-{ret}"]
            words = [f"Original-Envelope-Id: id-{ret}", "Action: failed"]
            report = self.expect_report(f"DSN of failure, {ret}", self.bounced, options, 1, words)
            is_returned = b"the body" in report
            self.check(f"DSN of failure, {ret}, with the body or without", is_returned == (ret == "full"), report)

    def test_never(self):
        for recipient in ("b@interop.test", self.bounced):
            if not recipient:
                continue
            result = self.send(recipients=[recipient], options=["--dsn-notify", "never"], at=self.asked)
            self.check(f"DSN of nothing, {recipient}", result.is_ok, result)
            expected = [] if recipient == self.bounced else [normal_form(PLAIN)]
            delivered = self.server.delivered(len(expected)) + self.server.nothing_delivered()
            self.check(f"DSN of nothing, {recipient}, as delivered", delivered == expected, delivered)
