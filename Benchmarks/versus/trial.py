"""Runs one client once on a sink of its own, and checks that it did what it should."""
import json
import os
import signal
import subprocess
import sys

LONGEST = 300


def sink_command(programs, work, client):
    expected = programs.file(work, "source" if client.program == "smtp-source" else "crlf")
    command = [programs.sink, "--offer", work.offer, "--delay", str(work.delay), "--expect", expected]
    command += ["--recipients", str(work.recipients)]
    if work.has_tls:
        command += ["--certificate", programs.certificate, "--key", programs.key, "--implicit"]
    return command


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


def run(programs, work, client):
    """What one run of `client` gave, if the sink saw just what it should."""
    sink = subprocess.Popen(sink_command(programs, work, client), stdout=subprocess.PIPE, text=True)
    try:
        port = sink.stdout.readline().strip()
        took = measure(programs, programs.command(client, work, port))
        sink.send_signal(signal.SIGTERM)
        seen = json.loads(sink.stdout.readline())
    finally:
        sink.kill()
        sink.wait()
    if took["status"] != 0 or seen["messages"] != client.messages or seen["wrong"] != 0:
        sys.exit(f"{work.title}, {client.label}: status {took['status']}, the sink saw {seen}")
    return {
        "rate": client.messages / took["seconds"],
        "megabytes": client.messages * work.size / took["seconds"] / 1e6,
        "cpu": took["cpu"] * 1e6 / client.messages,
        "switches": took["switches"] / client.messages,
        "memory": took["memory"] / 1024,
    }
