"""VRFY, EXPN, ETRN and HELP, sent by the low-level channel: the replies as they came, and the mailboxes they name."""

from harness import ServerSuite


class Questions(ServerSuite):
    # What is asked, and what is answered: the command, the code, a part of the text, the mailboxes.
    questions = []

    # The listeners that are asked; under TLS the channel is the same and the transport another.
    asked_at = ("plain",)

    # The words of lines that the questions leave in the server's log.
    questions_in_log = []

    def test_questions(self):
        options = [word for command, *_ in self.questions for word in ("--ask", command)]
        for at in self.asked_at:
            result = self.probe(at, *options)
            answers = (result.json or {}).get("answers") or []
            count = (result.code, len(answers))
            self.check(f"questions at {at}, all answered", count == (0, len(self.questions)), result)
            for (command, code, text, mailboxes), answer in zip(self.questions, answers):
                named = [mailbox["address"] for mailbox in answer["mailboxes"]]
                is_right = (answer["command"], answer["code"], named) == (command, code, mailboxes)
                is_right = is_right and text in "\n".join(answer["text"])
                self.check(f"{command} at {at}", is_right, answer)
        for words in self.questions_in_log:
            self.check(f"questions, in the log: {words}", self.server.log_has(*words), self.server.log()[-1000:])
        delivered = self.server.nothing_delivered()
        self.check("questions, as delivered", delivered == [], delivered)
