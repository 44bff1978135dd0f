import SitePolicy
public import Store
public import Wire

extension Pipeline {
    /// The methods that the site's options switch off.
    public func methodsOff() async throws(StoreError) -> Set<Wire.Method> {
        let options = SiteOptions(try await store.situation(of: Job.Login(user: "")).options)
        return Set(Wire.Method.allCases.filter { !options.usesProvider || !options.allows($0) })
    }
}
