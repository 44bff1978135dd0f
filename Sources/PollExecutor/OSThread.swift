import CLinux
import Glibc

/// Detached POSIX threads with a large stack.
public enum OSThread {
    /// Bytes.
    ///
    /// librabbitmq decodes nested tables by recursion, as deep as a peer likes.
    private static let stackSize = 16 << 20

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts one, which runs until `body` returns.
    ///
    /// - Parameter name: for debuggers and `top -H`; Linux shows its first 15 bytes.
    /// - Returns: whether the system gave one.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Unmanaged: the one reference goes to the new thread, which takes it over; when there is no thread, back to us.
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let result = pthread_create(&thread, &attributes, main, start.toOpaque())
        if result != 0 { start.release() }
        return result == 0
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        clinux_name_thread(String(start.name.prefix(15)))
        start.body()
        return nil
    }
}
