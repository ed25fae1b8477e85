import SMTPClient
import SMTPWire

struct Customer: Sendable {
    let address: String
    let text: String
}

func sendingMany(_ customers: [Customer], _ connection: SMTPConnection) async throws {
    let messages = try customers.map { customer in
        MailObject(.text(customer.text), envelope: try Envelope(from: "news@example.org", to: [customer.address]))
    }
    var index = 0
    for try await report in connection.send(contentsOf: messages) {
        if !report.isAcceptedForAll { print(customers[index].address, report.message) }
        index += 1
    }
}

func progress(_ path: String, _ envelope: Envelope, _ connection: SMTPConnection) async throws {
    let progress = DeliveryProgress()
    async let report = connection.send(.file(path: path), envelope: envelope, progress: progress)
    for await count in progress.updates { print(count.sent, "of", count.total ?? 0) }
    print(try await report.message)
}
