import Basics
import Testing

@Suite("Redacted")
struct RedactedTests {
    private struct Holder {
        let name = "holder"
        let secret = Redacted("tiger-lily")
    }

    @Test("hides its value however it is printed")
    func hides() {
        let secret = Redacted("tiger-lily")
        var dumped = ""
        dump(secret, to: &dumped)
        let prints = [
            "\(secret)", String(describing: secret), String(reflecting: secret), secret.description,
            secret.debugDescription, dumped, "\([secret])", "\(Optional(secret) as Any)",
        ]
        for print in prints {
            #expect(print.contains("•••"))
            #expect(!print.contains("tiger"))
        }
    }

    @Test("hides its value inside a value that is printed or dumped")
    func hidesInside() {
        var dumped = ""
        dump(Holder(), to: &dumped)
        for print in ["\(Holder())", String(reflecting: Holder()), dumped] {
            #expect(print.contains("holder"))
            #expect(!print.contains("tiger"))
        }
    }

    @Test("shows no child to a mirror that holds the value")
    func mirror() {
        let mirror = Mirror(reflecting: Redacted("tiger-lily"))
        #expect(!mirror.children.contains { "\($0.value)".contains("tiger") })
    }

    @Test("gives the value to whoever asks by name, and compares by it")
    func reveals() {
        #expect(Redacted("tiger-lily").revealed == "tiger-lily")
        #expect(Redacted("a") == Redacted("a"))
        #expect(Redacted("a") != Redacted("b"))
        #expect(Set([Redacted(1), Redacted(1), Redacted(2)]).count == 2)
    }
}
