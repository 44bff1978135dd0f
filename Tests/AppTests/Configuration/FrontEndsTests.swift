import Testing
import Wire

@testable import App

@Suite("Front ends in the configuration")
struct FrontEndsTests {
    private static let three = [
        FrontEnd(name: "desk", scope: .any, isAdmin: true), FrontEnd(name: "web", scope: .web),
        FrontEnd(name: "win-1_x", scope: .windows),
    ]

    @Test(
        "are read from every form of the file",
        arguments: [
            "front_ends:\n  web: web\n  win-1_x: windows\n  desk: any,admin\n",
            "front_ends:\n  web: {application: web}\n  win-1_x: {application: windows, admin: false}\n  desk: {admin: yes}\n",
            "front_ends: {web: web, win-1_x: windows, desk: any+admin}",
            "front_ends: 'web=web, win-1_x=windows, desk = any + admin'",
        ])
    func file(yaml: String) throws {
        #expect(try Configured.settings(yaml: yaml).frontEnds() == Self.three)
    }

    @Test("are read from the environment, and written the same way")
    func environment() throws {
        let text = FrontEndList.text(Self.three)
        #expect(text == "desk=any+admin, web=web, win-1_x=windows")
        #expect(try Configured.settings(["VERIFY_COURIER_FRONT_ENDS": text]).frontEnds() == Self.three)
        #expect(try Configured.settings([:]).frontEnds() == nil)
    }

    private static let form =
        "NAME=web, NAME=windows or NAME=any, with +admin where it may administer, comma-separated"

    @Test(
        "are refused where they are not clear",
        arguments: [
            ("web", "must be \(form), not 'web'"),
            ("web=web,", "must be \(form), not 'web=web,'"),
            ("web=all", "must be \(form); web is neither, not 'web=all'"),
            ("web=web+root", "must be \(form); web is neither, not 'web=web+root'"),
            ("web=admin", "must be \(form); web is neither, not 'web=admin'"),
            ("web=web+admin+admin", "must be \(form); web is neither, not 'web=web+admin+admin'"),
            ("web=web, web=any", "names web twice, not 'web=web, web=any'"),
            (
                "we.b=web", "must name broker users by letters, digits, _ and - only: \(form), not 'we.b=web'"
            ),
            ("=web", "must name broker users by letters, digits, _ and - only: \(form), not '=web'"),
        ])
    func unclear(text: String, says: String) throws {
        #expect(
            try Configured.problems(["VERIFY_COURIER_FRONT_ENDS": text]) == [
                "front_ends \(says) (VERIFY_COURIER_FRONT_ENDS)"
            ])
    }

    @Test(
        "are refused in the file with the line",
        arguments: [
            (
                "front_ends:\n  web:\n    aplication: web\n",
                "unknown key front_ends.web.aplication (config.yaml, line 3): did you mean application?"
            ),
            (
                "front_ends:\n  web: {admin: perhaps}\n",
                "front_ends.web.admin must be true or false (config.yaml, line 2)"
            ),
            ("front_ends:\n  web: [web]\n", "front_ends.web must be web, windows or any (config.yaml, line 1)"),
            ("front_ends: {}", "front_ends is empty: name a broker user, or leave it out (config.yaml, line 1)"),
            ("front_ends: [web]", "front_ends must be \(form) (config.yaml, line 1)"),
        ])
    func file(yaml: String, says: String) throws {
        #expect(try Configured.problems(yaml: yaml) == [says])
    }

    @Test("may not hold the workers' own broker user")
    func own() throws {
        let settings = try Configured.settings([
            "VERIFY_COURIER_FRONT_ENDS": "web=web, worker=any",
            "VERIFY_COURIER_BROKER_URL": "amqp://other:x@127.0.0.1,amqp://worker:x@127.0.0.1",
        ])
        let error = #expect(throws: ConfigProblem.self) { try settings.frontEnds() }
        #expect(
            error?.description
                == "front_ends names worker, the workers' own broker user (broker.url): give the workers a user of their own. What looks at a worker, such as doctor, needs the worker's broker.url"
        )
        #expect(settings.workProblems().contains(error?.description ?? ""))
    }

    @Test("may be left out on a loopback broker only, or when that is meant")
    func open() throws {
        func open(_ url: String, _ more: [String: String] = [:]) throws -> Bool {
            try Configured.settings(["VERIFY_COURIER_BROKER_URL": url].merging(more) { $1 }).isOpenToAnybody()
        }
        #expect(try !open("amqp://127.9.0.1,amqp://[::1]:5672,amqp://LocalHost"))
        let error = #expect(throws: ConfigProblem.self) { try open("amqp://127.0.0.1,amqp://127.example.com") }
        #expect(error?.description.hasPrefix("broker.url names 127.example.com and front_ends is not set: ") == true)
        #expect(try open("amqp://b.example.com", ["VERIFY_COURIER_FRONT_ENDS_OPEN": "true"]))
        #expect(try !open("amqp://b.example.com", ["VERIFY_COURIER_FRONT_ENDS": "web=web"]))
    }

    @Test("that are wrong do not pass for none")
    func wrong() throws {
        let loader = try Configured.loader(["VERIFY_COURIER_FRONT_ENDS": "web=all"])
        #expect(throws: ConfigProblem.self) { try Settings(unchecked: loader).frontEnds() }
    }
}
