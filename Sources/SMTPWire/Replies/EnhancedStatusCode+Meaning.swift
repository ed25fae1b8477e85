extension EnhancedStatusCode {
    /// What the code means by the registry of RFC 5248, or `nil` if nothing is registered for its subject and detail.
    public var meaning: String? {
        Self.meanings[subject].flatMap { $0.indices.contains(detail) ? $0[detail] : nil }
    }

    /// The registered meanings by subject and detail; from RFC 3463 where no other is named.
    private static let meanings: [Int: [String]] = [
        0: ["other or undefined status"],
        1: [
            "other address status",
            "bad destination mailbox address",
            "bad destination system address",
            "bad destination mailbox address syntax",
            "destination mailbox address ambiguous",
            "destination address valid",
            "destination mailbox has moved, no forwarding address",
            "bad sender's mailbox address syntax",
            "bad sender's system address",
            "message relayed to non-compliant mailer",  // RFC 3886
            "recipient address has null MX",  // RFC 7505
        ],
        2: [
            "other or undefined mailbox status",
            "mailbox disabled, not accepting messages",
            "mailbox full",
            "message length exceeds administrative limit",
            "mailing list expansion problem",
        ],
        3: [
            "other or undefined mail system status",
            "mail system full",
            "system not accepting network messages",
            "system not capable of selected features",
            "message too big for system",
            "system incorrectly configured",
            "requested priority was changed",  // RFC 6710
        ],
        4: [
            "other or undefined network or routing status",
            "no answer from host",
            "bad connection",
            "directory server failure",
            "unable to route",
            "mail system congestion",
            "routing loop detected",
            "delivery time expired",
        ],
        5: [
            "other or undefined protocol status",
            "invalid command",
            "syntax error",
            "too many recipients",
            "invalid command arguments",
            "wrong protocol version",
            "authentication exchange line is too long",  // RFC 4954
        ],
        6: [
            "other or undefined media error",
            "media not supported",
            "conversion required and prohibited",
            "conversion required but not supported",
            "conversion with loss performed",
            "conversion failed",
            "message content not available",  // RFC 4468
            "non-ASCII addresses not permitted for that sender or recipient",  // RFC 6531
            "UTF-8 string reply is required, but not permitted by the client",  // RFC 6531
            "UTF-8 header message cannot be transferred to one or more recipients",  // RFC 6531
        ],
        7: [
            "other or undefined security status",
            "delivery not authorized, message refused",
            "mailing list expansion prohibited",
            "security conversion required but not possible",
            "security features not supported",
            "cryptographic failure",
            "cryptographic algorithm not supported",
            "message integrity failure",
            "authentication credentials invalid",  // RFC 4954
            "authentication mechanism is too weak",  // RFC 4954
            "encryption needed",  // RFC 5248
            "encryption required for requested authentication mechanism",  // RFC 4954
            "a password transition is needed",  // RFC 4954
            "user account disabled",  // RFC 5248
            "trust relationship required",  // RFC 5248
            "priority level is too low",  // RFC 6710
            "message is too big for the specified priority",  // RFC 6710
            "mailbox owner has changed",  // RFC 7293
            "domain owner has changed",  // RFC 7293
            "RRVS test cannot be completed",  // RFC 7293
            "no passing DKIM signature found",  // RFC 7372
            "no acceptable DKIM signature found",  // RFC 7372
            "no valid author-matched DKIM signature found",  // RFC 7372
            "SPF validation failed",  // RFC 7372
            "SPF validation error",  // RFC 7372
            "reverse DNS validation failed",  // RFC 7372
            "multiple authentication checks failed",  // RFC 7372
            "sender address has null MX",  // RFC 7505
            "mail flood detected",
            "ARC validation failure",  // RFC 8617
            "REQUIRETLS support required",  // RFC 8689
        ],
    ]
}
