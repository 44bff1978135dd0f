import Basics
import TestKit
import Testing

@testable import LoginPage

@Suite("The people of the reference login") struct UserTests {
    @Test("a password's hash is scrypt, as another program makes it")
    func vector() throws {
        let hash = try #require(PasswordHash(Browser.hash))
        #expect(hash.matches(Redacted("correct horse")))
        #expect(!hash.matches(Redacted("correct horse ")) && !hash.matches(Redacted("")))
        #expect(hash.description == Browser.hash)
    }

    @Test("two hashes of one password differ, and both are of it")
    func salted() throws {
        let (one, two) = (try PasswordHash(Redacted("x")), try PasswordHash(Redacted("x")))
        #expect(one != two && one.matches(Redacted("x")) && two.matches(Redacted("x")))
        #expect(PasswordHash(one.description) == one)
    }

    @Test(
        "what is no hash, or would take the machine's memory, is refused",
        arguments: [
            "", "secret", "scrypt$1024$8$1$0011$aabb",
            "scrypt$1000$8$1$00112233445566778899$00112233445566778899aabbccddeeff",
            "scrypt$1073741824$8$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$1024$99999$1$0011223344556677$00112233445566778899aabbccddeeff",
            "scrypt$1024$8$1$zz11223344556677$00112233445566778899aabbccddeeff",
        ])
    func noHash(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test(
        "what is wrong with the file is said with its line",
        arguments: [
            ("anna:secret", "line 1"), ("\n\nan na:x", "line 3"),
            ("anna:\(Browser.hash)\nANNA:\(Browser.hash)", "line 2"),
            ("# nobody", "no user"),
        ])
    func problems(text: String, words: String) throws {
        let problem = try #require(throws: DemoUsers.Problem.self) { _ = try DemoUsers(text) }
        #expect(problem.description.contains(words))
        #expect(!problem.description.contains("secret"))
    }

    @Test("a name is taken in any case, and is always the person's own id")
    func canonical() throws {
        let users = try DemoUsers("Anna:\(Browser.hash)\r\n")
        #expect(users.user(named: "aNNA", password: Redacted(Browser.password)) == "Anna")
        #expect(users.user(named: "anna", password: Redacted("wrong")) == nil)
        #expect(users.user(named: "nobody", password: Redacted(Browser.password)) == nil)
    }

    @Test(
        "after ten wrong passwords a name rests for a minute, whether anybody has it or not",
        arguments: ["anna", "ghost"])
    func gate(name: String) async throws {
        let clocks = TestClocks()
        let gate = PasswordGate(users: try DemoUsers("anna:\(Browser.hash)"), clocks: clocks.clocks)
        for _ in 0..<PasswordGate.most { #expect(await gate.judge(name, Redacted("wrong")) == .wrong) }
        #expect(await gate.judge(name, Redacted(Browser.password)) == .paused(PasswordGate.pause))
        clocks.advance(PasswordGate.pause)
        #expect(await gate.judge(name, Redacted(Browser.password)) == (name == "anna" ? .right(user: "anna") : .wrong))
    }

    @Test("a sign-in ends by itself, and one person has a few")
    func sessions() {
        let clocks = TestClocks()
        let table = SessionTable(clocks: clocks.clocks)
        let ids = (0...SessionTable.mostOfOne).map { _ in
            clocks.advance(.seconds(1))
            return table.begin(user: "anna", client: nil, locale: nil)
        }
        #expect(table.count == SessionTable.mostOfOne)
        #expect(table.find(ids[0]) == nil && table.find(ids[1]) != nil && table.find("another") == nil)
        clocks.advance(SessionTable.idle)
        #expect(table.find(ids[1]) == nil)
        let id = table.begin(user: "anna", client: nil, locale: nil)
        #expect(table.count == 1)
        for _ in 0..<5 {
            clocks.advance(.seconds(600))
            #expect(table.find(id) != nil)
        }
        clocks.advance(.seconds(600))
        #expect(table.find(id) == nil, "an hour at the most, however busy")
    }
}
