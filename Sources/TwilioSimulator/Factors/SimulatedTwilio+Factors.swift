import Basics
import Web

extension SimulatedTwilio {
    /// A factor that has just been made: the only answer that tells the secret.
    struct NewFactor {
        var entity: SimulatedEntity
        var factor: SimulatedFactor
        var secret: Redacted<String>
        var uri: Redacted<String>
    }

    /// Makes a factor, and its entity where there is none.
    mutating func createFactor(
        service sid: String, identity: String, _ form: FormFields, now: Timestamp
    ) throws(APIFailure) -> NewFactor {
        let service = try service(sid)
        guard SimulatedEntity.isAcceptable(identity: identity) else { throw .invalidRequest("Identity") }
        let parameters = try FactorParameters(form, service: service)
        let written = parameters.secret ?? Base32Text.encode(sources.secret())
        guard let secret = Base32Text.decode(written) else { throw .badBinding }
        let isKnown = entities[SimulatedEntity.Key(service: sid, identity: identity)] != nil
        var entity =
            isKnown
            ? try entity(service: sid, identity, now: now) : try newEntity(service: sid, identity: identity, now: now)
        let factor = try entity.add(parameters, sid: sources.sid("YF"), secret: secret, now: now)
        keep(entity)
        statistics.factors += 1
        let uri = KeyURI(issuer: service.issuer, label: factor.friendlyName, password: factor.password)
        return NewFactor(entity: entity, factor: factor, secret: written, uri: uri.text(secret: written))
    }

    /// Changes a factor, and verifies it if the form has a code.
    mutating func updateFactor(
        service sid: String, identity: String, _ factorSID: String, _ form: FormFields, now: Timestamp
    ) throws(APIFailure) -> (SimulatedEntity, SimulatedFactor) {
        var entity = try entity(service: sid, identity, now: now)
        let index = try entity.factorIndex(factorSID)
        var factor = entity.factors[index]
        factor.friendlyName = try FactorParameters.friendlyName(form) ?? factor.friendlyName
        try factor.settings.apply(form)
        factor.updated = now
        var isRight = true
        if let code = try FactorParameters.authPayload(form) {
            let before = factor.status
            isRight = try factor.verify(
                code, now: now, lifetime: configuration.unverifiedFactorLifetime, refusesReplay: codes.refuseReplay)
            if factor.status != before { statistics.factorsVerified += 1 }
        }
        entity.factors[index] = factor
        keep(entity)
        guard isRight || !codes.refuseWrong else { throw .wrongFactorCode }
        return (entity, factor)
    }

    /// The challenges of a deleted factor stay.
    mutating func deleteFactor(
        service sid: String, identity: String, _ factorSID: String, now: Timestamp
    ) throws(APIFailure) {
        var entity = try entity(service: sid, identity, now: now)
        entity.factors.remove(at: try entity.factorIndex(factorSID))
        keep(entity)
    }
}

extension SimulatedEntity {
    fileprivate mutating func add(
        _ parameters: FactorParameters, sid: String, secret: Redacted<[UInt8]>, now: Timestamp
    ) throws(APIFailure) -> SimulatedFactor {
        factorCreations.removeAll { $0 <= now - .seconds(24 * 3600) }
        guard factors.count < Self.maximumFactors else { throw .tooManyFactors }
        guard factorCreations.count < Self.maximumFactorsPerDay else { throw .tooManyFactorRequests }
        guard !factors.contains(where: { $0.secret == secret }) else { throw .factorExists }
        let factor = SimulatedFactor(
            ordinal: nextOrdinal(), sid: sid, secret: secret, created: now, updated: now,
            friendlyName: parameters.friendlyName, settings: parameters.settings, metadata: parameters.metadata)
        factors.append(factor)
        factorCreations.append(now)
        return factor
    }
}
