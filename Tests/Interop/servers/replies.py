"""What every server here is configured to answer: the tests know it from this table, and so do the servers."""

# By local part, to RCPT.
RECIPIENTS = {
    "nosuch": "550 5.1.1 No such user here",
    "denied": "554 5.7.1 Denied by policy",
    "overquota": "552 5.2.2 Over quota",
    "tempfail": "450 4.2.0 Come back later",
    "broken": "451 4.3.0 Something is broken here",
    "full": "452 4.2.2 Mailbox full for now",
}

# By local part, to RCPT; the connection is closed.
CLOSING = {"shutdown": "421 4.3.2 Shutting down"}

# By local part, to MAIL, or to RCPT where the server puts the refusal off.
SENDERS = {
    "blocked": "550 5.7.1 Sender blocked",
    "tempsender": "450 4.1.8 Sender unknown for now",
}

# By the first word of the subject, after the content.
CONTENT = {
    "reject": "550 5.7.1 Content rejected",
    "defer": "451 4.7.1 Content deferred",
}

# After the content of a message of smtp-load's whose number ends with this: some of many are refused.
REFUSED_NUMBER = "7"
REFUSED_MESSAGE = "554 5.7.1 Not this one"

# The domains whose mail is taken: that of the tests, and smtp-load's.
DOMAINS = ("interop.test", "bench.example")


def parts(reply):
    """The code, the enhanced code and the text of such a reply."""
    code, enhanced, text = reply.split(" ", 2)
    return int(code), enhanced, text
