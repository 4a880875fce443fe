"""Controls a headless Chromium over its debugging pipe: opens a page, evaluates expressions in it, takes screenshots."""
import base64
import json
import os
import shutil
import subprocess
import tempfile

PROGRAMS = ("chromium-headless-shell", "chromium")


def program():
    """The path of the first of Debian's programs that is installed, or None."""
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


class Browser:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ktls-pages.", ignore_cleanup_errors=True)
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()
        self.messages, self.number, self.pending, self.width, self.session = [], 0, b"", 0, None

        def pipes():  # the browser reads from 3 and writes to 4. Our ends may have these numbers, so move both away first
            high = (os.dup2(to_read, 63), os.dup2(to_write, 64))
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
             f"--user-data-dir={self.folder.name}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(timeout=20)
        os.close(self.to_browser)
        os.close(self.from_browser)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def receive(self):
        while b"\0" not in self.pending:
            data = os.read(self.from_browser, 1 << 20)
            if not data:
                raise RuntimeError("the browser ended")
            self.pending += data
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(request).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.messages.append(message)

    def open(self, path, width, height, dark=False, media=""):
        """Loads a file. Afterwards `messages` holds its requests, log entries and exceptions."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.width = width
        self.messages.clear()
        self.call("Page.navigate", url=f"file://{path}")
        while not any(m.get("method") == "Page.loadEventFired" for m in self.messages):
            self.messages.append(self.receive())

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def picture(self, path, height=None):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=height is not None,
                         **({"clip": {"x": 0, "y": 0, "width": self.width, "height": height, "scale": 1}} if height else {}))
        path.write_bytes(base64.b64decode(shot["data"]))
