"""A wire that can be cut: a TCP proxy in front of the broker."""

import socket
import threading


class CuttableProxy:
    def __init__(self, host, port):
        self.target, self.is_up = (host, port), True
        self.pairs, self.lock = set(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Ends every connection, and every new one until `mend`."""
        self.is_up = False
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for pair in pairs:
            for end in pair:
                _close(end)

    def mend(self):
        self.is_up = True

    @property
    def connections(self):
        with self.lock:
            return len(self.pairs)

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            if not self.is_up:
                _close(client)
                continue
            pair = (client, socket.create_connection(self.target))
            with self.lock:
                self.pairs.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(source, sink, pair), daemon=True).start()

    def _pump(self, source, sink, pair):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            _close(end)


def _close(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
