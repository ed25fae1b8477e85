import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// The exchanges with one set of credentials, mechanism after mechanism.
struct AuthenticationAttempt {
    let connection: SMTPConnection
    let options: AuthenticationOptions
    let bindings: ChannelBindings

    private var channel: CommandChannel { connection.channel }

    func run(_ material: MechanismChoice.Material) async throws(SMTPError) -> AuthenticationMechanism {
        var choice = MechanismChoice(
            material,
            offered: channel.extensions.authenticationMechanisms,
            options: options,
            bindings: bindings
        )
        var tried: Set<AuthenticationMechanism> = []
        var lastError: SMTPError?
        while let name = choice.candidates.first(where: { !tried.contains($0) }),
            let mechanism = choice.mechanism(named: name)
        {
            let outcome = try await outcome(of: mechanism)
            if case .accepted = outcome { return name }
            // The same mechanism is tried with the other type of binding; if there is none, -PLUS is no candidate any more.
            let goesAgain = outcome.isBindingRefused && name.isPlus && choice.bindingRefused()
            if !goesAgain { tried.insert(name) }
            let failure = AuthenticationFailure(
                mechanism: name,
                offered: choice.offered,
                acceptable: choice.acceptable.map(\.name),
                serverError: outcome.serverError
            )
            let error = SMTPError(outcome, failure, channel.state.security)
            guard outcome.mayTryAnother(after: name) else { throw error }
            choice.notKnown(name, after: outcome)
            lastError = error
        }
        throw lastError ?? .mechanismNotOffered(offered: choice.offered, acceptable: choice.acceptable)
    }

    private func outcome(of mechanism: any SASLMechanism) async throws(SMTPError) -> AuthenticationOutcome {
        let channel = channel
        let options = options
        let result = await withTaskExecutorPreference(channel.executor) {
            @concurrent () async -> Result<AuthenticationOutcome, ChannelError> in
            do throws(ChannelError) {
                return .success(try await channel.authenticate(with: mechanism, options: options))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(let error): throw SMTPError(error, verb: "AUTH")
        }
    }
}

extension AuthenticationOutcome {
    /// What the server said within the exchange.
    fileprivate var serverError: String? {
        if case .rejected(_, _, let error) = self { error } else { nil }
    }

    /// Whether the server, or the mechanism itself, has only said that this mechanism is none.
    fileprivate var isNotKnown: Bool {
        guard case .rejected(let reply, toCommand: true, _) = self else { return false }
        return reply.isOfUnknownCommand
    }

    /// Whether the server has said that it knows no such channel binding.
    fileprivate var isBindingRefused: Bool {
        if case .rejected(_, _, SCRAMServerFinal.unsupportedChannelBindingType) = self { true } else { false }
    }

    fileprivate func mayTryAnother(after name: AuthenticationMechanism) -> Bool {
        if isNotKnown { return true }
        if case .unusable = self { return true }
        return isBindingRefused && name.isPlus
    }
}

extension MechanismChoice {
    fileprivate mutating func notKnown(_ name: AuthenticationMechanism, after outcome: AuthenticationOutcome) {
        if outcome.isNotKnown { notKnown(name) }
    }
}
