import Store
import Testing

@testable import StorePostgres

@Suite
struct LocationTests {
    private func options(_ text: String) throws -> [String: String] {
        let location = try #require(PostgresLocation(text))
        return Dictionary(location.options(for: .writing), uniquingKeysWith: { $1 })
    }

    @Test
    func anotherMachineIsSpokenToWithItsCertificateAndNameVerified() throws {
        let options = try options("//courier@db.example.org/courier")
        #expect(options["sslmode"] == "verify-full" && options["target_session_attrs"] == "read-write")
        let several = try self.options("//courier@localhost,db.example.org/courier")
        #expect(several["sslmode"] == "verify-full" && several["host"] == "localhost,db.example.org")
        // A name that is looked up elsewhere is not this machine, nor is one that looks like an address of it.
        #expect(try self.options("//courier@127.0.0.1.example.org/courier")["sslmode"] == "verify-full")
        #expect(try self.options("//courier@localhost/courier?hostaddr=192.0.2.1")["sslmode"] == "verify-full")
    }

    @Test(arguments: ["//courier@localhost/db", "//courier@127.0.0.1/db", "//courier@/db?host=/run/postgresql"])
    func thisMachineNeedNoCertificate(_ text: String) throws {
        #expect(try options(text)["sslmode"] == "prefer")
        #expect(try #require(PostgresLocation(text)).problem == nil)
        // Whoever names an authority wants it asked.
        let separator = text.contains("?") ? "&" : "?"
        #expect(try options(text + separator + "sslrootcert=/ca.pem")["sslmode"] == "verify-full")
    }

    @Test(arguments: ["disable", "allow", "prefer", "require", "verify-ca"])
    func lessThanThatIsRefused(_ mode: String) throws {
        let location = try #require(PostgresLocation("//courier@db.example.org/courier?sslmode=\(mode)"))
        #expect(location.problem?.contains("sslrootcert") == true)
        #expect(try #require(PostgresLocation("//courier@localhost/db?sslmode=\(mode)")).problem == nil)
    }

    @Test(arguments: ["//courier:hunter2@localhost/db", "//courier@localhost/db?password=hunter2"])
    func aPasswordIsRefusedAndToldNowhere(_ text: String) throws {
        let location = try #require(PostgresLocation(text))
        let problem = try #require(location.problem)
        #expect(problem.contains("passfile") && !problem.contains("hunter2"))
        #expect(!location.name.contains("hunter2") && location.name == "postgresql://localhost/db")
    }

    @Test(arguments: ["", "db", "/db", "courier@localhost/db", "//courier@localhost/db?colour=red", "//[::1"])
    func whatIsNoPlaceIsNone(_ text: String) { #expect(PostgresLocation(text) == nil) }

    @Test(arguments: ["//localhost/db", "//courier@localhost"])
    func userAndDatabaseAreNamed(_ text: String) throws {
        #expect(try #require(PostgresLocation(text)).problem != nil)
    }
}
