"""Ports of the loopback interface, and waiting for what happens on them."""

import os
import random
import signal
import socket
import threading
import time


given = set()
lock = threading.Lock()


def free_port():
    """A port that nobody has: below those that the system gives to clients, so that none of them takes it meanwhile."""
    while True:
        port = random.randrange(10_000, 30_000)
        with lock, socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port not in given:
                given.add(port)
                return port


def wait_until(condition, seconds):
    """Asks until `condition` returns something, or the time is over; returns its last answer."""
    end = time.monotonic() + seconds
    answer = condition()
    while not answer and time.monotonic() < end:
        time.sleep(0.02)
        answer = condition()
    return answer


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    except OSError:
        return False


def is_listening(port):
    """Whether somebody listens there, without connecting."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return any(int(row[1].split(":")[1], 16) == port and row[3] == "0A" for row in rows)


def wait_for(port, seconds=30):
    if not wait_until(lambda: accepts(port), seconds):
        raise RuntimeError(f"no server on port {port}")


def is_running(pid):
    """Whether there is such a process; one that has ended and that nobody waited for is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def processes_in(folder):
    """The processes that were started with a path in this folder, or work there."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else []):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                is_there = folder.encode() in file.read() or os.readlink(f"/proc/{pid}/cwd").startswith(folder)
        except OSError:
            continue
        if is_there and is_running(pid):
            found.append(int(pid))
    return found


def read_pid(path):
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def end_process(pid, seconds=10):
    """Ends a process: asks first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not is_running(pid), seconds):
            return
