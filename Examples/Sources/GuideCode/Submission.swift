import SMTPClient
import SMTPTransport

func gmail(appPassword: String) -> (Endpoint, SMTPConfiguration) {
    var configuration = SMTPConfiguration(security: .implicitTLS)
    configuration.credentials = .password(user: "me@gmail.com", Secret(appPassword))
    let server = Endpoint.host("smtp.gmail.com", port: 465)
    return (server, configuration)
}

func gmail(_ tokens: BearerTokenSource) -> (Endpoint, SMTPConfiguration) {
    var configuration = SMTPConfiguration(security: .implicitTLS)
    configuration.credentials = .bearer(user: "me@gmail.com", tokens: tokens)
    configuration.authentication.mechanisms = [.oauthBearer, .xoauth2]
    let server = Endpoint.host("smtp.gmail.com", port: 465)
    return (server, configuration)
}

func microsoft365(_ tokens: BearerTokenSource) -> (Endpoint, SMTPConfiguration) {
    var configuration = SMTPConfiguration(security: .startTLS)
    configuration.credentials = .bearer(user: "me@contoso.example", tokens: tokens)
    configuration.authentication.mechanisms = [.xoauth2]
    let server = Endpoint.host("smtp.office365.com", port: 587)
    return (server, configuration)
}

func amazonSES(user: String, password: String) -> (Endpoint, SMTPConfiguration) {
    var configuration = SMTPConfiguration(security: .startTLS)
    configuration.credentials = .password(user: user, Secret(password))
    let server = Endpoint.host("email-smtp.eu-central-1.amazonaws.com", port: 587)
    return (server, configuration)
}

func postmark(token: String) -> (Endpoint, SMTPConfiguration) {
    var configuration = SMTPConfiguration(security: .startTLS)
    configuration.credentials = .password(user: token, Secret(token))
    let server = Endpoint.host("smtp.postmarkapp.com", port: 587)
    return (server, configuration)
}
