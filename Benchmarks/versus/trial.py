"""Runs one client once on a sink of its own, and checks that it did what it should."""
import json
import os
import signal
import subprocess
import sys

LONGEST = 300


def measure(programs, command):
    """What `command` took: the little program that starts it reports on a descriptor of its own."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as report:
        client = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$0" "$@" 3>&{writing}', programs.measure, *command],
            stdout=subprocess.DEVNULL,
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        try:
            client.wait(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(client.pid, signal.SIGKILL)
            client.wait()
            sys.exit(f"after {LONGEST} s this was not over: {' '.join(command)}")
        return json.loads(report.readline())


def run(make_sink, programs, work, client):
    """What one run of `client` gave, if the sink saw just what it should."""
    sink = make_sink(programs, work, client)
    try:
        took = measure(programs, programs.command(client, work, sink.port))
        complaint = sink.complaint(client)
    finally:
        sink.stop()
    if took["status"] != 0 or complaint:
        sys.exit(f"{work.title}, {client.label}: exit code {took['status'] >> 8}; {complaint or 'the sink saw all'}")
    return {
        "rate": client.messages / took["seconds"],
        "megabytes": client.messages * work.size / took["seconds"] / 1e6,
        "cpu": took["cpu"] * 1e6 / client.messages,
        "switches": took["switches"] / client.messages,
        "memory": took["memory"] / 1024,
    }
