"""A mail server for tests: aiosmtpd, whose answers follow the recipient's name. Prints each mail as a line of JSON.

  python3 smtpd.py [--port N] [--tls CERT KEY] [--starttls CERT KEY] [--login USER PASSWORD]

no550@  refuses the recipient for good    later451@  refuses twice, then takes it    data554@  refuses the mail itself
cut@    closes the line instead of saying that it has been taken    slow@  waits 3 s before it says so
"""
import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self):
        self.refused = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split('@')[0]
        if name.startswith('no550'):
            say(event='refused', to=address)
            return '550 5.1.1 no such box'
        if name.startswith('later451'):
            self.refused[address] = self.refused.get(address, 0) + 1
            if self.refused[address] <= 2:
                say(event='later', to=address)
                return '451 4.7.1 come back later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        names = [a.split('@')[0] for a in envelope.rcpt_tos]
        say(event='mail', sender=envelope.mail_from, to=envelope.rcpt_tos, tls=server.transport.get_extra_info('ssl_object') is not None, login=session.authenticated,
            data=base64.b64encode(envelope.original_content).decode())
        if any(n.startswith('data554') for n in names):
            return '554 5.6.0 not this'
        if any(n.startswith('cut') for n in names):
            server.transport.abort()
            return '250 OK'
        if any(n.startswith('slow') for n in names):
            await asyncio.sleep(3)
        return '250 OK'


def context(pair):
    if not pair:
        return None
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(*pair)
    return c


async def main():
    p = argparse.ArgumentParser()
    p.add_argument('--host', default='127.0.0.1')
    p.add_argument('--port', type=int, default=0)
    p.add_argument('--tls', nargs=2)
    p.add_argument('--starttls', nargs=2)
    p.add_argument('--login', nargs=2)
    o = p.parse_args()
    handler = Handler()

    def check(server, session, envelope, mechanism, data):
        good = [data.login.decode(), data.password.decode()] == o.login
        say(event='login', good=good)
        return AuthResult(success=good, handled=False)

    def make():
        return SMTP(handler, tls_context=context(o.starttls), require_starttls=bool(o.starttls), auth_required=bool(o.login),
                    auth_require_tls=False, authenticator=check if o.login else None, enable_SMTPUTF8=True)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, o.host, o.port, ssl=context(o.tls))
    say(event='port', port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
