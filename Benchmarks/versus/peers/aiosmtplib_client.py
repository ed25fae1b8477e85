"""aiosmtplib: aiosmtplib_client.py PORT FILE MESSAGES"""
import asyncio
import sys

import aiosmtplib


async def main(port, path, messages):
    with open(path, "rb") as file:
        content = file.read()
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="bench.example", start_tls=False)
    async with client:
        for _ in range(messages):
            await client.sendmail("sender@bench.example", ["rcpt0@bench.example"], content)


asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
