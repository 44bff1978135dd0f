public import Basics
import DequeModule
import Glibc
import Synchronization

/// A serial executor on a thread of its own, which also does one handler's I/O.
///
/// For an actor around a C library whose calls must all come from one thread and may block for a while. The thread
/// takes turns: a bounded batch of the actor's jobs, then the I/O handler, then a wait in the ``Poller``.
///
/// The thread lives until ``stop()``, which belongs in the actor's `deinit`: a job enqueued later would never run.
public final class PollExecutor: SerialExecutor {
    /// What the threads share.
    private struct Mailbox {
        var jobs = Deque<UnownedJob>()
        var stopping = false
    }

    /// Jobs run between two calls of the I/O handler, so that a storm of them cannot starve heartbeats.
    static let batchSize = 64

    private let name: String
    private let poller: any Poller
    private let mailbox = Locked(Mailbox())
    private let thread = Atomic<UInt>(0)
    private let tick = Atomic<Int64>(MonotonicTime.now().nanoseconds)

    /// Nothing runs before ``start(performIO:)``.
    ///
    /// `name` is the thread's; Linux shows its first 15 bytes.
    public init(name: String, poller: any Poller) {
        self.name = name
        self.poller = poller
    }

    /// When the thread last began a turn.
    ///
    /// Far in the past means that the thread hangs in a call: an idle thread ticks as often as its handler asks to be
    /// called.
    public var lastTick: MonotonicTime { MonotonicTime(nanoseconds: tick.load(ordering: .relaxed)) }

    /// Starts the thread.
    ///
    /// Call it once.
    ///
    /// - Parameter performIO: called on the thread after each batch of jobs; does I/O until it would block and returns
    ///   when it must be called again at the latest; nil means no limit. Actors isolated to this executor may be
    ///   entered from it with `assumeIsolated`.
    public func start(performIO: @escaping @Sendable () -> MonotonicTime?) {
        let isStarted = OSThread.start(name: name) { [self] in
            thread.store(UInt(pthread_self()), ordering: .releasing)
            loop(performIO)
        }
        // Refused threads mean a process that is out of memory: there is no way to carry on.
        precondition(isStarted, "no thread for \(name)")
    }

    /// Ends the thread after the jobs that are waiting; jobs that come later never run.
    ///
    /// Any thread may call it.
    public func stop() {
        mailbox.withLock { $0.stopping = true }
        poller.wake()
    }

    /// Runs a job on the thread, after those that came before; from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Unmanaged: the caller holds us only through the job. Once the thread can have it, the job may run, the actor
        // go and we with it, while we still stand here.
        let keeper = Unmanaged.passRetained(self)
        defer { keeper.release() }
        let first = mailbox.withLock { mailbox in
            mailbox.jobs.append(job)
            return mailbox.jobs.count == 1
        }
        // The thread itself looks at the mailbox before it waits.
        if first, !isCurrentThread { poller.wake() }
    }

    /// As an actor names its executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Ends the program unless it is called on the thread.
    public func checkIsolated() {
        precondition(isCurrentThread, "not on the thread of \(name)")
    }

    /// Whether it is called on the thread.
    public func isIsolatingCurrentContext() -> Bool? {
        isCurrentThread
    }

    private var isCurrentThread: Bool {
        thread.load(ordering: .acquiring) == UInt(pthread_self())
    }

    private func loop(_ performIO: () -> MonotonicTime?) {
        var batch: [UnownedJob] = []
        batch.reserveCapacity(Self.batchSize)
        while true {
            tick.store(MonotonicTime.now().nanoseconds, ordering: .relaxed)
            let ends = takeBatch(into: &batch)
            for job in batch {
                job.runSynchronously(on: asUnownedSerialExecutor())
            }
            if ends { return }
            let next = performIO()
            let idle = mailbox.withLock { $0.jobs.isEmpty && !$0.stopping }
            if idle { poller.wait(until: next) }
        }
    }

    /// - Returns: whether the thread is to end.
    private func takeBatch(into batch: inout [UnownedJob]) -> Bool {
        batch.removeAll(keepingCapacity: true)
        return mailbox.withLock { mailbox in
            batch.append(contentsOf: mailbox.jobs.prefix(Self.batchSize))
            mailbox.jobs.removeFirst(batch.count)
            return mailbox.stopping && batch.isEmpty
        }
    }
}

/// How a ``PollExecutor``'s thread waits when it has nothing to do.
public protocol Poller: AnyObject, Sendable {
    /// Blocks the executor's thread until something happens, ``wake()`` is called or `deadline` passes.
    ///
    /// May return early and for no reason. A wake-up that came since the last wait must make it return at once.
    /// No limit when `deadline` is nil.
    func wait(until deadline: MonotonicTime?)

    /// Ends the present wait or, when there is none, the next one. Any thread may call it.
    func wake()
}
