import Basics

/// HTML, into which text comes escaped, so that text cannot become HTML by accident.
///
/// A literal is HTML; a `String` between `\(` and `)` is text, in elements as well as in quoted attributes.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// As it is sent.
    package private(set) var source: String

    package init(stringLiteral source: String) { self.source = source }

    package init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// Text, escaped.
    package init(text: String) { source = Markup.escaped(text) }

    package static var none: HTML { "" }

    package var isEmpty: Bool { source.isEmpty }

    package static func += (left: inout HTML, right: HTML) { left.source += right.source }

    package struct Interpolation: StringInterpolationProtocol {
        var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { source += literal }

        /// Text, escaped.
        package mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }

        package mutating func appendInterpolation(_ html: HTML) { source += html.source }

        /// Nothing where there is none.
        package mutating func appendInterpolation(_ html: HTML?) { source += html?.source ?? "" }

        /// One behind the other.
        package mutating func appendInterpolation(_ list: [HTML]) {
            for html in list { source += html.source }
        }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { source += String(number) }
    }
}

extension Sequence<HTML> {
    package func joined(separator: HTML) -> HTML {
        var joined = HTML.none
        for (index, html) in enumerated() {
            if index > 0 { joined += separator }
            joined += html
        }
        return joined
    }
}
