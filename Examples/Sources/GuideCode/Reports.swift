import SMTPClient
import SMTPWire

func report(_ content: Content, _ envelope: Envelope, _ connection: SMTPConnection) async throws {
    let report: DeliveryReport
    do throws(SMTPError) {
        report = try await connection.send(content, envelope: envelope)
    } catch {
        print(error.message, "–", error.suggestion)
        guard let ofNobody = error.report else { throw error }
        report = ofNobody
    }

    var (now, later): ([ForwardPath], [ForwardPath]) = ([], [])
    for recipient in report.recipients {
        switch recipient.advice {
        case .done: break
        case .sendAgainNow: now.append(recipient.forwardPath)
        case .sendAgainLater: later.append(recipient.forwardPath)
        case .never: print("\(recipient.forwardPath) will not have it: \(recipient.outcome)")
        case .unsafe: print("\(recipient.forwardPath) may have it: look before sending it again")
        @unknown default: later.append(recipient.forwardPath)
        }
    }
    print(now, later)
}
