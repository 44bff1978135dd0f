import Basics
import Dispatch
import Foundation

/// What libFuzzer calls with each input.
///
/// Its names and types are libFuzzer's, hence `@_cdecl`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let done = DispatchSemaphore(value: 0)
    let broken = Locked<BrokenPromise?>(nil)
    Task.detached {
        do throws(BrokenPromise) { _ = try await chosen.run(input) } catch { broken.withLock { $0 = error } }
        done.signal()
    }
    done.wait()
    if let promise = broken.withLock(\.self) { fatalError("BROKEN: \(promise)") }
    return 0
}

/// libFuzzer reads the arguments itself, so the environment says which target it is.
private let chosen: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["VERIFY_COURIER_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("VERIFY_COURIER_FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()
