import AMQP
import Basics
import FoundationEssentials

/// What is configured and protects less than it could: said aloud by whoever runs with it, so that nothing left over
/// from a trial goes unseen.
extension Settings {
    /// What `work` warns of at its start, each in words that say what to do.
    func exposures() -> [String] {
        var found: [String] = []
        if let problem = twilioElsewhere { found.append(problem) }
        if isTwilioInTheClear {
            found.append("twilio.base_url is plain HTTP: credentials, numbers and codes travel in the clear")
        }
        if !isTwilioElsewhere, text("twilio.ca_file") != nil {
            found.append(
                "twilio.ca_file replaces the system's authorities for Twilio: whoever holds one of them can read what goes there"
            )
        }
        if let broker = try? broker(name: "check") { found += Self.brokersInTheClear(broker.urls) }
        if (try? flag("limits.enabled")) == false {
            found.append("limits.enabled is false: nothing but Twilio limits sends and tries. For load tests only")
        }
        if (try? flag("worker.core_dumps")) == true {
            found.append(
                "worker.core_dumps is true: a dump would hold codes, numbers, the token and the broker's password")
        }
        if (try? isOpenToAnybody()) == true {
            found.append("front_ends_open is true: whoever reaches the broker may do anything, admin.* too")
        }
        return found
    }

    /// `nil` where messages are really sent.
    var twilioElsewhere: String? {
        isTwilioElsewhere ? "twilio.base_url is not Twilio's: a simulator sends no messages" : nil
    }

    private var isTwilioElsewhere: Bool {
        let host = twilioURL?.host ?? ""
        return host != "twilio.com" && !host.hasSuffix(".twilio.com")
    }

    private var isTwilioInTheClear: Bool { twilioURL?.scheme != "https" }

    private var twilioURL: URLComponents? { text("twilio.base_url").flatMap { URLComponents(string: $0) } }

    /// Jobs hold codes and numbers.
    static func brokersInTheClear(_ urls: [BrokerURL]) -> [String] {
        urls.filter { !$0.usesTLS && !Loopback.contains($0.host) }.map {
            "codes and numbers travel to \($0.host) in the clear: use amqps:// in broker.url"
        }
    }
}
