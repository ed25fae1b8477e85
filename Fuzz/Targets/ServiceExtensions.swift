import SMTPWire

/// No offer of a server is more than text, and every fact is within its range.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: octets(data, count), as: UTF8.self)
    guard let code = ReplyCode(rawValue: 250) else { return 0 }
    let offered = ServiceExtensions(SMTPReply(code: code, lines: ["host", text]))
    require(offered.keywords.count <= ServiceExtensions.keywordLimit, "too many keywords")
    for keyword in offered.keywords {
        require(offered.contains(keyword) && offered.parameters(of: keyword) != nil, "offered and not offered")
        require(!keyword.name.utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "a keyword that is not safe to show")
    }
    require((offered.sizeLimit ?? 1) > 0, "a size of nothing")
    require((0...999_999_999).contains(offered.deliverByMinimum ?? 0), "a time out of range")
    require((0...999_999_999).contains(offered.futureReleaseLimits?.interval ?? 0), "an interval out of range")
    for limit in [offered.limits.mailMaximum, offered.limits.recipientMaximum, offered.limits.recipientDomainMaximum] {
        require((1...999_999).contains(limit ?? 1), "a limit out of range")
    }
    let mechanisms = offered.authenticationMechanisms
    require(Set(mechanisms).count == mechanisms.count, "a mechanism twice")
    _ = (offered.priorityProfile, offered.refusedSolicitations, offered.xclientAttributes, offered.xforwardAttributes)
    if offered.keywords.isEmpty { require(offered.isEmpty, "empty and not empty") }
    _ = ServiceExtensions(text: text)
    return 0
}
