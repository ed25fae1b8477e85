"""Hundreds of messages behind each other on a connection: pipelined, streamed, and one by one."""

import json
import re

from harness import ServerSuite

HEADER = (
    "From: <sender@bench.example>\nTo: <rcpt0@bench.example>\nSubject: bench\nDate: Mon, 23 Nov 2026 12:00:00 +0000\n"
    "Message-ID: <bench.TOKEN.NUMBER@bench.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n\n"
)


def body(size, dots):
    """What smtp-load sends as a body of so many octets on the wire."""
    line = "".join(chr(ord("a") + index % 26) for index in range(76))
    if dots:
        line = "." + line[1:]
    lines, rest = divmod(size, 78)
    return f"{line}\n" * lines + ("" if rest < 2 else "x" * (rest - 2) + "\n")


class Bulk(ServerSuite):
    # Whether the server has more than one reply for these: it refuses every message whose number ends with a seven.
    refuses_sevens = True

    # The listener, how many messages of which size go there, and options of smtp-load.
    batches = []

    # Options and environment with which smtp-load logs in, where it must.
    login = ((), {})

    def load(self, at, count, size, *options):
        port, security = self.server.listeners[at]
        command = [self.tool("smtp-load"), "--host", "127.0.0.1", "--port", str(port), "--messages", str(count)]
        if security != "plain":
            way = {"starttls": "starttls", "tls": "implicit"}[security]
            command += ["--tls", way, "--ca", self.authority.certificate]
        command += ["--size", str(size), "--unique", *self.login[0], *options]
        return self.call(command, environment=self.login[1], seconds=300)

    def test_batches(self):
        for at, count, size, *options in self.batches:
            what = " ".join([f"{count} messages of {size} octets at {at}", *options])
            recipients = int(options[options.index("--recipients") + 1]) if "--recipients" in options else 1
            result = self.load(at, count, size, *options)
            wanted = {number for number in range(count) if not self.refuses_sevens or number % 10 != 7}
            told = json.loads(result.output.splitlines()[-1]) if result.output else {}
            is_right = result.code == (0 if len(wanted) == count else 1) and told.get("messages") == len(wanted)
            self.check(what, is_right, result)
            # What was not sent is not waited for.
            if told:
                self.compare(what, wanted, size, "--dots" in options, self.server.copies(recipients))

    def compare(self, what, wanted, size, dots, copies):
        """Each message was delivered as often as it should be, and each octet of it is there."""
        delivered = self.server.delivered(len(wanted) * copies, seconds=120)
        delivered += self.server.nothing_delivered()
        text = re.escape(HEADER + body(size, dots)).replace("TOKEN", r"[a-z0-9]+").replace("NUMBER", "([0-9]+)")
        pattern = re.compile(text.encode())
        found = [pattern.fullmatch(message) for message in delivered]
        broken = [message[:600] for message, match in zip(delivered, found) if not match]
        self.check(f"{what}, octet by octet", not broken, (len(broken), broken[:1]))
        numbers = sorted(int(match.group(1)) for match in found if match)
        expected = sorted(number for number in wanted for _ in range(copies))
        self.check(f"{what}, each of them", numbers == expected, (len(numbers), set(numbers) ^ wanted))
