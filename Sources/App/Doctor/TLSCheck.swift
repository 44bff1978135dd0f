import AMQP

/// Whether what travels is protected, and the files that this needs are there.
struct TLSCheck: DoctorCheck {
    var settings: Settings

    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    func findings() async -> [Finding] {
        let broker: BrokerConfiguration
        do { broker = try settings.broker(name: "verify-courier doctor") } catch { return [.notChecked("tls", error)] }
        var issues = Self.judge(broker.urls)
        // Files that are named are looked at with the configuration.
        let needsSystem =
            settings.text("twilio.ca_file") == nil || (broker.caFile == nil && broker.urls.contains(where: \.usesTLS))
        if needsSystem, FileFacts(path: Self.systemAuthorities)?.isReadable != true {
            issues.append(
                .fail(
                    "\(Self.systemAuthorities) is missing: install ca-certificates, or name authorities in twilio.ca_file"
                ))
        }
        if let key = broker.keyFile { issues += Self.judge(key: key, FileFacts(path: key)) }
        return [Finding("tls", well: Self.words(broker.urls), issues)]
    }

    private static func words(_ urls: [BrokerURL]) -> String {
        let broker = urls.allSatisfy(\.usesTLS) ? "1.2 or newer, verified" : "none, on this machine only"
        return "broker: \(broker); Twilio: 1.2 or newer, verified"
    }

    static func judge(_ urls: [BrokerURL]) -> [Finding.Issue] {
        Settings.brokersInTheClear(urls).map(Finding.Issue.warn)
    }

    static func judge(key path: String, _ facts: FileFacts?) -> [Finding.Issue] {
        guard let facts, facts.mode & ~0o640 != 0 else { return [] }
        return [
            .warn("broker.tls.key_file: \(path) may be read by others (mode \(facts.shownMode)): chmod 640 or less")
        ]
    }
}
