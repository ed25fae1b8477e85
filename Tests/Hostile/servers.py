"""Servers that mean harm: each a function that is given the connection of a client."""

import socket
import ssl
import struct
import threading
import time

KEYWORDS = (b"PIPELINING", b"8BITMIME")


class Server:
    """Listens on a loopback port, serves each client by `behaviour`, and keeps all that was received."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.received = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        # Small, so that a server that stops reading is felt soon.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.port = self.listener.getsockname()[1]
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            self.behaviour(Client(self, connection))
        except (OSError, EOFError, ValueError):
            pass

    def close(self):
        self.listener.close()
        for connection in self.connections:
            try:
                connection.close()
            except OSError:
                pass


class Client:
    """One connection, as a server has it."""

    def __init__(self, server, connection):
        self.server, self.socket = server, connection
        self.buffer = b""

    def say(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")

    def read(self):
        received = self.socket.recv(65536)
        if not received:
            raise EOFError
        self.server.received += received
        self.buffer += received

    def line(self):
        while b"\n" not in self.buffer:
            self.read()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("latin-1")

    def content(self):
        while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
            self.read()
        end = 0 if self.buffer.startswith(b".\r\n") else self.buffer.index(b"\r\n.\r\n") + 2
        content, self.buffer = self.buffer[:end], self.buffer[end + 3:]
        return content

    def drain(self):
        """Reads on, and says nothing more."""
        while True:
            self.read()

    def hang(self):
        """Neither reads nor says anything more."""
        time.sleep(3600)

    def pour(self, piece):
        """Says the same for ever."""
        while True:
            self.socket.sendall(piece)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def start_tls(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.buffer = b""


def friendly(at=None, harm=None, keywords=KEYWORDS, certificate=None):
    """A friendly server that at one point, the verb of a command, "greeting" or "content", does `harm` instead."""

    def behaviour(client):
        offered = list(keywords)
        if at == "greeting":
            return harm(client)
        client.say("220 hostile.test")
        while True:
            line = client.line()
            verb = line[:4].upper()
            if verb == at:
                return harm(client)
            if verb == "EHLO":
                lines = [b"hostile.test"] + offered
                marks = [b"-"] * (len(lines) - 1) + [b" "]
                client.say(b"".join(b"250" + mark + text + b"\r\n" for mark, text in zip(marks, lines)))
            elif verb == "STAR":
                client.say("220 go")
                client.start_tls(certificate)
                offered = [keyword for keyword in keywords if keyword != b"STARTTLS"]
            elif verb == "AUTH":
                client.say("235 come in")
            elif verb == "DATA":
                client.say("354 go")
                client.content()
                if at == "content":
                    return harm(client)
                client.say("250 taken")
            elif verb == "QUIT":
                return client.say("221 bye")
            else:
                client.say("250 ok")

    return behaviour
