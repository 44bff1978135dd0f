import Basics
import FoundationEssentials
import Logging
import TwilioVerify

/// Whether Twilio knows us and our service, and whether our clock agrees with its.
///
/// Reads one page, sends nothing.
struct TwilioCheck: DoctorCheck {
    var settings: Settings
    var logger: Logger

    func findings() async -> [Finding] {
        let client: TwilioClient
        let minutes: Int
        do {
            client = try App(settings: settings, logger: logger).twilioClient()
            minutes = try settings.number("twilio.code_minutes")
        } catch { return [.notChecked("twilio", error)] }
        let result: Result<Service?, CallFailure>
        do throws(CallFailure) { result = .success(try await client.fetchService()) } catch { result = .failure(error) }
        let twilio = Self.judge(result, codeMinutes: minutes, elsewhere: settings.twilioElsewhere)
        guard case .success(let service?) = result, let offset = service.clockOffset else { return [twilio] }
        return [twilio, Self.judge(clock: offset)]
    }

    static func judge(_ result: Result<Service?, CallFailure>, codeMinutes: Int, elsewhere: String?) -> Finding {
        switch result {
        case .failure(let failure): Finding("twilio", well: "", [.fail(words(for: failure))])
        case .success(nil):
            Finding(
                "twilio", well: "",
                [.fail("the account has no such service: look at site.2FA_VERIFY_SERVICESID, or make one at Twilio")])
        case .success(let service?):
            Finding(
                "twilio",
                well:
                    "the service is there, codes of \(service.settings.codeLength ?? 0) digits; 'twilio check' compares the rest",
                issues(of: service, codeMinutes, elsewhere))
        }
    }

    private static func issues(of service: Service, _ codeMinutes: Int, _ elsewhere: String?) -> [Finding.Issue] {
        var issues: [Finding.Issue] = []
        if let length = service.settings.codeLength, length < 6 {
            issues.append(
                .warn("codes have \(length) digits, which are guessed too easily: set the service to 6 or more"))
        }
        if service.settings.customCodeEnabled == true {
            issues.append(.warn("the service takes codes chosen by the caller: switch custom codes off"))
        }
        if codeMinutes > 10 {
            issues.append(.warn("codes live \(codeMinutes) minutes (twilio.code_minutes): 10 is the advice"))
        }
        if let elsewhere { issues.append(.warn(elsewhere)) }
        return issues
    }

    private static func words(for failure: CallFailure) -> String {
        switch failure.result {
        case .unauthorized:
            "Twilio refuses the credentials (\(failure)): look at the account's SID and its token or API key"
        case .tlsError: "Twilio's certificate cannot be verified (\(failure)): look at twilio.ca_file and the clock"
        case .proxyError:
            "the proxy refuses or is not found (\(failure)): look at twilio.proxy and the proxy's own rules"
        case .timeout, .networkError:
            "Twilio cannot be reached (\(failure)): look at twilio.base_url, DNS and the firewall"
        default: "Twilio does not answer as it should (\(failure)): try again"
        }
    }

    /// Twilio tells whole seconds.
    ///
    /// Deadlines of jobs are other machines' clocks against ours.
    static func judge(clock offset: Duration) -> Finding {
        let seconds = abs(offset.milliseconds) / 1000
        let side = offset < .zero ? "behind" : "ahead of"
        let text = "this machine's clock is \(seconds) s \(side) Twilio's: keep it right by NTP"
        var issues: [Finding.Issue] = []
        if seconds > 30 { issues.append(.fail(text)) } else if seconds > 2 { issues.append(.warn(text)) }
        return Finding("clock", well: "agrees with Twilio's within 2 s", issues)
    }
}
