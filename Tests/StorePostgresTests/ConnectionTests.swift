import Basics
import Foundation
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// What keeps a worker from its database, each in a sentence that says what to do, and what lets it in.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct ConnectionTests {
    private static let password = "correct horse battery staple"

    /// Why no worker can begin there; `nil` where one could.
    private func error(_ place: Place, at location: String) async -> StoreError? {
        do {
            let store = try await place.worker(at: location)
            await store.close()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    /// A folder of its own, which goes with it.
    private final class Folder {
        let path = NSTemporaryDirectory() + "verify-courier-connection-" + RandomID.hex(bytes: 6)
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
            let file = "\(path)/\(name)"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
            return file
        }
    }

    /// The place as it is reached over TCP.
    private func location(_ place: Place, _ user: String, _ more: String = "", at host: String = "127.0.0.1") -> String
    {
        let schema = place.location.split(separator: "D").last ?? ""
        return "//\(user)@\(host):\(place.server.port)/postgres?options=-csearch_path%3D\(schema)\(more)"
    }

    @Test("a password comes from a file that nobody else may read; a wrong one and a missing one say where it belongs")
    func password() async throws {
        let place = try await Place(try await PrivatePostgres.own())
        let hba = try await place.server.run("SHOW hba_file").trimmingCharacters(in: .whitespacesAndNewlines)
        try await place.server.run(
            """
            SET password_encryption = 'scram-sha-256';
            CREATE ROLE courier LOGIN PASSWORD '\(Self.password)';
            GRANT tests TO courier;
            COPY (SELECT unnest(ARRAY['local all all trust', 'host all courier 127.0.0.1/32 scram-sha-256'])) TO '\(hba)';
            SELECT pg_reload_conf()
            """)
        let folder = try Folder()
        func with(_ text: String, mode: Int = 0o600) throws -> String {
            let file = try folder.write("127.0.0.1:*:*:courier:\(text)\n", to: RandomID.hex(bytes: 4), mode: mode)
            return location(place, "courier", "&passfile=\(file)")
        }
        let none = location(place, "courier", "&passfile=\(try folder.write("", to: "empty"))")
        // Until the server has read its file anew.
        try await Wait.until("the server to ask for a password") {
            await error(place, at: none)?.message.contains("28P01") == true
        }
        for wrong in [none, try with("Tr0ub4dor")] {
            let error = await error(place, at: wrong)
            #expect(error?.message.contains("correct the user in store.url, or the password in the file") == true)
            #expect(error?.message.contains("Tr0ub4dor") == false)
        }
        let open = await error(place, at: try with(Self.password, mode: 0o640))
        #expect(open?.message.contains("chmod 600") == true && open?.message.contains(Self.password) == false)
        let missing = await error(place, at: location(place, "courier", "&passfile=\(folder.path)/nowhere"))
        #expect(missing?.message.contains("cannot be read (passfile)") == true)
        let store = try await place.worker(at: try with(Self.password))
        try await store.probe()
        await store.close()
        let stranger = await error(place, at: location(place, "stranger"))
        #expect(stranger?.message.contains("correct the user in store.url, or the server's pg_hba.conf") == true)
    }

    @Test("TLS: the server's certificate and name are verified where an authority is named, and the refusal says how")
    func certificates() async throws {
        let place = try await Place(try await PrivatePostgres.own())
        let certificates = try await Certificates.folder
        let (own, other) = ("&sslrootcert=\(certificates)/ca.pem", "&sslrootcert=\(certificates)/other-ca.pem")
        let plain = await error(place, at: location(place, "tests", own, at: "localhost"))
        #expect(plain?.code == .failed && plain?.message.contains("speaks no TLS") == true, "\(plain?.message ?? "")")
        try await place.server.showCertificate(of: certificates)
        try await Wait.until("the server to show its certificate") {
            await error(place, at: location(place, "tests", own, at: "localhost")) == nil
        }
        let store = try await place.worker(at: location(place, "tests", own, at: "localhost"))
        try await store.probe()
        let used = try await place.server.run(
            "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND client_addr IS NOT NULL")
        #expect(Int(used.filter(\.isNumber)) ?? 0 >= 2)
        await store.close()
        let unknown = await error(place, at: location(place, "tests", other, at: "localhost"))
        #expect(unknown?.code == .failed)
        #expect(unknown?.message.contains("certificate is not verified: name its authority") == true)
        let missing = await error(place, at: location(place, "tests", "&sslrootcert=/nowhere.pem", at: "localhost"))
        #expect(missing?.message.contains("name its authority with ?sslrootcert=/path") == true)
    }

    @Test("out of reach, without a store, without a database, a standby: each says what to do")
    func sentences() async throws {
        let place = try await Place()
        let away = await error(place, at: "//tests@127.0.0.1:1/postgres")
        #expect(away?.code == .busy && away?.message.contains("start its server, or correct host and port") == true)
        let empty = await error(place, at: place.server.location(of: "nowhere"))
        #expect(empty?.code == .missing && empty?.message.contains("`store init` makes one") == true)
        let nothing = await error(place, at: place.location.replacing("/postgres?", with: "/nowhere?"))
        #expect(nothing?.code == .missing && nothing?.message.contains("createdb") == true)
        let standby = await error(place, at: place.location + "%20-cdefault_transaction_read_only%3Don")
        #expect(standby?.code == .readOnly && standby?.message.contains("promote it, or name all hosts") == true)
    }
}
