import Basics
import Wire

/// Which ways a page offers: what `options` says, without what is known to be down.
struct Ways {
    /// Of the person, usable and not known to be down.
    var methods: [Reply.MethodState]
    /// What may be registered, likewise.
    var register: [Factor]
    /// By which ways a phone may be registered.
    var channels: [Channel]
    /// What would be offered, were it not down.
    var down: [Method]
    /// Registering asks for a ticket.
    var needsTicket: Bool
    /// When another code may be asked for, by this server's clock.
    var retryAt: Timestamp?

    init(_ options: Reply, status: ChannelStatus?, now: Timestamp) {
        let isDown = { (method: Method) in Self.isDown(method, status) }
        let usable = (options.methods ?? []).filter(\.usable)
        methods = usable.filter { !isDown($0.method) }
        let isPhone = options.register?.contains(.phone) == true
        let registrable = isPhone ? options.registerChannels ?? [] : []
        let open = registrable.filter { !isDown(.code($0)) }
        channels = open
        register = (options.register ?? []).filter { factor in
            switch factor {
            case .phone: !open.isEmpty
            case .authenticator: !isDown(.authenticator)
            }
        }
        let wanted =
            usable.map(\.method) + registrable.map(Method.code)
            + ((options.register ?? []).contains(.authenticator) ? [.authenticator] : [])
        down = Method.allCases.filter { wanted.contains($0) && isDown($0) }
        needsTicket = options.needsTicket == true
        retryAt = (options.methods ?? []).compactMap { options.here($0.retryAt, now) }.max()
    }

    private static func isDown(_ method: Method, _ status: ChannelStatus?) -> Bool {
        switch status?.channels[method.rawValue]?.state {
        case .down, .off: true
        case .ok, .slow, nil: false
        }
    }

    var isEmpty: Bool { methods.isEmpty && register.isEmpty }

    /// Says what is missing, so that nobody looks for it.
    var downHTML: String {
        guard !down.isEmpty else { return "" }
        let names = down.map(Self.plural).joined(separator: " and ")
        let sentence = names.prefix(1).uppercased() + names.dropFirst()
        return "<p class=\"inset\">\(sentence) do not work just now. This is not your fault.</p>"
    }

    private static func plural(_ method: Method) -> String {
        switch method {
        case .code(.sms): "text messages"
        case .code(.call): "calls"
        case .authenticator: "codes of an app"
        }
    }

    /// On a button that asks for a code.
    static func label(_ channel: Channel, again: Bool = false) -> String {
        switch channel {
        case .sms: again ? "Text me the code again" : "Text me a code"
        case .call: again ? "Call me again" : "Call me"
        }
    }
}
