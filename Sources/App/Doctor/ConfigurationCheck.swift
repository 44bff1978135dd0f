import AMQP
import Basics
import Wire

/// The configuration itself, and where its secrets come from.
struct ConfigurationCheck: DoctorCheck {
    var settings: Settings

    func findings() async -> [Finding] { [configuration, secrets] }

    private var configuration: Finding {
        let given = settings.entries.filter { $0.source != .none }.count
        return Finding(
            "configuration", well: "\(given) of \(settings.entries.count) keys set; 'config show' tells where",
            settings.workProblems().map(Finding.Issue.fail))
    }

    private var secrets: Finding {
        let secrets = settings.entries.filter { $0.key.isSecret && $0.source != .none }
        return Finding(
            "secrets", well: "\(secrets.filter { $0.source == .secretFile }.count) from files, closed to others",
            Self.judge(secrets) + settings.warnings.map(Finding.Issue.warn))
    }

    /// Variables are inherited by children and show in `docker inspect`: files are better.
    static func judge(_ secrets: [ConfigEntry]) -> [Finding.Issue] {
        secrets.filter { $0.source == .environment && !$0.isPlainBroker }.map {
            .warn("\($0.place) holds a secret: put it into a file, and name that by \($0.key.fileVariable)")
        }
    }
}

extension ConfigEntry {
    /// A broker's URL without a password, or with the one that everybody knows.
    fileprivate var isPlainBroker: Bool {
        guard case .brokers(let urls)? = try? typed() else { return false }
        return urls.allSatisfy { ["", "guest"].contains($0.password.revealed) }
    }
}

/// Who may publish jobs.
struct FrontEndsCheck: DoctorCheck {
    var settings: Settings

    func findings() async -> [Finding] {
        do {
            if try settings.isOpenToAnybody() {
                return [
                    finding(
                        "", .warn("front_ends_open is true: whoever reaches the broker may do anything, admin.* too"))
                ]
            }
            guard let frontEnds = try settings.frontEnds() else {
                return [finding("not told apart, at a broker that only this machine reaches")]
            }
            let admins = frontEnds.filter(\.isAdmin).count
            return [finding("\(frontEnds.count) broker users, \(admins) of them may administer")]
        } catch {
            return [finding("", .fail(error.problems.first ?? "front_ends is wrong"))]
        }
    }

    private func finding(_ well: String, _ issues: Finding.Issue...) -> Finding {
        Finding("front ends", well: well, issues)
    }
}
