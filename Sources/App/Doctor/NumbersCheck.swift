import Basics
import FoundationEssentials
import Glibc
import PhoneNumbers

/// How old the metadata is by which telephone numbers are read.
///
/// libphonenumber's interface does not tell its version: the file that was loaded and the Debian package that it
/// belongs to do.
struct NumbersCheck: DoctorCheck {
    private static let packageLists = ["/var/lib/dpkg/status", "/var/lib/dpkg/status.d/libphonenumber8"]

    func findings() async -> [Finding] {
        let path = PhoneNumberParser.libraryFile.flatMap(Self.resolved)
        let versions = Self.packageLists.lazy.compactMap { Self.contents($0) }.compactMap { Self.version(in: $0) }
        return [Self.judge(file: path, date: path.flatMap(Self.date), version: versions.first)]
    }

    /// - Parameter date: when the file was made.
    static func judge(file: String?, date: Timestamp?, version: String?) -> Finding {
        let name = file.map { String($0.split(separator: "/").last ?? "") } ?? "a file that cannot be told"
        let package = version.map { "libphonenumber \($0) (Debian's package)" } ?? "libphonenumber of unknown version"
        let day = date.map { " of \($0.description.prefix(10))" } ?? ""
        return Finding(
            "numbers", well: "\(package), \(name)\(day); whether newer numbers exist is left to Twilio")
    }

    /// The version of the library's package in dpkg's list; `nil` when it has none that is installed.
    static func version(in list: String) -> String? {
        var isLibrary = false
        for line in list.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { isLibrary = false }
            if line.hasPrefix("Package: ") {
                let name = line.dropFirst(9)
                isLibrary = name.hasPrefix("libphonenumber") && name.dropFirst(14).allSatisfy(\.isNumber)
            } else if isLibrary, line.hasPrefix("Version: ") {
                return String(line.dropFirst(9))
            }
        }
        return nil
    }

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func date(_ path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
    }
}
