"""Each mechanism that a server offers, right and wrong passwords, and what is not offered."""

from harness import ServerSuite
from messages import PLAIN, normal_form
from servers.dovecot import token

VARIABLE = "INTEROP_SECRET"


class Authentication(ServerSuite):
    # Listener, mechanism and users: each of them logs in there by it.
    mechanisms = []

    # Listener and the mechanism that is the strongest there for a password.
    strongest = {}

    # Listener and a mechanism that is not offered there.
    not_offered = []

    # Listeners where nothing is taken without a login, and the exit code and the kind of the refusal.
    locked = {}

    def log_in(self, at, mechanism, user, secret, *more):
        options = ["--auth", mechanism, "--user", user, "--password-env", VARIABLE, *more]
        return self.send(at=at, options=options, environment={VARIABLE: secret})

    def identity(self, mechanism):
        """The options for EXTERNAL, which needs a client certificate."""
        certificate = ["--client-cert", self.authority.pem("client"), "--client-key", self.authority.key("client")]
        return certificate if mechanism == "EXTERNAL" else []

    def secret(self, mechanism, user):
        return token(user, 3600) if mechanism in ("XOAUTH2", "OAUTHBEARER") else self.server.users[user]

    def test_mechanisms(self):
        for at, mechanism, users in self.mechanisms:
            for user in users:
                what = f"{mechanism} of {user} at {at}"
                result = self.log_in(at, mechanism.lower(), user, self.secret(mechanism, user))
                self.check(what, result.is_ok, result)
                if result.is_ok:
                    self.check(f"{what}, as delivered", self.server.delivered(1) == [normal_form(PLAIN)])
                    words = self.server.authenticated_in_log(mechanism, user)
                    self.check(f"{what}, in the log", self.server.log_has(*words), words)

    def test_strongest(self):
        for at, mechanism in self.strongest.items():
            words = self.server.authenticated_in_log(mechanism, "alice")
            before = self.server.log_count(*words)
            result = self.log_in(at, "auto", "alice", self.server.users["alice"])
            self.check(f"the strongest at {at}", result.is_ok and len(self.server.delivered(1)) == 1, result)
            self.check(f"the strongest at {at}, in the log", self.server.log_has(*words, more_than=before), words)

    def test_wrong_passwords(self):
        for at, mechanism, users in self.mechanisms:
            bad = token(users[0], -3600) if mechanism in ("XOAUTH2", "OAUTHBEARER") else "mistaken"
            result = self.log_in(at, mechanism.lower(), users[0], bad)
            self.check(f"wrong: {mechanism} at {at}", self.is_rejected(result), result)
            is_bearer = mechanism in ("XOAUTH2", "OAUTHBEARER")
            # The server's reason is in its challenge: a status of RFC 7628, or 401 as Google writes it.
            is_told = "401" in result.message or "invalid_token" in result.message
            self.check(f"wrong: {mechanism} at {at}, with the status", is_told or not is_bearer, result)
        result = self.log_in(self.mechanisms[0][0], "auto", "nobody", "mistaken")
        self.check("unknown user", self.is_rejected(result), result)
        delivered = self.server.nothing_delivered()
        self.check("wrong passwords, as delivered", delivered == [], delivered)

    @staticmethod
    def is_rejected(result):
        told = (result.code, result.kind, result.error.get("code")) == (77, "authentication", 535)
        return told and "accepted" not in result.outcomes

    def test_not_offered(self):
        for at, mechanism in self.not_offered:
            result = self.log_in(at, mechanism.lower(), "alice", "wonderland", *self.identity(mechanism))
            is_told = (result.code, result.kind) == (77, "authentication") and mechanism in result.message
            self.check(f"{mechanism} at {at}, where it is not offered", is_told, result)

    def test_clear(self):
        at = next(iter(self.mechanisms))[0]
        options = ["--security", "plain", "--user", "alice", "--password-env", VARIABLE]
        command = self.sending(["--host", "127.0.0.1", "--port", str(self.server.port(at)), *options])
        result = self.call(command, PLAIN, {VARIABLE: "wonderland"})
        self.check("a password in clear", (result.code, result.kind) == (77, "authentication"), result)

    def test_locked(self):
        for at, expected in self.locked.items():
            result = self.send(at=at)
            self.check(f"no login at {at}", (result.code, result.kind) == expected, result)
        delivered = self.server.nothing_delivered()
        self.check("no login, as delivered", delivered == [], delivered)
