import Basics
import Web

extension SimulatedTwilio {
    mutating func createEntity(service sid: String, _ form: FormFields, now: Timestamp) throws(APIFailure)
        -> SimulatedEntity
    {
        _ = try service(sid)
        guard let identity = form["Identity"], SimulatedEntity.isAcceptable(identity: identity) else {
            throw .invalidRequest("Identity")
        }
        let key = SimulatedEntity.Key(service: sid, identity: identity)
        guard entities[key] == nil else { throw .entityExists }
        let entity = try newEntity(service: sid, identity: identity, now: now)
        entities[key] = entity
        return entity
    }

    /// Not kept yet.
    mutating func newEntity(service: String, identity: String, now: Timestamp) throws(APIFailure) -> SimulatedEntity {
        if let limit = configuration.entitiesPerMinute {
            entityCreations.removeAll { $0 <= now - .seconds(60) }
            guard entityCreations.count < limit else { throw .tooManyEntities }
            entityCreations.append(now)
        }
        entitiesMade += 1
        return SimulatedEntity(
            ordinal: entitiesMade, sid: sources.sid("YE"), serviceSID: service, identity: identity, created: now,
            updated: now)
    }

    /// The entity with what Twilio would still show of it, or 404.
    func entity(service sid: String, _ identity: String, now: Timestamp) throws(APIFailure) -> SimulatedEntity {
        _ = try service(sid)
        guard var entity = entities[SimulatedEntity.Key(service: sid, identity: identity)] else {
            throw .notFound("/Services/\(sid)/Entities/\(identity)")
        }
        entity.factors.removeAll { $0.isForgotten(now: now) }
        return entity
    }

    /// Keeps what has changed of it.
    mutating func keep(_ entity: SimulatedEntity) {
        entities[SimulatedEntity.Key(service: entity.serviceSID, identity: entity.identity)] = entity
    }

    /// In the order of their creation.
    func entities(service sid: String) throws(APIFailure) -> [SimulatedEntity] {
        _ = try service(sid)
        return entities.values.filter { $0.serviceSID == sid }.sorted { $0.ordinal < $1.ordinal }
    }

    /// Its factors and challenges go with it; Twilio does not say so.
    mutating func deleteEntity(service sid: String, _ identity: String, now: Timestamp) throws(APIFailure) {
        _ = try entity(service: sid, identity, now: now)
        entities[SimulatedEntity.Key(service: sid, identity: identity)] = nil
    }
}
