import SMTPClient
import SMTPTransport

func trust() -> SMTPConfiguration {
    var tls = TLSConfiguration()  // the system's trusted certificates, TLS 1.2 or newer
    tls.trust = [.file("/etc/mail/ca.pem")]  // or .folder, .pem, .certificates, .system; several add up
    tls.identity = TLSIdentity(certificates: .file("client.pem"), key: .file("client.key"))
    let configuration = SMTPConfiguration(security: .startTLS(tls))
    return configuration
}
