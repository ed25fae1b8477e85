import SMTPSession
internal import SMTPWire

/// Carries out what the transaction machine decides, on the channel's executor, in one turn.
extension CommandChannel {
    func deliver(
        _ content: Content,
        _ plan: TransactionPlan,
        policy: RecipientPolicy
    ) async -> Result<TransactionRecord, SMTPError> {
        do throws(ChannelError) {
            return try await withTurn { () async throws(ChannelError) -> Result<TransactionRecord, SMTPError> in
                try admitCommand()
                let reader: ContentReader
                do throws(SMTPError) {
                    // Opened before MAIL: a file that is not there must not cost a transaction.
                    reader = try ContentReader(content)
                } catch {
                    return .failure(error)
                }
                return .success(await runTransaction(reader, plan, policy: policy))
            }
        } catch {
            return .failure(SMTPError(error))
        }
    }

    private func runTransaction(
        _ reader: ContentReader,
        _ plan: TransactionPlan,
        policy: RecipientPolicy
    ) async -> TransactionRecord {
        var machine = TransactionMachine(
            recipientCount: plan.envelope.forwardPaths.count,
            policy: policy,
            isPipelined: plan.isPipelined
        )
        var action = machine.begin(isClean: state.transaction.stage == .idle)
        while true {
            switch action {
            case .write(let steps):
                for step in steps { append(plan.command(for: step)) }
                await flush()
                action = .takeReply
            case .takeReply:
                action = await takeReply(&machine)
            case .sendContent:
                action = await sendContent(reader, &machine)
            case .sendTerminator:
                let terminator: [UInt8] = Array(".\r\n".utf8)
                if await writeContent(terminator.span.bytes, isLast: true) != nil { machine.contentHandedOver() }
                action = await takeContentReply(&machine)
            case .leaveClean:
                // Its reply and those still missing are dropped as they come, and nobody waits for them.
                append(.reset)
                await flush()
                return machine.record
            case .close:
                fail(.disconnected)
                return machine.record
            case .finish:
                return machine.record
            }
        }
    }

    private func takeReply(_ machine: inout TransactionMachine) async -> TransactionMachine.Action {
        do throws(ChannelError) {
            return machine.replyReceived(try await nextReply().reply)
        } catch {
            return machine.connectionLost(error)
        }
    }

    private func takeContentReply(_ machine: inout TransactionMachine) async -> TransactionMachine.Action {
        do throws(ChannelError) {
            let received = try await nextReply()
            return machine.contentReplyReceived(received.reply, isEarly: received.isEarly)
        } catch {
            return machine.connectionLost(error)
        }
    }

    private func sendContent(
        _ reader: ContentReader,
        _ machine: inout TransactionMachine
    ) async -> TransactionMachine.Action {
        var piece: [UInt8] = []
        var isLast = false
        var mayFollow = true
        while !isLast, mayFollow {
            piece.removeAll(keepingCapacity: true)
            do throws(SMTPError) {
                isLast = try await reader.encodeNext(into: &piece, for: self)
            } catch {
                // A source that was stopped, because the server or the channel has decided, does not decide.
                return mayContentFollow ? machine.contentFailed(error) : await takeContentReply(&machine)
            }
            let written = await writeContent(piece.span.bytes, isLast: isLast)
            if isLast, written != nil { machine.contentHandedOver() }
            mayFollow = written ?? false
        }
        return await takeContentReply(&machine)
    }
}
