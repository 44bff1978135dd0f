import Basics
import Ops
import Worker

/// The worker's metrics, under the names that operators know.
///
/// What counts something hears of it as an observer; what is a state is looked up at each scrape.
///
/// Labels are of closed lists: job keys, outcomes, reasons, countries. Never a person, number, id or queue made at run
/// time. A new metric is a property here, and a line of its observer in `Meters+Observing.swift`.
struct Meters: Sendable {
    let registry = MetricRegistry()

    // MARK: Messages

    let received = Counter(
        "verify_courier_messages_received_total", "Deliveries taken from the broker.", labels: ["lane", "operation"],
        known: KnownLabels.routes)
    let redelivered = Counter(
        "verify_courier_messages_redelivered_total", "Deliveries that were delivered before.", labels: ["lane"],
        known: KnownLabels.all(KnownLabels.lanes))
    let waited = Histogram(
        "verify_courier_message_wait_seconds", "From the publisher's timestamp to delivery; in the sum 600 s at most.",
        labels: ["lane", "operation"], buckets: Buckets.waits, known: KnownLabels.routes, isBounded: true)
    let slotWait = Histogram(
        "verify_courier_slot_wait_seconds", "From delivery to a slot of the lane.", labels: ["lane"],
        buckets: Buckets.local, known: KnownLabels.all(KnownLabels.lanes))
    let processed = Counter(
        "verify_courier_messages_processed_total", "Messages acknowledged, by what was done with them.",
        labels: ["lane", "operation", "result"], known: KnownLabels.all(KnownLabels.routes, KnownLabels.results))
    let outcomes = Counter(
        "verify_courier_outcomes_total", "Fresh outcomes; repeats of recorded ones are not counted.",
        labels: ["operation", "application", "outcome"],
        known: KnownLabels.all(KnownLabels.operations, KnownLabels.applications, KnownLabels.outcomes))
    let refused = Counter(
        "verify_courier_requests_refused_total", "Fresh outcomes other than what was asked for, by reason or limit.",
        labels: ["operation", "outcome", "reason"])
    let deadLettered = Counter(
        "verify_courier_messages_dead_lettered_total", "Dead letters recorded in the store.",
        labels: ["lane", "reason"], known: KnownLabels.all(KnownLabels.lanes, KnownLabels.deadLetterReasons))
    let unknownFields = Counter(
        "verify_courier_unknown_fields_total", "Fields of jobs that nobody knows; they were passed over.",
        labels: ["operation"], known: KnownLabels.all(KnownLabels.operations))
    let mistyped = Counter(
        "verify_courier_mistyped_fields_total", "What people mistyped; such jobs are answered, and not kept.",
        labels: ["operation", "field"], known: KnownLabels.all(KnownLabels.operations, ["code", "phone", "region"]))
    let processTime = Histogram(
        "verify_courier_message_process_duration_seconds", "From delivery to acknowledgement.",
        labels: ["operation", "result"], buckets: Buckets.jobs,
        known: KnownLabels.all(KnownLabels.operations, KnownLabels.results))
    let replies = Counter(
        "verify_courier_replies_published_total", "Replies, by what the broker said.", labels: ["result"],
        known: KnownLabels.all(KnownLabels.fates))
    let replyTime = Histogram(
        "verify_courier_reply_publish_duration_seconds", "From publishing a reply to the broker's word.",
        buckets: Buckets.local)

    // MARK: Twilio

    let requests = Counter(
        "verify_courier_twilio_requests_total", "Requests to Twilio.", labels: ["endpoint", "result"],
        known: KnownLabels.all(KnownLabels.endpoints, KnownLabels.requestResults))
    let requestErrors = Counter(
        "verify_courier_twilio_errors_total", "Twilio's error codes, as far as they are known to this program.",
        labels: ["endpoint", "error_code"])
    let requestTime = Histogram(
        "verify_courier_twilio_request_duration_seconds", "One request to Twilio, connecting included.",
        labels: ["endpoint"], buckets: Buckets.calls, known: KnownLabels.all(KnownLabels.endpoints))
    let retries = Counter(
        "verify_courier_twilio_retries_total", "Calls made once more, since the one before surely did nothing.",
        labels: ["call", "reason"], known: KnownLabels.all(KnownLabels.calls, KnownLabels.repeatable))
    let started = Counter(
        "verify_courier_verifications_started_total", "Codes that Twilio took on to deliver, repeats apart.",
        labels: ["channel", "country"], mostSeries: 600)
    let resends = Counter(
        "verify_courier_resends_total", "Further sends of a code that was under way.", labels: ["channel"],
        known: KnownLabels.all(KnownLabels.channels))
    let finished = Counter(
        "verify_courier_verifications_finished_total",
        "Codes by telephone that came to an end here: approved divided by started is the conversion.",
        labels: ["channel", "country", "status"], mostSeries: 600)
    let timeToApprove = Histogram(
        "verify_courier_time_to_approve_seconds", "From the making of a code to the check that approved it.",
        labels: ["channel"], buckets: Buckets.people, known: KnownLabels.all(KnownLabels.channels))
    let checks = Counter(
        "verify_courier_checks_total", "Codes that Twilio was asked about, by what they came from and outcome.",
        labels: ["channel", "outcome"], known: KnownLabels.all(KnownLabels.methods, KnownLabels.outcomes))
    let factors = Counter(
        "verify_courier_factors_total", "Registrations of authenticators, by what became of them.", labels: ["event"],
        known: KnownLabels.all(KnownLabels.factorEvents))
    let fraudBlocked = Counter("verify_courier_fraud_blocked_total", "Sends that Twilio blocked.", labels: ["country"])

    // MARK: Store

    let storeOperations: Counter
    let storeTime: Histogram
    let commitTime: Histogram
    let unreadable = Counter(
        "verify_courier_store_unreadable_records_total", "Records of the store that were found and cannot be read.",
        labels: ["table"], known: KnownLabels.all(KnownLabels.tables))
    let lettersDropped = Counter(
        "verify_courier_dead_letters_dropped_total",
        "Dead letters that went because their front end had more than are kept.")

    let backend: String

    /// - Parameter backend: the kind of store, by the scheme of its URL.
    init(backend: String) {
        self.backend = backend
        let operations = KnownLabels.all([backend], KnownLabels.storeOperations)
        storeOperations = Counter(
            "verify_courier_store_operations_total", "Operations on the store.",
            labels: ["backend", "operation", "result"], known: KnownLabels.all(operations, KnownLabels.storeResults))
        storeTime = Histogram(
            "verify_courier_store_operation_duration_seconds",
            "Operations on the store, the wait for the writer included.", labels: ["backend", "operation"],
            buckets: Buckets.local, known: operations)
        commitTime = Histogram(
            "verify_courier_store_commit_duration_seconds", "One commit, which several operations may share.",
            labels: ["backend"], buckets: Buckets.local, known: [[backend]])
        registry.add(propertiesOf: self)
        registry.counter(
            "verify_courier_log_lines_dropped_total",
            "Log lines that nobody read in time, or that could not be written."
        ) { [MetricSample(Double(LogWriter.standardError.lost))] }
        registry.counter(
            "verify_courier_log_messages_total", "Log lines, by level.", labels: ["level"]
        ) { LogCounts.standardError.all.map { MetricSample(Double($0.count), [$0.level]) } }
        registry.info(
            "verify_courier_build_info", "Build of the running program.",
            ["swift": Self.swiftVersion, "version": ProductVersion.current])
    }

    private static var swiftVersion: String {
        #if swift(>=6.4)
            "6.4 or newer"
        #elseif swift(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
