"""Output of the tests in Python: one line per check, and the number of checks at the end."""
import sys

passed, failed = [], []


def check(what, holds, seen=""):
    """Prints the result of a check; if it fails, also the value seen."""
    (passed if holds else failed).append(what)
    print(f"ok - {what}" if holds else f"not ok - {what} ({seen})", flush=True)
    return bool(holds)


def equal(what, seen, wanted):
    return check(what, seen == wanted, f"{seen!r} instead of {wanted!r}")


def finish(remark=""):
    """Ends the test. A test without any check fails."""
    print(f"{len(passed)} ok, {len(failed)} not ok{remark}")
    for what in failed:
        print(f"  not ok: {what}")
    sys.exit(1 if failed or not passed else 0)
