import AMQP
import Logging
import Worker

/// Whether each broker can be reached and logged in to, and which version it is.
struct BrokerCheck: DoctorCheck {
    /// What one URL answered.
    struct Answer: Sendable {
        var url: BrokerURL
        var result: Result<FieldTable, AMQPError>
        /// How many channels it allows a connection.
        var channels = Int.max
    }

    var settings: Settings
    var logger: Logger

    func findings() async -> [Finding] {
        let broker: BrokerConfiguration
        do { broker = try settings.broker(name: "verify-courier doctor") } catch {
            return [.notChecked("broker", error)]
        }
        var answers: [Answer] = []
        for url in broker.urls {
            var one = broker
            one.urls = [url]
            answers.append(await ask(one, url))
        }
        return [Self.judge(answers)]
    }

    private func ask(_ broker: BrokerConfiguration, _ url: BrokerURL) async -> Answer {
        do {
            return try await BrokerAdmin.withConnection(broker, logger: logger) { admin in
                Answer(
                    url: url, result: .success(try await admin.serverProperties()),
                    channels: try await admin.channelLimit())
            }
        } catch {
            return Answer(url: url, result: .failure(error as? AMQPError ?? AMQPError(.unreachable, "\(error)")))
        }
    }

    static func judge(_ answers: [Answer]) -> Finding {
        var issues: [Finding.Issue] = []
        var versions: [String] = []
        let isReached = answers.contains { (try? $0.result.get()) != nil }
        for answer in answers {
            switch answer.result {
            case .success(let properties):
                let version = properties["version"]?.text.map { LogText.escaped($0, limit: 40) } ?? ""
                versions.append("\(answer.url), RabbitMQ \(version)")
                issues += judge(version: version) + judge(channels: answer.channels)
            case .failure(let error):
                // Workers go on to the next URL.
                issues.append(.init(level: isReached ? .warn : .fail, text: advice(error)))
            }
        }
        return Finding("broker", well: versions.joined(separator: "; "), issues)
    }

    /// A worker consumes every lane, and what the broker gave up, by a channel each of one connection.
    static func judge(channels: Int) -> [Finding.Issue] {
        let needed = WorkerService.channels
        guard channels < needed else { return [] }
        return [
            .fail(
                "the broker allows \(channels) channels a connection, a worker needs \(needed): raise channel_max in its configuration"
            )
        ]
    }

    /// The contract's topology is valid on 3.10 to 4.x.
    static func judge(version: String) -> [Finding.Issue] {
        let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        guard numbers.count == 2, numbers != [0, 0] else { return [.warn("the broker does not tell its version")] }
        if numbers[0] < 3 || (numbers[0] == 3 && numbers[1] < 10) {
            return [.fail("RabbitMQ \(version) is too old: 3.10 or newer is needed")]
        }
        return numbers[0] > 4 ? [.warn("RabbitMQ \(version) is newer than any that this version was made for")] : []
    }

    private static func advice(_ error: AMQPError) -> String {
        switch error.code {
        case .authentication: "\(error): look at user and password in broker.url"
        case .virtualHost: "\(error): look at the path of broker.url, and at the user's permissions there"
        case .limit: "\(error): a worker needs four connections and \(WorkerService.channels + 3) channels"
        case .unreachable: "\(error): look at host, port and TLS of broker.url, and whether the broker runs"
        default: "\(error)"
        }
    }
}
