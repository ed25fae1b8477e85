import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// Carries one exchange out, on the channel's executor, in one turn: no command of another task falls in between.
extension CommandChannel {
    /// The challenges that are answered; no mechanism has more than a few.
    static var challengeLimit: Int { 16 }

    /// The octets of a line with AUTH, its end included, beyond which it goes without the initial response (RFC 4954 §4).
    static var commandLineLimit: Int { 512 }

    func authenticate(
        with mechanism: any SASLMechanism,
        options: AuthenticationOptions
    ) async throws(ChannelError) -> AuthenticationOutcome {
        try await withTurn { () async throws(ChannelError) -> AuthenticationOutcome in
            try admitCommand()
            let state = state
            guard !mechanism.needsSecureChannel || options.allowCredentials(over: state.security) else {
                return .insecure
            }
            guard state.transaction.stage != .open else { return .transactionOpen }
            let (fresh, initial) = await mechanism.stepping(on: executor.outerExecutor) { mechanism throws(SASLError) in
                try mechanism.initialResponse()
            }
            switch initial {
            case .failure(let error): return .unusable(error)
            case .success(let response):
                let outcome = try await exchange(fresh, initialResponse: response)
                if case .accepted = outcome { return try await helloAgain() ?? .accepted }
                return outcome
            }
        }
    }

    private func exchange(
        _ mechanism: any SASLMechanism,
        initialResponse: [UInt8]?
    ) async throws(ChannelError) -> AuthenticationOutcome {
        var mechanism = mechanism
        var pending: [UInt8]?
        var command = SMTPCommand.auth(mechanism: mechanism.name, initialResponse: initialResponse)
        if initialResponse != nil, command.bytes.count > Self.commandLineLimit {
            command = .auth(mechanism: mechanism.name, initialResponse: nil)
            pending = initialResponse
        }
        for count in 0...Self.challengeLimit {
            append(command)
            await flush()
            let reply = try await replyInExchange()
            guard reply.code == 334 else {
                // What was kept back is not sent: the server cannot know who we are.
                if reply.code == 235 { return await believe(mechanism, isWhole: pending == nil) }
                return final(reply, toCommand: count == 0, mechanism)
            }
            if count == Self.challengeLimit { break }
            let response: Result<[UInt8], SASLError>
            if let initial = pending.take() {
                response = reply.challenge.flatMap { $0.isEmpty ? .success(initial) : .failure(.unexpectedChallenge) }
            } else {
                (mechanism, response) = await mechanism.response(to: reply.challenge, on: executor.outerExecutor)
            }
            // Nothing is outstanding, so that the exchange can be given up and the channel stays in sync.
            if Task.isCancelled {
                append(.authCancel)
                await flush()
                throw .cancelled
            }
            switch response {
            case .failure(let error): return try await giveUp(.givenUp(error))
            case .success(let response): command = .authResponse(response)
            }
        }
        return try await giveUp(.tooManyChallenges)
    }

    /// What a reply means that is neither a challenge nor success.
    private func final(
        _ reply: SMTPReply,
        toCommand: Bool,
        _ mechanism: any SASLMechanism
    ) -> AuthenticationOutcome {
        guard reply.isNegative else { return close(.unexpected(reply)) }
        let outcome = AuthenticationOutcome.rejected(
            reply,
            toCommand: toCommand,
            serverError: mechanism.serverError
        )
        return reply.code == 421 ? close(outcome) : outcome
    }

    /// Waits for a reply in the midst of an exchange.
    ///
    /// Who is cancelled here leaves a server that may wait for a response, and would take the next command for it: the
    /// channel is closed then.
    private func replyInExchange() async throws(ChannelError) -> SMTPReply {
        do throws(ChannelError) {
            return try await nextReply().reply
        } catch {
            if case .cancelled = error { fail(.cancelled) }
            throw error
        }
    }

    /// Gives the exchange up with `*`, which the server must refuse (RFC 4954 §4); one that does not is out of step.
    private func giveUp(_ outcome: AuthenticationOutcome) async throws(ChannelError) -> AuthenticationOutcome {
        append(.authCancel)
        await flush()
        let reply = try await replyInExchange()
        return reply.isNegative ? outcome : close(outcome)
    }

    private func believe(_ mechanism: any SASLMechanism, isWhole: Bool) async -> AuthenticationOutcome {
        guard isWhole else { return close(.disbelieved(.finishedEarly)) }
        let (_, result) = await mechanism.stepping(on: executor.outerExecutor) { mechanism throws(SASLError) in
            try mechanism.succeeded()
        }
        switch result {
        case .success: return .accepted
        case .failure(let error): return close(.disbelieved(error))
        }
    }

    /// Says hello again, since a server may offer more to those it knows.
    ///
    /// A refusal leaves the extensions as they were.
    ///
    /// - Returns: An outcome if the reply does not belong.
    private func helloAgain() async throws(ChannelError) -> AuthenticationOutcome? {
        guard let hello = lastHello else { return nil }
        append(hello)
        await flush()
        let reply = try await nextReply().reply
        if reply.code == 421 { fail(.closedByServer(after: reply)) }
        return reply.isPositiveCompletion || reply.isNegative ? nil : close(.unexpected(reply))
    }

    private func close(_ outcome: AuthenticationOutcome) -> AuthenticationOutcome {
        fail(.disconnected)
        return outcome
    }
}

extension SMTPReply {
    /// The challenge in a 334, which must be one line of base64 and nothing else (RFC 4954 §4).
    fileprivate var challenge: Result<[UInt8], SASLError> {
        guard lines.count == 1, let line = lines.first, let challenge = Base64.decode(line) else {
            return .failure(.challengeNotBase64)
        }
        return .success(challenge)
    }
}

extension SASLMechanism {
    /// Takes a step, on `outer` if it may take long, and returns the machine as it is after it.
    fileprivate func stepping<Value: Sendable>(
        on outer: any TaskExecutor,
        _ step: @escaping @Sendable (inout any SASLMechanism) throws(SASLError) -> Value
    ) async -> (any SASLMechanism, Result<Value, SASLError>) {
        let take: @Sendable () -> (any SASLMechanism, Result<Value, SASLError>) = {
            var mechanism: any SASLMechanism = self
            do throws(SASLError) {
                let value = try step(&mechanism)
                return (mechanism, .success(value))
            } catch {
                return (mechanism, .failure(error))
            }
        }
        return mayTakeLong ? await OffLoop.run(on: outer) { take() } : take()
    }

    fileprivate func response(
        to challenge: Result<[UInt8], SASLError>,
        on outer: any TaskExecutor
    ) async -> (any SASLMechanism, Result<[UInt8], SASLError>) {
        switch challenge {
        case .failure(let error): (self, .failure(error))
        case .success(let octets):
            await stepping(on: outer) { mechanism throws(SASLError) in try mechanism.response(to: octets) }
        }
    }
}

extension AuthenticationOptions {
    /// Whether credentials may be shown to whoever sees or answers this channel.
    func allowCredentials(over security: TransportSecurity) -> Bool {
        if insecureAllowsCredentialsInClear { return true }
        return security.isEncrypted && (security.isVerified || insecureAllowsCredentialsToUnverifiedServer)
    }
}
