import SMTPWire
import ToolSupport

/// What XCLIENT and XFORWARD are to say of the client that is spoken for.
struct ProxyAttributes: Sendable {
    /// What XCLIENT says, if it is to be said.
    let session: ClientAttributes?

    /// What XFORWARD says; nothing if it is not to be said.
    let message: [ClientAttribute]

    /// Checks the command line.
    ///
    /// - Throws: ``ToolFailure`` with exit code 64.
    init(_ options: ExtensionOptions) throws(ToolFailure) {
        let session = try Self.attributes(options.xclient, of: "--xclient")
        message = try Self.attributes(options.xforward, of: "--xforward")
        do throws(WireError) {
            self.session = session.isEmpty ? nil : try ClientAttributes(session)
        } catch {
            throw .usage("--xclient: \(error)")
        }
    }

    private static func attributes(_ texts: [String], of option: String) throws(ToolFailure) -> [ClientAttribute] {
        var attributes: [ClientAttribute] = []
        for text in texts {
            guard let sign = text.firstIndex(of: "=") else {
                throw .usage("\(option) is written as name=value")
            }
            do throws(WireError) {
                attributes.append(try attribute(String(text[..<sign]), String(text[text.index(after: sign)...])))
            } catch {
                throw .usage("\(option): \(error)")
            }
        }
        return attributes
    }

    private static func attribute(_ name: String, _ value: String) throws(WireError) -> ClientAttribute {
        let name = try ClientAttribute.Name(name)
        switch value {
        case "[UNAVAILABLE]": return try ClientAttribute(name, .unavailable)
        case "[TEMPUNAVAIL]": return try ClientAttribute(name, .temporarilyUnavailable)
        case _ where name == .address || name == .destinationAddress:
            return try ClientAttribute(name, address: value)
        default: return try ClientAttribute(name, .text(value))
        }
    }
}
