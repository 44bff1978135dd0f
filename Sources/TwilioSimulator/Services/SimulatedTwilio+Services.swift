import Basics
import Web

extension SimulatedTwilio {
    mutating func createService(_ form: FormFields, now: Timestamp) throws(APIFailure) -> SimulatedService {
        guard form["FriendlyName"] != nil else { throw .invalid("FriendlyName") }
        var service = SimulatedService(
            ordinal: servicesMade, sid: sources.sid("VA"), friendlyName: "", created: now, updated: now)
        try service.apply(form, now: now)
        services.append(service)
        servicesMade += 1
        return service
    }

    mutating func updateService(_ sid: String, _ form: FormFields, now: Timestamp) throws(APIFailure)
        -> SimulatedService
    {
        var changed = try service(sid)
        try changed.apply(form, now: now)
        services = services.map { $0.sid == sid ? changed : $0 }
        return changed
    }

    mutating func deleteService(_ sid: String) throws(APIFailure) {
        _ = try service(sid)
        services.removeAll { $0.sid == sid }
        entities = entities.filter { $0.key.serviceSID != sid }
    }

    /// Switches a channel of a service off or on, as Twilio's Console does.
    mutating func setChannel(_ channel: String, enabled: Bool, service sid: String) {
        guard let index = services.firstIndex(where: { $0.sid == sid }) else { return }
        if enabled {
            services[index].disabledChannels.remove(channel)
        } else {
            services[index].disabledChannels.insert(channel)
        }
    }
}
