import Ops

/// The worker's metrics, under the names that operators know.
///
/// What counts something hears of it as an observer; what is a state is looked up at each scrape.
///
/// Labels are of closed lists: job keys, outcomes, reasons, countries. Never a person, number, id or queue made at run
/// time.
struct Meters: Sendable {
    let registry = MetricRegistry()

    // MARK: Messages

    let received: Counter
    let redelivered: Counter
    let waited: Histogram
    let slotWait: Histogram
    let processed: Counter
    let outcomes: Counter
    let refused: Counter
    let deadLettered: Counter
    let unknownFields: Counter
    let mistyped: Counter
    let processTime: Histogram
    let replies: Counter
    let replyTime: Histogram

    // MARK: Twilio

    let requests: Counter
    let requestErrors: Counter
    let requestTime: Histogram
    let started: Counter
    let finished: Counter
    let checks: Counter
    let fraudBlocked: Counter

    // MARK: Store

    let storeOperations: Counter
    let storeTime: Histogram
    let commitTime: Histogram
    let unreadable: Counter
    let lettersDropped: Counter

    init() {
        let prefix = "verify_courier_"
        received = registry.counter(
            prefix + "messages_received_total", "Deliveries taken from the broker.", labels: ["lane", "operation"])
        redelivered = registry.counter(
            prefix + "messages_redelivered_total", "Deliveries that were delivered before.", labels: ["lane"])
        waited = registry.histogram(
            prefix + "message_wait_seconds",
            "From the publisher's timestamp to delivery; in the sum 600 s at most.",
            labels: ["lane", "operation"], buckets: Buckets.waits, isBounded: true)
        slotWait = registry.histogram(
            prefix + "slot_wait_seconds", "From delivery to a slot of the lane.", labels: ["lane"],
            buckets: Buckets.local)
        processed = registry.counter(
            prefix + "messages_processed_total", "Messages acknowledged, by what was done with them.",
            labels: ["lane", "operation", "result"])
        outcomes = registry.counter(
            prefix + "outcomes_total", "Fresh outcomes; repeats of recorded ones are not counted.",
            labels: ["operation", "outcome"])
        refused = registry.counter(
            prefix + "requests_refused_total", "Fresh outcomes other than what was asked for, by reason or limit.",
            labels: ["operation", "outcome", "reason"])
        deadLettered = registry.counter(
            prefix + "messages_dead_lettered_total", "Dead letters recorded in the store.", labels: ["lane", "reason"])
        unknownFields = registry.counter(
            prefix + "unknown_fields_total", "Fields of jobs that nobody knows; they were passed over.",
            labels: ["operation"])
        mistyped = registry.counter(
            prefix + "mistyped_fields_total", "What people mistyped; such jobs are answered, and not kept.",
            labels: ["operation", "field"])
        processTime = registry.histogram(
            prefix + "message_process_duration_seconds", "From delivery to acknowledgement.",
            labels: ["operation", "result"], buckets: Buckets.jobs)
        replies = registry.counter(
            prefix + "replies_published_total", "Replies, by what the broker said.", labels: ["result"])
        replyTime = registry.histogram(
            prefix + "reply_publish_duration_seconds", "From publishing a reply to the broker's word.",
            buckets: Buckets.local)
        requests = registry.counter(
            prefix + "twilio_requests_total", "Requests to Twilio.", labels: ["endpoint", "result"])
        requestErrors = registry.counter(
            prefix + "twilio_errors_total", "Twilio's error codes, as far as they are known to this program.",
            labels: ["endpoint", "error_code"])
        requestTime = registry.histogram(
            prefix + "twilio_request_duration_seconds", "One request to Twilio, connecting included.",
            labels: ["endpoint"], buckets: Buckets.calls)
        started = registry.counter(
            prefix + "verifications_started_total", "Sends that Twilio accepted.", labels: ["channel", "country"],
            mostSeries: 600)
        finished = registry.counter(
            prefix + "verifications_finished_total",
            "Codes by telephone that came to an end here: approved divided by started is the conversion.",
            labels: ["country", "status"], mostSeries: 600)
        checks = registry.counter(
            prefix + "checks_total", "Codes that Twilio was asked about, by outcome.", labels: ["outcome"])
        fraudBlocked = registry.counter(
            prefix + "fraud_blocked_total", "Sends that Twilio blocked.", labels: ["country"])
        storeOperations = registry.counter(
            prefix + "store_operations_total", "Operations on the store.",
            labels: ["backend", "operation", "result"])
        storeTime = registry.histogram(
            prefix + "store_operation_duration_seconds", "Operations on the store, the wait for the writer included.",
            labels: ["backend", "operation"], buckets: Buckets.local)
        commitTime = registry.histogram(
            prefix + "store_commit_duration_seconds", "One commit, which several operations may share.",
            labels: ["backend"], buckets: Buckets.local)
        registry.counter(
            prefix + "log_lines_dropped_total", "Log lines that nobody read in time, or that could not be written."
        ) { [MetricSample(Double(LogWriter.standardError.lost))] }
        unreadable = registry.counter(
            prefix + "store_unreadable_records_total", "Records of the store that were found and cannot be read.",
            labels: ["table"])
        lettersDropped = registry.counter(
            prefix + "dead_letters_dropped_total",
            "Dead letters that went because their front end had more than are kept.")
        registry.info(
            prefix + "build_info", "Build of the running program.", ["swift": Self.swiftVersion])
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
