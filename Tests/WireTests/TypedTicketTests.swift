import Basics
import Testing

@testable import Wire

@Suite("Contract 6: tickets as they are typed")
struct TypedTicketTests {
    @Test(
        "6 site.tickets: in any case and with any separators, digits that look like letters too",
        arguments: [
            "7K2M-PQ4X-9T3H-0VWZ", "7k2m-pq4x-9t3h-0vwz", "7K2MPQ4X9T3H0VWZ", " 7k2m pq4x 9t3h 0vwz ",
            "7K2M.PQ4X.9T3H.0VWZ", "7K2M\u{2013}PQ4X\u{2013}9T3H\u{2013}OVWZ", "7k2m_pq4x_9t3h_ovwz",
            "7K2M\u{A0}PQ4X\u{A0}9T3H\u{A0}0VWZ",
        ])
    func same(typed: String) {
        #expect(TypedTicket.canonical(typed) == "7K2M-PQ4X-9T3H-0VWZ")
    }

    @Test("6 site.tickets: I and L can only be meant as 1")
    func ones() { #expect(TypedTicket.canonical("iLl1-1111-1111-1111") == "1111-1111-1111-1111") }

    @Test("what is no ticket stays as it is", arguments: ["AB-CD", "", "7K2M-PQ4X-9T3H-0VWZ-1", "7K2M-PQ4X-9T3H-0VW*"])
    func other(typed: String) { #expect(TypedTicket.canonical(typed) == typed) }

    @Test("6 site.tickets: a job's ticket is read so")
    func job() {
        let body = #"{"user":"u1","phone":"+14155550142","channel":"sms","ticket":"7k2m pq4x 9t3h 0vwz"}"#
        guard case .registerPhone(_, _, _, let ticket?)? = Messages.read("register.phone", body).job?.request else {
            Issue.record("not read")
            return
        }
        #expect(ticket.revealed == "7K2M-PQ4X-9T3H-0VWZ")
    }
}
