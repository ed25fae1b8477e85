"""Messages that mail software has got wrong, and what is stored of them."""

HEADER = (
    b"From: <a@interop.test>\nTo: <b@interop.test>\nDate: Mon, 23 Nov 2026 12:00:00 +0000\n"
    b"Message-Id: <x@interop.test>\nSubject: x\n\n"
)

PLAIN = HEADER + b"hello\n"

MESSAGES = {
    "plain": PLAIN,
    "dots": HEADER + b".\n..\n...\n.a\n.\n\n.",
    "8-bit": HEADER + "grüße, ".encode() + b"\xe4\xff\n",
    "no final line end": HEADER + b"last",
    "CRLF": (HEADER + b"a\n.\nb\n").replace(b"\n", b"\r\n"),
    "CRLF and LF": HEADER + b"a\r\nb\n\r\n.\r\n",
    "lone CR": HEADER + b"a\rb\r",
    "end of content in it": HEADER + b"a\r\n.\r\nMAIL FROM:<x@y>\r\n.\nb\n",
    "trailing blanks": HEADER + b"trailing \t \n\n\n\n",
    "From_ lines": HEADER + b"From here\n>From there\nFrom: x\n",
    "long lines": HEADER + b"x" * 998 + b"\n" + b"." + b"y" * 997 + b"\n",
    "controls": HEADER + bytes(set(range(1, 32)) - {10, 13}) + b"\x7f\n",
    "5 MB": HEADER + b".a dotted line of text, and what follows it\n" * 120_000,
}


def normal_form(message):
    """What is stored: every line end the same, and one at the end of what is not empty."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines if not lines or lines.endswith(b"\n") else lines + b"\n"
