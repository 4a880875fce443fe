"""The other processes of sockets.py.

    sockets_child.py raw                        a TLS socket and one without keys, without a TLS library
    sockets_child.py serve CERTIFICATE KEY      a TLS server of OpenSSL that sends 1 MiB to one client

Prints its PID and the local end of its (first) socket, then waits.
"""
import os
import socket
import ssl
import sys
import time

import tls_sockets

SENT = 1 << 20


def raw():
    kept = []
    for directions in ((tls_sockets.TX,), ()):
        with socket.create_server(("127.0.0.1", 0)) as server:
            near = socket.create_connection(server.getsockname())
            far, _address = server.accept()
        tls_sockets.start_tls(near, tls_sockets.GCM128, directions=directions)
        kept += [near, far]
    return kept


def serve(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = socket.create_server(("127.0.0.1", 0))
    tell(server)
    accepted, _address = server.accept()
    connection = context.wrap_socket(accepted, server_side=True)
    connection.sendall(bytes(SENT))
    return [connection, server]


def tell(end):
    host, port = end.getsockname()
    print(os.getpid(), f"{host}:{port}", flush=True)


def main():
    if sys.argv[1] == "serve":
        kept = serve(*sys.argv[2:])
    else:
        kept = raw()
        tell(kept[0])
    time.sleep(600)
    for end in kept:
        end.close()


if __name__ == "__main__":
    main()
