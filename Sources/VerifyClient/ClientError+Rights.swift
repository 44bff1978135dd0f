import AMQP
import Wire

/// What a missing right means to whoever runs a front end: RabbitMQ names the resource, and neither what it is for nor who
/// could give it.
extension ClientError {
    /// The reply queue may not be declared or read.
    static func mayNotReply(user: String?, queue: String, _ error: AMQPError) -> ClientError {
        let prefix = WireName.replyPrefix + (user ?? "") + "."
        return ClientError(
            code: .forbidden,
            message:
                "the broker user '\(user ?? "")' may not have the reply queue \(queue): it needs the rights to configure and "
                + "read \(prefix)…, which front ends' users have and the workers' own has not. Take a front end's user in "
                + "broker.url, for administration one that may administer ('topology definitions --command-line NAME' makes "
                + "one). The broker says: \(error)")
    }

    /// The job may not be published.
    static func mayNotPublish(user: String?, _ kind: JobKind, _ error: AMQPError) -> ClientError {
        let whose =
            kind.isAdministration
            ? "only users that may administer have it (in front_ends: admin)"
            : "front ends' users have it, those that may administer have not"
        return ClientError(
            code: .forbidden,
            message:
                "the broker user '\(user ?? "")' may not publish '\(kind.rawValue)' to the exchange \(WireName.jobs): "
                + "\(whose). The broker says: \(error)")
    }
}
