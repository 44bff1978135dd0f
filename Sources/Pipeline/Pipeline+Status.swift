import SitePolicy
public import Store
public import Wire

extension Pipeline {
    /// Tries whether the store can be written.
    public func probeStore() async throws(StoreError) {
        try await store.probe()
    }

    /// How the calls to Twilio stand in this worker.
    public var calls: CallLoad { caller.budget.load }

    /// The methods that the site's options switch off.
    public func methodsOff() async throws(StoreError) -> Set<Wire.Method> {
        let options = SiteOptions(try await store.situation(of: Job.Login(user: "")).options)
        return Set(Wire.Method.allCases.filter { !options.usesProvider || !options.allows($0) })
    }
}
