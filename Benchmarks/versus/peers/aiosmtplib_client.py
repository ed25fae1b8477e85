"""aiosmtplib: aiosmtplib_client.py PORT FILE MESSAGES RECIPIENTS -"""
import asyncio
import sys

import aiosmtplib


async def main(port, path, messages, recipients):
    with open(path, "rb") as file:
        content = file.read()
    addresses = [f"rcpt{i}@bench.example" for i in range(recipients)]
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="bench.example", start_tls=False)
    async with client:
        for _ in range(messages):
            await client.sendmail("sender@bench.example", addresses, content)


asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
