"""What every test in Python says: one line a check, and at its end how many there were."""
import sys

passed, failed = [], []


def check(what, holds, seen=""):
    """What was shown, or what was seen instead."""
    (passed if holds else failed).append(what)
    print(f"ok - {what}" if holds else f"not ok - {what} ({seen})", flush=True)
    return bool(holds)


def equal(what, seen, wanted):
    return check(what, seen == wanted, f"{seen!r} instead of {wanted!r}")


def finish(remark=""):
    """Ends the test. A test without a single check has not tested."""
    print(f"{len(passed)} ok, {len(failed)} not ok{remark}")
    for what in failed:
        print(f"  not ok: {what}")
    sys.exit(1 if failed or not passed else 0)
