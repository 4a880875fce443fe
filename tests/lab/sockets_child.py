"""A process with a TLS socket and one without keys: started by sockets.py, prints its PID and the local end of the first."""
import os
import socket
import time

import tls_sockets


def main():
    kept = []
    for directions in ((tls_sockets.TX,), ()):
        with socket.create_server(("127.0.0.1", 0)) as server:
            near = socket.create_connection(server.getsockname())
            far, _address = server.accept()
        tls_sockets.start_tls(near, tls_sockets.GCM128, directions=directions)
        kept += [near, far]
    host, port = kept[0].getsockname()
    print(os.getpid(), f"{host}:{port}", flush=True)
    time.sleep(600)
