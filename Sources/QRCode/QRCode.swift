import CQREncode
import Glibc

/// A text as a QR code (ISO/IEC 18004), at error correction level M: it can be read with up to 15 % of it lost.
///
/// About 0.1 ms for a link of 130 characters. Printing one prints its size: the text may be a secret.
public struct QRCode: Sendable, Equatable {
    /// Light modules on every side without which readers do not find the code (ISO/IEC 18004, 9.1).
    public static let quietZone = 4

    /// Modules on each side, 21 to 177, the quiet zone not counted.
    public let size: Int
    /// Row by row.
    private let dark: [Bool]

    /// - Parameter text: Printable ASCII, as links are: what every reader reads alike.
    /// - Throws: ``QRCodeError`` for a text that is empty, holds anything else, or does not fit.
    public init(_ text: String) throws(QRCodeError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .notPrintable }
        let symbol = try Symbol(text)
        size = symbol.size
        dark = symbol.modules()
    }

    /// Whether a module is dark; one outside, as in the quiet zone, is light.
    public func isDark(row: Int, column: Int) -> Bool {
        let inside = 0..<size
        return inside.contains(row) && inside.contains(column) && dark[row * size + column]
    }
}

extension QRCode: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its size alone: whoever has the picture makes somebody's codes.
    public var description: String { "QR code of \(size) x \(size)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// Why there is no QR code.
public enum QRCodeError: Error, Sendable, Hashable {
    case empty
    /// A character that is not printable ASCII; a link escapes it.
    case notPrintable
    /// So many characters. 2331 fit of any kind, 3391 of digits, capitals and `$%*+-./: `, 5596 of digits.
    case tooLong(Int)
    /// Pixels per module out of ``QRCode/scales``.
    case scale(Int)
    /// The system refused memory.
    case outOfMemory
}

extension QRCodeError: CustomStringConvertible {
    /// What is wrong and what to do; the text itself may be a secret.
    public var description: String {
        switch self {
        case .empty: "there is no text to draw as a QR code"
        case .notPrintable: "a QR code takes printable ASCII only: escape everything else"
        case .tooLong(let length): "\(length) characters are too many for a QR code: shorten the text to 2331"
        case .scale(let scale):
            "\(scale) pixels per module: choose \(QRCode.scales.lowerBound) to \(QRCode.scales.upperBound)"
        case .outOfMemory: "no memory to draw a QR code"
        }
    }
}

/// Owns what libqrencode has made, and frees it.
struct Symbol: ~Copyable {
    private let code: UnsafeMutablePointer<QRcode>

    /// - Parameter text: ASCII without NUL.
    init(_ text: String) throws(QRCodeError) {
        // Version 0: the smallest that the text fits. Case-sensitive, and what is neither digit nor capital as it is.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw errno == ERANGE ? .tooLong(text.utf8.count) : .outOfMemory
        }
        self.code = code
    }

    deinit {
        QRcode_free(code)
    }

    var size: Int { Int(code.pointee.width) }

    /// Row by row; the lowest bit of a module says whether it is dark.
    func modules() -> [Bool] {
        UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
    }
}
