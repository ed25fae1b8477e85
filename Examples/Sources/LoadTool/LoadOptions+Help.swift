extension LoadOptions {
    static let version = "smtp-load 0.1.0"

    static let help = """
        Sends the same message many times, as fast as the server takes it.

        Usage: smtp-load --host <host> --port <port> [options]

          --host <host>         The server's name or address.
          --port <port>         The port.
          --messages <n>        How many messages to send, over all connections. (default: 1)
          --size <octets>       The size of the body. (default: 1024)
          --connections <n>     How many connections to use at once. (default: 1)
          --recipients <n>      How many recipients a message has. (default: 1)
          --messages-per-connection <n>
                                Quit and connect again after so many messages.
          --tls <implicit|starttls>
                                Use TLS, from the first octet or by STARTTLS. (default: no TLS)
          --ca <file>           Certificates to trust instead of the system's; --ca-file is the same.
          --server-name <name>  The name to verify instead of the host's.
          --user <user>         The user to authenticate as, under TLS.
          --password-env <variable>
                                The variable that holds the password.
          --pipeline            Insist on PIPELINING. (default: if the server offers it)
          --no-pipeline         Wait for the reply to each command.
          --chunking            Send content by BDAT, streamed unless --no-pipeline.
          --dots                Begin each full line of the body with a dot.
          --unique              Give each message a Message-ID of its own.
          --window <messages>   How many messages may be under way on a connection. (default: 100) Of several connections
                                each has no more than half of its share of what is left.
          --version, --help, -h

        Without --unique every message has the same octets: a header, and a body in lines of 78. With PIPELINING the next
        message's commands go behind the content of the one before: one round trip a message. With --chunking as well,
        messages follow each other without a wait.

        The last line of standard output is {"messages":N,"seconds":S}: the messages accepted for all recipients, and the
        time from before the first connection to after the last QUIT. On a terminal a line before it shows how it goes: the
        latency counts from the first command of a message to the last reply to it.

        Examples:
          smtp-load --host 127.0.0.1 --port 2525 --messages 10000
          smtp-load --host 127.0.0.1 --port 2525 --messages 100000 --connections 10 --chunking
          smtp-load --host mail.example.org --port 587 --tls starttls --ca ca.pem --messages 100 --unique

        Exit codes:
           0  all messages were accepted for all recipients
           3  the server does not offer what was asked for; nothing was sent
           1  anything else
        """
}
