import Basics
import FoundationEssentials
import QRCode
import Store
import Wire

extension Reply {
    /// Shows an enrolment's secret: for typing, as a link, and as a picture where one is wished.
    ///
    /// - Returns: `false` when there is none any more.
    mutating func show(_ enrolment: Enrolment, _ picture: Picture) -> Bool {
        guard let bytes = enrolment.secret else { return false }
        let link = OTPAuth(
            issuer: enrolment.issuer, label: enrolment.label, secret: bytes, digits: enrolment.digits,
            period: enrolment.period)
        secret = link.typed.revealed
        uri = link.uri.revealed
        qr = Self.drawing(link.uri, picture, label: enrolment.issuer)
        expiresAt = enrolment.expiresAt.description
        return true
    }

    /// `nil` when none is wished, or the link is too long for one: the text for typing does as well.
    private static func drawing(_ link: Redacted<String>, _ picture: Picture, label: String) -> Drawing? {
        guard picture != .none, let code = try? QRCode(link.revealed) else { return nil }
        switch picture {
        case .svg: return Drawing(type: "image/svg+xml", data: code.svg(label: "QR code"))
        case .png:
            guard let image = try? code.png() else { return nil }
            return Drawing(type: "image/png", data: Data(image).base64EncodedString())
        case .none: return nil
        }
    }
}
