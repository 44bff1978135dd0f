import Basics
import CCurl
import Glibc

/// The connection that a transfer goes by, while libcurl holds it.
extension Transfer {
    /// Our port, which tells a connection from the others of the moment; `nil` before there is one.
    var port: Int? {
        var port = 0
        return ccurl_get_long(easy, CURLINFO_LOCAL_PORT, &port) == CURLE_OK && port > 0 ? port : nil
    }

    /// Ends the connection, where libcurl would go on using it: what else is under way there fails at once.
    func hangUp() {
        var socket = curl_socket_t(-1)
        guard ccurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 else { return }
        shutdown(socket, Int32(SHUT_RDWR))
    }
}
