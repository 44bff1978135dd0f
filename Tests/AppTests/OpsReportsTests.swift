import Basics
import OpsPages
import Testing

@testable import App

@Suite("What a service manager is told of the pages") struct OpsReportsTests {
    @Test("a line for the service manager: how many things are wrong, and what is only odd is none")
    func words() {
        func words(_ weights: [Banner.Weight]) -> String {
            let banners = weights.map { Banner($0, code: "code", message: "why", lane: nil, workers: []) }
            let nothing = Unknown("nothing")
            return OpsReports.words(
                SiteLook(
                    at: Timestamp(seconds: 1_800_000_000), banners: banners, fleet: .failure(nothing),
                    queues: .failure(nothing)))
        }
        #expect(OpsReports.words(nil).hasSuffix("for the first time"))
        #expect(words([]) == "serves pages; the site is well")
        #expect(words([.odd]) == "serves pages; the site is well")
        #expect(words([.wrong, .odd]) == "serves pages; one thing is wrong with the site")
        #expect(words([.wrong, .wrong, .wrong]) == "serves pages; 3 things are wrong with the site")
    }
}
