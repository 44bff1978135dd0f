import Basics
import Glibc
public import Logging

/// How log lines look (`log.format`).
public enum LogFormat: String, Sendable, CaseIterable {
    case text, json
    /// Text on a terminal, else JSON.
    case auto

    fileprivate func isText(on descriptor: Int32) -> Bool {
        self == .text || (self == .auto && isatty(descriptor) == 1)
    }
}

/// Writes each log event as one line of text or JSON.
public struct LineLogHandler: LogHandler {
    /// What is logged, and all that is worse.
    public var logLevel: Logger.Level = .info
    /// What every line carries.
    public var metadata: Logger.Metadata = [:]
    /// What lines carry by the task that writes them.
    public var metadataProvider: Logger.MetadataProvider?
    private let isText: Bool
    private let clock: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void
    private let counts: LogCounts?

    /// - Parameters:
    ///   - format: not `auto`, which is for whoever knows where the lines go.
    ///   - counts: where lines are counted.
    ///   - write: takes a whole line with its end.
    init(
        _ format: LogFormat, clock: @escaping @Sendable () -> Timestamp, counts: LogCounts? = nil,
        write: @escaping @Sendable (String) -> Void
    ) {
        isText = format == .text
        self.clock = clock
        self.counts = counts
        self.write = write
    }

    /// To standard error, by a thread that nobody waits for: see ``flushStandardError()``.
    public static func standardError(_ format: LogFormat) -> LineLogHandler {
        let isText = format.isText(on: STDERR_FILENO)
        let writer = LogWriter.standardError
        writer.sayLost { count in
            let line = LogLine(
                time: .now(), level: .warning, message: "\(count) log lines were dropped", source: "App",
                metadata: ["count": "\(count)"])
            return isText ? line.text : line.json
        }
        return LineLogHandler(
            isText ? .text : .json, clock: Timestamp.now, counts: .standardError, write: writer.write)
    }

    /// Belongs before the end of the process: waits for the last lines, half a second where nobody reads them.
    public static func flushStandardError() {
        LogWriter.standardError.flush()
    }

    /// One of the values that every line carries.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line; never waits for whoever reads it.
    public func log(event: LogEvent) {
        counts?.note(event.level)
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error {
            all["error.message"] = "\(error)"
            all["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        let line = LogLine(
            time: clock(), level: event.level, message: event.message.description, source: event.source, metadata: all)
        write(isText ? line.text : line.json)
    }
}
