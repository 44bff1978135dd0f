import FoundationEssentials
import Glibc

/// What the kernel tells of this process, under the names that Prometheus' own libraries use.
enum ProcessMetrics {
    static func register(in registry: MetricRegistry) {
        registry.counter("process_cpu_seconds_total", "User and system CPU time spent in seconds.") {
            cpuSeconds.map { [MetricSample($0)] }
        }
        registry.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.") {
            startTime.map { [MetricSample($0)] }
        }
        registry.gauge("process_resident_memory_bytes", "Resident memory size in bytes.") {
            residentBytes.map { [MetricSample($0)] }
        }
        registry.gauge("process_open_fds", "Number of open file descriptors.") {
            openFiles.map { [MetricSample($0)] }
        }
        registry.gauge("process_max_fds", "Maximum number of open file descriptors.") {
            mostFiles.map { [MetricSample($0)] }
        }
    }

    private static func text(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The fields of `/proc/self/stat` from the third on: the second, the name in brackets, may hold spaces.
    private static var status: [Substring]? {
        text("/proc/self/stat").flatMap { $0.split(separator: ")").last }?.split(separator: " ")
    }

    private static var ticks: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }

    static var cpuSeconds: Double? {
        guard let status, status.count > 12, let user = Double(status[11]), let system = Double(status[12]) else {
            return nil
        }
        return (user + system) / ticks
    }

    static var startTime: Double? {
        guard let status, status.count > 19, let afterBoot = Double(status[19]),
            let line = text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let boot = Double(line.dropFirst(6))
        else { return nil }
        return boot + afterBoot / ticks
    }

    static var residentBytes: Double? {
        guard let pages = text("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    static var openFiles: Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
    }

    static var mostFiles: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == .max ? .infinity : Double(limit.rlim_cur)
    }
}
