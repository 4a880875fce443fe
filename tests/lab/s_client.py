"""A client that asks for new keys: openssl s_client over TLS 1.3, on port 443 of the loopback."""
import subprocess

from lab import read, wait_until


def fetched(key_update):
    """How many bytes a client gets of /file, which is full of "x", with or without a requested KeyUpdate before its request."""
    def shows(word):
        if not wait_until(lambda: word in open("/tmp/got", encoding="latin-1").read(), 20):
            raise AssertionError(f"openssl s_client does not show {word}: {read('/tmp/got')}")

    with open("/tmp/got", "wb") as got:
        client = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:443", "-tls1_3"], stdin=subprocess.PIPE, stdout=got,
                                  stderr=subprocess.STDOUT, bufsize=0)
    shows("Verify return code")
    if key_update:
        client.stdin.write(b"K\n")
        shows("KEYUPDATE")
    try:
        client.stdin.write(b"GET /file HTTP/1.0\r\n\r\n")
    except BrokenPipeError:
        pass  # the server took the KeyUpdate so ill that the client has ended already
    try:
        client.wait(timeout=20)  # the server closes; with stdin closed the client would not wait for it
    except subprocess.TimeoutExpired:
        client.kill()
        client.wait()
    client.stdin.close()
    with open("/tmp/got", "rb") as got:
        return got.read().count(b"x" * 1000) * 1000
