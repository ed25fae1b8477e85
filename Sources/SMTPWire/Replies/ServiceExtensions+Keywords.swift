extension ServiceExtensions.Keyword {
    /// PIPELINING (RFC 2920).
    public static let pipelining = Self("PIPELINING")
    /// CHUNKING (RFC 3030).
    public static let chunking = Self("CHUNKING")
    /// BINARYMIME (RFC 3030).
    public static let binaryMIME = Self("BINARYMIME")
    /// SIZE (RFC 1870).
    public static let size = Self("SIZE")
    /// STARTTLS (RFC 3207).
    public static let startTLS = Self("STARTTLS")
    /// AUTH (RFC 4954).
    public static let auth = Self("AUTH")
    /// 8BITMIME (RFC 6152).
    public static let eightBitMIME = Self("8BITMIME")
    /// SMTPUTF8 (RFC 6531).
    public static let smtpUTF8 = Self("SMTPUTF8")
    /// ENHANCEDSTATUSCODES (RFC 2034).
    public static let enhancedStatusCodes = Self("ENHANCEDSTATUSCODES")
    /// DSN (RFC 3461).
    public static let dsn = Self("DSN")
    /// DELIVERBY (RFC 2852).
    public static let deliverBy = Self("DELIVERBY")
    /// FUTURERELEASE (RFC 4865).
    public static let futureRelease = Self("FUTURERELEASE")
    /// MT-PRIORITY (RFC 6710).
    public static let mtPriority = Self("MT-PRIORITY")
    /// NO-SOLICITING (RFC 3865).
    public static let noSoliciting = Self("NO-SOLICITING")
    /// BURL (RFC 4468).
    public static let burl = Self("BURL")
    /// REQUIRETLS (RFC 8689).
    public static let requireTLS = Self("REQUIRETLS")
    /// LIMITS (RFC 9422).
    public static let limits = Self("LIMITS")
    /// PRDR (draft-hall-prdr).
    public static let prdr = Self("PRDR")
    /// XCLIENT (Postfix).
    public static let xclient = Self("XCLIENT")
    /// XFORWARD (Postfix).
    public static let xforward = Self("XFORWARD")
    /// ETRN (RFC 1985).
    public static let etrn = Self("ETRN")
    /// ATRN (RFC 2645).
    public static let atrn = Self("ATRN")
    /// VRFY (RFC 5321).
    public static let vrfy = Self("VRFY")
    /// EXPN (RFC 5321).
    public static let expn = Self("EXPN")
    /// HELP (RFC 5321).
    public static let help = Self("HELP")
}
