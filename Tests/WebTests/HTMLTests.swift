import Testing

@testable import Web

@Suite("HTML") struct HTMLTests {
    @Test("text between is text, in elements and attributes; HTML between is HTML")
    func escaping() {
        let text = #"<b class="x">&'"#
        let inner: HTML = "<i>\(text)</i>"
        #expect(inner.source == "<i>&lt;b class=&quot;x&quot;&gt;&amp;&#39;</i>")
        let outer: HTML = "<p title=\"\(text)\">\(inner)\(7)</p>"
        #expect(
            outer.source
                == "<p title=\"&lt;b class=&quot;x&quot;&gt;&amp;&#39;\"><i>&lt;b class=&quot;x&quot;&gt;&amp;&#39;</i>7</p>"
        )
        #expect(HTML(text: text).source == "&lt;b class=&quot;x&quot;&gt;&amp;&#39;")
    }

    @Test("what is not there is left out; a list is put behind one another")
    func lists() {
        let nothing: HTML? = nil
        let items: [HTML] = ["<li>\("a & b")</li>", "<li>c</li>"]
        let list: HTML = "<ul>\(nothing)\(items)</ul>"
        #expect(list.source == "<ul><li>a &amp; b</li><li>c</li></ul>")
        #expect(items.joined(separator: ", ").source == "<li>a &amp; b</li>, <li>c</li>")
        #expect([HTML]().joined(separator: ", ").isEmpty)
    }
}
