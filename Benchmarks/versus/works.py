"""What is to be done, by whom, and what ours should reach."""
import statistics
from dataclasses import dataclass, field

ALL = "PIPELINING,CHUNKING,8BITMIME,SIZE"
LOCK_STEP, CHUNKING = ["--no-pipeline"], ["--chunking"]


@dataclass
class Client:
    """One line of a table: a program, how it is called, and how many messages make a run long enough."""

    label: str
    program: str
    messages: int
    options: list = field(default_factory=list)


@dataclass
class Goal:
    """A figure of a client over the same of another, or alone, and the least or the most it should be."""

    client: str
    figure: str
    limit: float
    over: str = None
    is_most: bool = False

    def value(self, medians):
        if self.client not in medians or (self.over and self.over not in medians):
            return None
        if not self.over:
            return medians[self.client][self.figure]
        ours, theirs = (medians[name] for name in (self.client, self.over))
        # Of each round by itself: what slows the machine down for a while slows both.
        pairs = zip(ours["rounds"][self.figure], theirs["rounds"][self.figure])
        return statistics.median(one / other for one, other in pairs)

    def is_reached(self, value):
        return value <= self.limit if self.is_most else value >= self.limit


@dataclass
class Work:
    title: str
    clients: list
    goals: list
    size: int = 1024
    offer: str = ALL
    delay: int = 0
    recipients: int = 1
    connections: int = 1
    session: int = 0  # Messages a session, 0 for all.
    has_tls: bool = False
    is_dotted: bool = False
    most_rounds: int = 100


def peers(messages, *names, slow=()):
    return [Client(name, name, messages // 4 if name in slow else messages) for name in names]


def large(title, **options):
    messages = 5
    clients = [Client("libcurl", "libcurl", messages), Client("ours", "ours", messages, LOCK_STEP)]
    goals = [Goal("ours", "rate", 1.2, "libcurl")]
    if not options.get("has_tls"):
        clients += [Client("smtp-source", "smtp-source", messages), Client("C", "C", messages, ["file"])]
        goals.append(Goal("ours", "memory", 16, is_most=True))
    return Work(title, clients, goals, 100_000_000, **options)


def delayed(milliseconds, messages, least):
    return Work(
        f"1 KiB, {milliseconds} ms round trip",
        [
            Client("ours, lock-step", "ours", messages, LOCK_STEP), Client("ours, pipelined", "ours", messages * 4),
            Client("ours, BDAT", "ours", 1000, CHUNKING), *peers(messages, "smtp-source", "libcurl", "Go"),
        ],
        [
            Goal("ours, pipelined", "rate", least), Goal("ours, BDAT", "rate", 30, "ours, lock-step"),
        ],
        delay=milliseconds,
        most_rounds=3,
    )


SLOW = ("smtplib", "aiosmtplib")
WORKS = {
    "lock-step": Work(
        "1 KiB, one connection, lock-step",
        [
            Client("smtp-source", "smtp-source", 20_000), Client("ours", "ours", 20_000, LOCK_STEP),
            *peers(20_000, "libcurl", "Go", "smtplib", "aiosmtplib", slow=SLOW),
            Client("C", "C", 20_000, ["lock-step"]),
        ],
        [Goal("ours", "rate", 1, "smtp-source"), Goal("ours", "cpu", 1, "smtp-source", is_most=True)],
    ),
    "pipelined": Work(
        "1 KiB, one connection, pipelined",
        [
            Client("smtp-source", "smtp-source", 20_000), Client("ours", "ours", 100_000),
            Client("C", "C", 100_000, ["pipelined"]),
        ],
        [Goal("ours", "rate", 3.5, "smtp-source")],
    ),
    "streamed": Work(
        "1 KiB, one connection, BDAT streamed",
        [
            Client("smtp-source", "smtp-source", 20_000), Client("ours", "ours", 300_000, CHUNKING),
            Client("C", "C", 1_000_000, ["streamed"]),
        ],
        [Goal("ours", "rate", 15, "smtp-source")],
    ),
    "ten": Work(
        "1 KiB, ten connections",
        [
            *peers(40_000, "smtp-source", "Go"), Client("ours, lock-step", "ours", 40_000, LOCK_STEP),
            Client("ours, pipelined", "ours", 200_000), Client("ours, BDAT", "ours", 400_000, CHUNKING),
        ],
        [Goal("ours, lock-step", "rate", 1, "smtp-source"), Goal("ours, pipelined", "rate", 3, "smtp-source")],
        connections=10,
    ),
    "tls": Work(
        "1 KiB over TLS, one connection",
        [
            *peers(20_000, "Go", "libcurl"), Client("ours, lock-step", "ours", 20_000, LOCK_STEP),
            Client("ours, pipelined", "ours", 60_000), Client("ours, BDAT", "ours", 200_000, CHUNKING),
        ],
        [Goal("ours, lock-step", "rate", 1, "Go"), Goal("ours, pipelined", "rate", 3, "Go")],
        has_tls=True,
    ),
    "recipients": Work(
        "1 KiB, 100 recipients",
        [
            *peers(400, "libcurl", "smtp-source", "Go", "smtplib", "aiosmtplib", slow=SLOW),
            Client("ours", "ours", 20_000), Client("ours, BDAT", "ours", 20_000, CHUNKING),
        ],
        [Goal("ours", "rate", 50, "libcurl")],
        recipients=100,
    ),
    "delay-20": delayed(20, 24, 43),
    "delay-100": delayed(100, 10, 8),
    "large": large("100 MB by DATA"),
    "large-dotted": large("100 MB by DATA, each line dotted", is_dotted=True),
    "large-tls": large("100 MB by DATA over TLS", has_tls=True),
    "sessions": Work(
        "A session for each message",
        [*peers(6_000, "smtp-source", "Go"), Client("ours", "ours", 6_000, LOCK_STEP)],
        [Goal("ours", "rate", 1, "smtp-source")],
        session=1,
    ),
    "sessions-tls": Work(
        "A session for each message, TLS handshake each",
        [*peers(2_000, "Go"), Client("ours", "ours", 2_000, LOCK_STEP)],
        [Goal("ours", "rate", 1, "Go")],
        session=1,
        has_tls=True,
    ),
    "bulk": Work(
        "Peak memory of a bulk run",
        [
            Client("ours, 10,000", "ours", 10_000), Client("ours, 1,000,000", "ours", 1_000_000),
            Client("BDAT, 10,000", "ours", 10_000, CHUNKING), Client("BDAT, 1,000,000", "ours", 1_000_000, CHUNKING),
        ],
        [
            Goal("ours, 1,000,000", "memory", 24, is_most=True),
            Goal("ours, 1,000,000", "memory", 1.1, "ours, 10,000", is_most=True),
            Goal("BDAT, 1,000,000", "memory", 24, is_most=True),
            Goal("BDAT, 1,000,000", "memory", 1.1, "BDAT, 10,000", is_most=True),
        ],
        most_rounds=1,
    ),
}
