import TestKit
import Testing

@Suite("What tests keep of the wire")
struct WireCaptureTests {
    private func line(_ job: String, _ reply: String = "{}") -> String {
        WireCapture.line("check", job: Array(job.utf8), reply: Array(reply.utf8))
    }

    @Test("has the bodies as they were, in one line")
    func bodies() {
        let text = line(#"{"user":"anna","application":"web"}"#, #"{"checks_left":4,"same_code":true}"#)
        #expect(
            text
                == #"{"job":{"application":"web","user":"anna"},"key":"check","reply":{"checks_left":4,"same_code":true}}"#
        )
    }

    @Test("has no code, number or secret, but their form")
    func blanks() {
        let text = line(
            #"{"code":"123 456","phone":"+14155550142","ticket":"7K2M-PQ4X"}"#,
            #"{"secret":"JBSW Y3DP","uri":"otpauth://totp/E:a?secret=JBSWY3DP&issuer=E","qr":{"data":"<svg>JBSW</svg>"}}"#
        )
        #expect(text.contains(#""code":"000 000""#))
        #expect(text.contains(#""phone":"+00000000000""#))
        #expect(text.contains(#""ticket":"0A0A-AA0A""#))
        #expect(text.contains(#""secret":"AAAA AAAA""#))
        #expect(text.contains(#""uri":"otpauth://totp/E:a?secret=A""#))
        #expect(!text.contains("JBSW"))
    }

    @Test("has null for what is no JSON")
    func noJSON() {
        #expect(line("{\"code\":\"123456\"") == #"{"job":null,"key":"check","reply":{}}"#)
    }
}
