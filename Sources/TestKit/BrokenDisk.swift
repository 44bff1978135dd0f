/// Lets a process fail at what it asks of its disk, as the kernel would say it (libfiu, which `deploy/install.sh`
/// installs): a disk that turns read-only under an open file cannot be had otherwise.
package struct BrokenDisk: Sendable {
    /// What fails, and how.
    package enum Trouble: String, Sendable, CaseIterable {
        case readOnly, quota, badWrite, badSync

        /// libfiu's name of the call, and the error's number.
        fileprivate var order: String {
            switch self {
            case .readOnly: "posix/io/rw/pwrite,failinfo=30"
            case .quota: "posix/io/rw/pwrite,failinfo=122"
            case .badWrite: "posix/io/rw/pwrite,failinfo=5"
            case .badSync: "posix/io/sync/fdatasync,failinfo=5"
            }
        }
    }

    private let control: String

    /// - Parameter folder: where its control files may be.
    package init(in folder: String) {
        control = "\(folder)/disk"
    }

    /// What a process needs in its environment to be obstructed later.
    package var environment: [String: String] {
        [
            "LD_PRELOAD": "/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so",
            "FIU_CTRL_FIFO": control,
        ]
    }

    /// From now on everything that asks for this fails.
    package func fail(_ worker: WorkerProcess, with trouble: Trouble) async throws {
        try await order("enable name=\(trouble.order)", worker)
    }

    /// All is well again.
    package func mend(_ worker: WorkerProcess, of trouble: Trouble) async throws {
        try await order("disable name=\(trouble.order.prefix { $0 != "," })", worker)
    }

    private func order(_ order: String, _ worker: WorkerProcess) async throws {
        _ = try await Tool("fiu-ctrl", "-f", control, "-c", order, String(worker.id)).run()
    }
}
