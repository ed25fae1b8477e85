"""A server that counts the octets of a content, and keeps none of them."""

import socket
import threading


class Sink:
    """Takes one message, by DATA or by BDAT; `octets` are those of its content, without the terminator.

    It looks for the end of the content only where it can be, so it is no bottleneck.
    """

    def __init__(self):
        self.octets = 0
        self.verbs = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb", buffering=1 << 20) as stream:
                connection.sendall(b"220 sink\r\n")
                for line in iter(stream.readline, b""):
                    verb, _, rest = line.strip().partition(b" ")
                    self.verbs.append(verb)
                    connection.sendall(self.answer(verb, rest, stream, connection))
        except OSError:
            pass

    def answer(self, verb, rest, stream, connection):
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE\r\n250 CHUNKING\r\n"
        if verb == b"DATA":
            connection.sendall(b"354 go on\r\n")
            self.take_data(stream)
        if verb == b"BDAT":
            self.take(stream, int(rest.split()[0]))
        return b"250 ok\r\n"

    def take(self, stream, count):
        self.octets += count
        while count > 0:
            count -= len(stream.read(min(count, 1 << 20))) or count

    def take_data(self, stream):
        tail = b""
        while True:
            piece = stream.read1(1 << 20)
            if not piece:
                return
            self.octets += len(piece)
            # The client sends nothing behind the terminator until it is answered.
            tail = (tail + piece[-5:])[-5:]
            if tail == b"\r\n.\r\n":
                self.octets -= 3
                return

    def stop(self):
        self.listener.close()
        self.thread.join(10)
