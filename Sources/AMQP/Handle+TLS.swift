import Basics
import CRabbitMQ

extension Handle {
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    /// Loads authorities and certificate, and has the broker's name checked.
    ///
    /// Fails closed: without any of it there is no connection.
    static func secure(
        _ socket: OpaquePointer, _ url: BrokerURL, _ configuration: BrokerConfiguration
    ) throws(AMQPError) {
        let authorities = configuration.caFile ?? systemAuthorities
        guard amqp_ssl_socket_set_cacert(socket, authorities) == crmq_status_ok() else {
            throw AMQPError(.certificate, "cannot read the authorities in \(authorities): it must be a PEM file")
        }
        let name = configuration.serverName ?? url.host
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == crmq_status_ok(),
            crmq_expect_name(socket, name) == 1
        else { throw AMQPError(.certificate, "'\(name)' cannot be the name in a certificate") }
        switch (configuration.certificateFile, configuration.keyFile) {
        case (nil, nil): return
        case (let certificate?, let key?):
            guard amqp_ssl_socket_set_key(socket, certificate, key) == crmq_status_ok() else {
                throw AMQPError(
                    .certificate,
                    "cannot use the client certificate \(certificate) with the key \(key): both must be PEM files and belong together"
                )
            }
        default: throw AMQPError(.certificate, "a client certificate and its key go together: only one is configured")
        }
    }

    /// Until when the certificate is valid that the broker has shown; `nil` where that cannot be read.
    static func certificateExpiry(_ socket: OpaquePointer) -> Timestamp? {
        let seconds = crmq_certificate_expiry(socket)
        return seconds > 0 ? Timestamp(milliseconds: seconds * 1000) : nil
    }

    /// Why the broker's certificate was not accepted, if that was it.
    static func certificateError(
        _ socket: OpaquePointer, _ url: BrokerURL, _ configuration: BrokerConfiguration
    ) -> AMQPError? {
        guard let reason = crmq_certificate_error(socket) else { return nil }
        let name = configuration.serverName ?? url.host
        let authorities = configuration.caFile ?? systemAuthorities
        return AMQPError(
            .certificate,
            "\(url): the broker's certificate is refused: \(String(cString: reason)) (expected: valid now, for '\(name)', signed by an authority in \(authorities))"
        )
    }
}
