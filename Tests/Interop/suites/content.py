"""What is delivered equals what was sent, octet by octet."""

import os
import re

from harness import ServerSuite
from messages import MESSAGES, PLAIN, normal_form

# What is tried once more in each further way to a server: what TLS records and chunks could cut.
CROSSING = ("dots", "8-bit", "no final line end", "5 MB")


class Content(ServerSuite):
    # The listeners and options by which all messages go, and those by which some go.
    all_ways = [("plain", ())]
    some_ways = []

    # The listeners that offer no 8BITMIME: what has 8-bit octets is refused before it is sent.
    without_8bit = ()

    def test_content(self):
        for at, options in self.all_ways:
            for name in MESSAGES:
                self.content(name, at, options)
        for at, options in self.some_ways:
            for name in CROSSING:
                self.content(name, at, options)

    def content(self, name, at, options):
        what = " ".join([name, "at", at, *options])
        result = self.send(MESSAGES[name], at=at, options=options)
        if name == "8-bit" and at in self.without_8bit:
            self.check(f"{what}, not offered", (result.code, result.kind) == (65, "content"), result)
            return
        self.check(what, result.is_ok, result)
        delivered = self.server.delivered(1) if result.is_ok else self.server.nothing_delivered()
        is_same = delivered == [normal_form(MESSAGES[name])]
        self.check(f"{what}, as delivered", is_same, [message[-200:] for message in delivered])

    def test_content_from_a_file(self):
        path = os.path.join(self.folder.name, "message")
        at, options = self.all_ways[0]
        for name in ("dots", "8-bit", "no final line end"):
            with open(path, "wb") as file:
                file.write(MESSAGES[name])
            result = self.send(b"", options=[*options, path], at=at)
            self.check(f"{name} from a file", result.is_ok, result)
            self.check(f"{name} from a file, as delivered", self.server.delivered(1) == [normal_form(MESSAGES[name])])

    def test_empty_message(self):
        # A server may add the fields that a header must have.
        added = re.compile(rb"(?:(?:Message-I[dD]|Date|From|To): .*\n)*\n?")
        for at, options in self.all_ways:
            what = " ".join(["empty message at", at, *options])
            result = self.send(b"", at=at, options=options)
            self.check(what, result.is_ok, result)
            delivered = self.server.delivered(1)
            self.check(f"{what}, as delivered", len(delivered) == 1 and added.fullmatch(delivered[0]), delivered)

    def test_null_reverse_path(self):
        at, options = self.all_ways[0]
        result = self.send(sender="", at=at, options=options)
        self.check("null reverse-path", result.is_ok, result)
        self.check("null reverse-path, as delivered", self.server.delivered(1) == [normal_form(PLAIN)])

    def test_several_recipients(self):
        at, options = self.all_ways[0]
        recipients = [f"r{number}@interop.test" for number in range(20)]
        result = self.send(recipients=recipients, at=at, options=options)
        self.check("20 recipients", result.is_ok and result.outcomes == ["accepted"] * 20, result)
        delivered = self.server.delivered(self.server.copies(20))
        self.check("20 recipients, as delivered", len(delivered) == self.server.copies(20), len(delivered))
        strange = self.agrees(result)
        self.check("20 recipients, in the log", not strange, strange)
