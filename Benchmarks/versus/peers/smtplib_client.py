"""Python's smtplib: smtplib_client.py PORT FILE MESSAGES RECIPIENTS -"""
import smtplib
import sys

port, path, messages = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
recipients = [f"rcpt{i}@bench.example" for i in range(int(sys.argv[4]))]
with open(path, "rb") as file:
    content = file.read()
with smtplib.SMTP("127.0.0.1", port, local_hostname="bench.example") as client:
    for _ in range(messages):
        client.sendmail("sender@bench.example", recipients, content)
