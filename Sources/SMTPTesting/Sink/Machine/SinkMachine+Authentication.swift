internal import SMTPWire

extension SinkMachine {
    mutating func authenticationReceived(_ line: SinkCommandLine) {
        let words = line.argument.split(separator: 0x20, maxSplits: 1)
        let name = words.first.map { String(decoding: $0, as: UTF8.self).uppercased() } ?? ""
        exchange = nil
        if let refusal = refusalOfAuthentication(name) {
            authenticationStepped(.command, line, refusal, user: nil)
            return
        }
        exchange = configuration.mechanisms.first { $0.name == name }?.begin(record.read { $0.tls })
        authenticationContinued(.command, line, words.count > 1 ? words[1] : nil)
    }

    private func refusalOfAuthentication(_ mechanism: String) -> SinkReply? {
        if misses(.auth) { return .notImplemented }
        if enforces(.sequence), !record.hasHello { return .helloFirst }
        if record.hasUser || transaction != nil { return .outOfSequence }
        if enforces(.encryption), !record.isEncrypted { return .encryptionRequired }
        return configuration.mechanisms.contains { $0.name == mechanism } ? nil : .unknownMechanism
    }

    mutating func authenticationResponseReceived(_ line: SinkCommandLine) {
        mode = .commands
        if line.octets.elementsEqual([0x2A]) {
            authenticationStepped(.authenticationResponse, line, .authenticationCancelled, user: nil)
        } else {
            authenticationContinued(.authenticationResponse, line, line.octets)
        }
    }

    /// Gives the exchange what the client said in base64.
    private mutating func authenticationContinued(
        _ kind: SinkMoment.Kind,
        _ line: SinkCommandLine,
        _ base64: ArraySlice<UInt8>?
    ) {
        // An initial response that is empty is written as an equals sign (RFC 4954 §4).
        let isEmptyInitial = kind == .command && base64?.elementsEqual([0x3D]) == true
        let response = isEmptyInitial ? [] : base64.map { Base64.decode($0) }
        if case .some(nil) = response {
            authenticationStepped(kind, line, .badBase64, user: nil)
            return
        }
        switch exchange?.responseReceived(response ?? nil) {
        case .challenge(let octets): authenticationStepped(kind, line, .challenge(Base64.encode(octets)), user: nil)
        case .succeed(let user): authenticationStepped(kind, line, .authenticated, user: user)
        case .fail, nil: authenticationStepped(kind, line, .authenticationFailed, user: nil)
        }
    }

    private mutating func authenticationStepped(
        _ kind: SinkMoment.Kind,
        _ line: SinkCommandLine,
        _ regular: SinkReply,
        user: String?
    ) {
        let code = answer(kind, line, regular)
        if code == 334 {
            mode = .authentication
        } else {
            exchange = nil
            if code.isPositive { record.change { $0.user = user ?? "" } }
        }
    }
}
