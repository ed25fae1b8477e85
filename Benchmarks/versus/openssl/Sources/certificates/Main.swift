import SMTPTesting

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

// certificates FOLDER: makes ca.pem, chain.pem and key.pem

@main
struct Main {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: certificates FOLDER")
            exit(64)
        }
        let authority = try CertificateAuthority()
        let server = try authority.issue(CertificateRequest("mail.example"))
        for (name, text) in [
            ("ca.pem", authority.certificatePEM), ("chain.pem", server.chainPEM), ("key.pem", server.keyPEM),
        ] {
            guard let file = fopen("\(CommandLine.arguments[1])/\(name)", "w") else { exit(73) }
            fwrite(text, 1, text.count, file)
            fclose(file)
        }
    }
}
