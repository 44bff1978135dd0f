import Basics
import Foundation
import Store
import Testing
import Web
import Wire

@testable import OpsPages

@Suite("The operator's pages: what is asked for, and what is answered")
struct OpsSiteTests {
    private let site = Sample.site(Sample.look(waiting: [.send]))

    @Test("each page has its twin, and both say the same", arguments: Place.allCases)
    func twins(place: Place) async throws {
        let page = await site.get(place.rawValue)
        #expect(page.status == 200 && page.type == "text/html; charset=utf-8")
        #expect(page.body.contains("<title>") && page.body.contains("href=\"\(place.twin)\""))
        let twin = await site.get(place.twin)
        #expect(twin.status == 200 && twin.type == "application/json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(twin.body.utf8)) as? [String: Any])
        #expect(object["v"] as? Int == 1)
        #expect(object["at"] as? String == Sample.now.description)
        #expect(page.body.contains("datetime=\"\(Sample.now)\""))
        #expect(object["data"] is [String: Any])
    }

    @Test("only by names that no foreign page can have, and only to look; that it lives is told to anybody")
    func refusals() async {
        #expect(await site.get("/", host: "evil.example").status == 421)
        #expect(await site.get("/overview.json", host: "evil.example").status == 421)
        #expect(await site.get("/live", host: "evil.example").body == "live\n")
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            #expect(await site.get("/", method: method).status == 405, "\(method)")
        }
        #expect(await site.get("/", method: "HEAD").status == 200)
    }

    @Test(
        "what is not there is told as what was asked for",
        arguments: ["/nothing", "/queues/", "/.json", "//", "/queues.json.json", "/style.css.json", "/%2e%2e/"])
    func missing(path: String) async {
        let answer = await site.get(path)
        #expect(answer.status == 404)
        #expect((answer.type == "application/problem+json") == path.hasSuffix(".json"))
        #expect(!answer.body.contains(path))
    }

    @Test("a page comes again only when that is asked for, and within reason")
    func refresh() async {
        #expect(await !site.get("/").body.contains("http-equiv"))
        #expect(await site.get("/?refresh=5").body.contains("<meta http-equiv=\"refresh\" content=\"5\">"))
        for wrong in ["0", "1", "601", "-5", "x", "5;url=http://evil.example", ""] {
            #expect(await !site.get("/?refresh=\(wrong)").body.contains("http-equiv"), "\(wrong)")
        }
    }

    @Test("style and script are files of their own, small, and nothing is within a page", arguments: Asset.allCases)
    func assets(asset: Asset) async {
        let answer = await site.get(asset.rawValue)
        #expect(answer.status == 200)
        #expect(answer.body.utf8.count < (asset == .style ? 20_000 : 8_000))
        for place in Place.allCases {
            let page = await site.get(place.rawValue).body
            #expect(page.contains(asset.rawValue))
            #expect(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick"))
        }
    }

    @Test("no page is large, also with many workers and queues seen for an hour", arguments: Place.allCases)
    func size(place: Place) async {
        var look = Sample.look(workers: (1...40).map { Sample.worker($0) })
        look.past = stride(from: -3600, through: 0, by: 14).map { second in
            QueueSnapshot(
                at: Sample.now + .seconds(second),
                queues: LaneName.allCases.map {
                    QueueSample(queue: $0.queue, ready: -second, consumers: 9, inHand: 9, settled: 99_999)
                })
        }
        #expect(await Sample.site(look).get(place.rawValue).body.utf8.count < 60_000)
    }

    @Test("the site's name and environment are on every page, as text")
    func name() async {
        let site = Sample.site(Sample.look(), name: SiteName(site: "shop", environment: "<production>"))
        for place in Place.allCases {
            let page = await site.get(place.rawValue).body
            #expect(page.contains("– shop – verify-courier</title>"))
            #expect(page.contains("<span class=\"environment\">&lt;production&gt;</span>"))
        }
    }
}
