import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Writes an answer at the pace and as far as it is meant to go.
struct AnswerWriter {
    let answer: WireAnswer
    /// For the `Date` header: Twilio's clock is the simulator's.
    let date: Timestamp

    private static let chunk = 64 * 1024

    /// - Returns: Whether it was written to its end.
    @concurrent func write(to writer: consuming ResponseWriter) async throws -> Bool {
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: headers)
        guard answer.padding > 0 || answer.pause != nil || answer.isCutShort else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
            return true
        }
        var body: any ResponseBodyWriter = try await writer.writeHead(head)
        try await pad(&body)
        guard !answer.isCutShort else {
            try await body.write(ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2)))
            return false
        }
        try await trickle(&body)
        try await body.finish(nil)
        return true
    }

    @concurrent private func trickle(_ body: inout any ResponseBodyWriter) async throws {
        guard let pause = answer.pause else {
            return try await body.write(ByteBuffer(bytes: answer.body))
        }
        for byte in answer.body {
            try await Task.sleep(for: pause)
            try await body.write(ByteBuffer(bytes: [byte]))
        }
    }

    @concurrent private func pad(_ body: inout any ResponseBodyWriter) async throws {
        var left = answer.padding
        while left > 0 {
            let count = min(left, Self.chunk)
            try await body.write(ByteBuffer(repeating: UInt8(ascii: " "), count: count))
            left -= count
        }
    }

    private var headers: HTTPFields {
        var headers: HTTPFields = [.date: HTTPDate.text(date)]
        if let requestID = HTTPField.Name("Twilio-Request-Id") { headers[requestID] = "RQ" + RandomID.hex(bytes: 16) }
        headers[.retryAfter] = answer.retryAfter
        headers[.location] = answer.location
        if answer.status != 204 { headers[.contentLength] = String(answer.length) }
        headers[.contentType] = answer.contentType
        if answer.contentType == WireAnswer.page {
            headers[.cacheControl] = "no-store"
            headers[.contentSecurityPolicy] =
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
        }
        return headers
    }
}
