import TestKit

/// Other people's programs that read what we draw.
enum Reader {
    /// What zbar reads in a picture, without the line break that it adds.
    static func text(inPNG png: [UInt8]) async throws -> String {
        let read = try await Tool(
            "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "png:-"
        ).run(png)
        return String(decoding: read.last == UInt8(ascii: "\n") ? read.dropLast() : read[...], as: UTF8.self)
    }

    /// What zbar reads in a drawing that librsvg renders, `zoom` pixels a module.
    static func text(inSVG svg: String, zoom: Int = 4) async throws -> String {
        let png = try await Tool("rsvg-convert", "--zoom", "\(zoom)", "--format", "png").run(Array(svg.utf8))
        return try await text(inPNG: png)
    }
}
