import Basics
import Foundation

/// Certificates of authorities that nobody else trusts, made once per test process.
package enum Certificates {
    private static let made = Task {
        let directory = NSTemporaryDirectory() + "verify-courier-tls-" + RandomID.hex(bytes: 6)
        _ = try PrivateBroker.script(["certificates", directory])
        return directory + "/tls"
    }

    /// Holds `ca.pem` and `other-ca.pem`, and, signed by the first for `localhost`, `server.pem` and `expired.pem`; a key is
    /// beside each, as `server-key.pem`.
    package static var folder: String {
        get async throws { try await made.value }
    }
}
