import Basics
import Glibc
import TestKit
import Testing

@Suite("What a service manager is told")
struct ServiceManagerTests {
    @Test("is one datagram of lines")
    func datagram() throws {
        let socket = try NotifySocket()
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": socket.name]))
        #expect(manager.tell([.ready, .alive, .status("takes jobs")]))
        #expect(socket.receive() == "READY=1\nWATCHDOG=1\nSTATUS=takes jobs\n")
        #expect(manager.tell([.stopping]))
        #expect(socket.receive() == "STOPPING=1\n")
        #expect(socket.receive() == nil)
    }

    @Test("cannot be forged by a status with lines in it")
    func lines() throws {
        let socket = try NotifySocket()
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": socket.name]))
        #expect(manager.tell([.status("a\nMAINPID=1\r\nb\u{2028}c")]))
        #expect(socket.receive() == "STATUS=a MAINPID=1 b c\n")
    }

    @Test("goes by a socket with a file as well, and is not waited for when nobody reads")
    func file() throws {
        let path = "/tmp/verify-courier-\(RandomID.hex(bytes: 6))"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(descriptor)
            unlink(path)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        try #require(isBound)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
        // The kernel keeps a few (net.unix.max_dgram_qlen); the bound is for whoever set that high.
        var taken = 0
        while taken < 100_000, manager.tell([.alive]) { taken += 1 }
        #expect((1..<100_000).contains(taken))
    }

    @Test("is nothing without a socket, or by one that it does not speak")
    func none() {
        #expect(ServiceManager(environment: [:]) == nil)
        for socket in ["", "/", "@", "relative", "vsock:2:1234", "/" + String(repeating: "a", count: 108)] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": socket]) == nil, "\(socket)")
        }
        let gone = ServiceManager(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"])
        #expect(gone?.tell([.ready]) == false)
    }

    @Test("the watchdog is ours only if it names this process, or none")
    func watchdog() {
        let watchdog = { (more: [String: String]) in
            ServiceManager(environment: more.merging(["NOTIFY_SOCKET": "@a"]) { $1 }, process: 7)?.watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
        for wrong in ["0", "-1", "soon", ""] { #expect(watchdog(["WATCHDOG_USEC": wrong]) == nil) }
    }
}
