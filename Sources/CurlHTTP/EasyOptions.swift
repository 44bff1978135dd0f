import Basics
import CCurl

/// Sets options of an easy handle and remembers whether libcurl took them all.
struct EasyOptions {
    private let easy: UnsafeMutableRawPointer
    private(set) var areAllSet = true

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func setLong(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(easy, option, value)) }

    mutating func setSize(_ option: CURLoption, _ value: Int) { note(ccurl_set_size(easy, option, curl_off_t(value))) }

    mutating func setText(_ option: CURLoption, _ value: String) { note(ccurl_set_text(easy, option, value)) }

    /// The memory must outlive the transfer.
    mutating func setPointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        note(ccurl_set_pointer(easy, option, value))
    }

    private mutating func note(_ code: CURLcode) {
        if code != CURLE_OK { areAllSet = false }
    }
}

extension EasyOptions {
    /// libcurl reads an answer in pieces of this size.
    ///
    /// Twilio's are a few kilobytes at most, and by default each transfer would have a buffer of 16 KiB.
    private static let bufferSize = 4096

    /// What all requests have in common.
    mutating func apply(_ configuration: CurlConfiguration) {
        // Signals would hit the whole process.
        setLong(CURLOPT_NOSIGNAL, 1)
        setLong(CURLOPT_FOLLOWLOCATION, 0)
        setLong(CURLOPT_SSL_VERIFYPEER, 1)
        setLong(CURLOPT_SSL_VERIFYHOST, 2)
        setLong(CURLOPT_SSLVERSION, ccurl_tls_1_2())
        setLong(CURLOPT_HTTP_VERSION, ccurl_http_2_tls())
        setLong(CURLOPT_BUFFERSIZE, Self.bufferSize)
        setText(CURLOPT_PROTOCOLS_STR, "http,https")
        // Else the variable no_proxy would count.
        setText(CURLOPT_NOPROXY, "")
        setLong(CURLOPT_HTTPPROXYTUNNEL, 1)
        // A proxy's own headers are no answer of the server's.
        setLong(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        setLong(CURLOPT_MAXAGE_CONN, max(1, Int(configuration.longestIdle.components.seconds)))
        setLong(CURLOPT_PATH_AS_IS, 1)
        setLong(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        setLong(CURLOPT_HTTPAUTH, ccurl_auth_basic())
        setText(CURLOPT_USERAGENT, configuration.userAgent)
        if let caFile = configuration.caFile { setText(CURLOPT_CAINFO, caFile) }
    }

    mutating func apply(user: String, _ password: Redacted<String>) {
        setText(CURLOPT_USERNAME, user)
        setText(CURLOPT_PASSWORD, password.revealed)
    }

    mutating func apply(_ request: HTTPRequest, connectTimeout: Duration) {
        setText(CURLOPT_URL, request.url)
        // Zero would mean "for ever".
        let total = max(.milliseconds(1), min(request.timeLimit, .seconds(3600)))
        setLong(CURLOPT_TIMEOUT_MS, Int(total.milliseconds))
        setLong(CURLOPT_CONNECTTIMEOUT_MS, Int(max(.milliseconds(1), min(connectTimeout, total)).milliseconds))
        // Of another request there may be a word left that would go before the method.
        setPointer(CURLOPT_CUSTOMREQUEST, nil)
        switch request.method {
        case .get: setLong(CURLOPT_HTTPGET, 1)
        case .post: setLong(CURLOPT_POST, 1)
        case .delete:
            setLong(CURLOPT_HTTPGET, 1)
            setText(CURLOPT_CUSTOMREQUEST, "DELETE")
        }
    }

    mutating func apply(body: UnsafeMutableBufferPointer<UInt8>) {
        setSize(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
        setPointer(CURLOPT_POSTFIELDS, body.baseAddress)
    }

    mutating func removeCallbacks() {
        setPointer(CURLOPT_PREREQDATA, nil)
        setPointer(CURLOPT_WRITEDATA, nil)
        setPointer(CURLOPT_HEADERDATA, nil)
    }

    /// `context` is an unretained ``Transfer`` that outlives its stay in the multi handle.
    mutating func setCallbacks(context: UnsafeMutableRawPointer) {
        note(ccurl_set_prereq(easy) { context, _, _, _, _ in Transfer.at(context).mayWrite() ? 0 : 1 })
        setPointer(CURLOPT_PREREQDATA, context)
        note(
            ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
                Transfer.at(context).receive(body: .init(start: data, count: size * count)) ? size * count : 0
            })
        setPointer(CURLOPT_WRITEDATA, context)
        note(
            ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
                Transfer.at(context).receive(header: .init(start: data, count: size * count)) ? size * count : 0
            })
        setPointer(CURLOPT_HEADERDATA, context)
    }
}

extension Transfer {
    /// Unmanaged: Multi holds the transfer for as long as libcurl can call back.
    fileprivate static func at(_ context: UnsafeMutableRawPointer?) -> Transfer {
        guard let context else { preconditionFailure("libcurl called back without the context it was given") }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}
