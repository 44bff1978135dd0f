import Basics
import TestKit

/// A user at the private broker, with a name of this test's own, since users belong to the whole broker.
struct BrokerUser: Sendable {
    let name: String
    let password = RandomID.hex(bytes: 12)
    /// As in the key `front_ends`, such as `any+admin`.
    let role: String

    init(_ kind: String, _ role: String) {
        name = "\(kind)-\(RandomID.hex(bytes: 4))"
        self.role = role
    }
}

extension Stage {
    var virtualHost: String { String(brokerURL.split(separator: "/").last ?? "") }

    /// Makes users that may do everything in the stage's virtual host.
    func add(_ users: [BrokerUser]) async throws {
        guard !users.isEmpty else { return }
        let all = "<<\".*\">>"
        let steps = users.map { user in
            """
            ok = rabbit_auth_backend_internal:add_user(<<"\(user.name)">>, <<"\(user.password)">>, <<"tests">>),
            ok = rabbit_auth_backend_internal:set_permissions(<<"\(user.name)">>, <<"\(virtualHost)">>, \
            \(all), \(all), \(all), <<"tests">>)
            """
        }
        _ = try await PrivateBroker.shared().ctl(["eval", steps.joined(separator: ",") + "."])
    }

    func url(of user: BrokerUser?) -> String {
        guard let user else { return brokerURL }
        return brokerURL.replacing("guest:guest", with: "\(user.name):\(user.password)")
    }
}
