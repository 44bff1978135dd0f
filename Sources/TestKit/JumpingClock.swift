import Foundation

/// A time of day of a process's own, which a test can set; its other clocks stay the machine's (`CFalseClock`).
package struct JumpingClock: Sendable {
    private let file: String
    private let library: String

    /// - Parameter folder: where its control file may be.
    package init(in folder: String) throws {
        file = "\(folder)/clock"
        library =
            URL(fileURLWithPath: try WorkerProcess.program).deletingLastPathComponent()
            .appendingPathComponent("libFalseClock.so").path
        try Data(count: MemoryLayout<Int64>.size).write(to: URL(fileURLWithPath: file))
    }

    /// What a process needs in its environment to go by it.
    package var environment: [String: String] { ["LD_PRELOAD": library, "FALSE_CLOCK": file] }

    /// From now on the process's time of day is so many seconds ahead of the machine's.
    package func set(ahead seconds: Int) throws {
        // Into the same file, which the process has mapped.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.write(contentsOf: withUnsafeBytes(of: Int64(seconds)) { Data($0) })
        try handle.close()
    }
}
