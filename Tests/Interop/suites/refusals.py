"""What is refused is told as the server said it and as its log has it, and the rest is delivered."""

from harness import ServerSuite
from servers.replies import CLOSING, CONTENT, RECIPIENTS, SENDERS, parts


def at_domain(name):
    return f"{name}@interop.test"


class Refusals(ServerSuite):
    # The refusals of servers.replies that the server can be made to give.
    recipients, closing, senders, content_refusals = RECIPIENTS, CLOSING, SENDERS, CONTENT


    def is_told(self, recipient, reply):
        code, enhanced, text = parts(reply)
        said = (recipient["outcome"], recipient["code"], recipient["enhanced"])
        return said == ("rejected", code, enhanced) and text in recipient["message"]

    @staticmethod
    def exit_code(replies):
        return 69 if any(reply.startswith("5") for reply in replies) else 75

    def test_refused_recipients(self):
        good = at_domain("b")
        for name, reply in self.recipients.items():
            for recipients in ([at_domain(name)], [good, at_domain(name)], [at_domain(name), good]):
                what = f"refused recipient, {recipients}"
                result = self.send(recipients=recipients)
                refused = result.recipients[recipients.index(at_domain(name))] if result.recipients else None
                is_right = result.code == self.exit_code([reply]) and refused and self.is_told(refused, reply)
                self.check(what, is_right, result)
                delivered = self.server.delivered(1) if good in recipients else self.server.nothing_delivered()
                self.check(f"{what}, as delivered", len(delivered) == len(recipients) - 1, delivered)
                strange = self.agrees(result)
                self.check(f"{what}, in the log", not strange, (strange, result))

    def test_all_or_nothing(self):
        for options in ((), ("--chunking",)):
            recipients = [at_domain("b"), at_domain("nosuch")]
            result = self.send(recipients=recipients, options=["--all-or-nothing", *options])
            is_right = (result.code, result.outcomes) == (69, ["not-attempted", "rejected"])
            self.check(f"all or nothing {options}", is_right, result)
            delivered = self.server.nothing_delivered()
            self.check(f"all or nothing {options}, as delivered", delivered == [], delivered)

    def test_two_refusals(self):
        for names, code in ((("tempfail", "tempfail"), 75), (("tempfail", "nosuch"), 69)):
            result = self.send(recipients=[at_domain(name) for name in names])
            self.check(f"refused: {names}", (result.code, result.outcomes) == (code, ["rejected"] * 2), result)

    def test_closing(self):
        for name, reply in self.closing.items():
            result = self.send(recipients=[at_domain("b"), at_domain(name), at_domain("carol")])
            told = [recipient for recipient in result.recipients if recipient["code"] == parts(reply)[0]]
            self.check("421 to RCPT", result.code == 75 and "accepted" not in result.outcomes and told, result)
            delivered = self.server.nothing_delivered()
            self.check("421 to RCPT, as delivered", delivered == [], delivered)

    def test_refused_senders(self):
        for name, reply in self.senders.items():
            result = self.send(sender=at_domain(name))
            code, enhanced, text = parts(reply)
            # Where MAIL is refused, nobody asks about the recipient; some servers put that off until RCPT.
            told = (result.error.get("code"), result.error.get("enhanced")) == (code, enhanced)
            is_right = result.code == self.exit_code([reply]) and "accepted" not in result.outcomes
            self.check(f"refused sender {name}", is_right and told and text in result.message, result)
            strange = self.agrees(result)
            self.check(f"refused sender {name}, in the log", not strange, strange)

    def test_refused_content(self):
        for word, reply in self.content_refusals.items():
            for options in ((), ("--chunking",)):
                message = f"Subject: {word}\n\nx\n".encode()
                result = self.send(message, options=options)
                is_right = result.code == self.exit_code([reply]) and result.outcomes == ["rejected"]
                what = f"refused content, {word} {options}"
                self.check(what, is_right and self.is_told(result.recipients[0], reply), result)
                delivered = self.server.nothing_delivered()
                self.check(f"{what}, as delivered", delivered == [], delivered)
