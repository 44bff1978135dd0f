import CQREncode
import Glibc

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
