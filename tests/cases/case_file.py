"""Parses case files (README.md has the format) and compares outputs with them."""
import json
import re
import sys

WORDS = {"NAME", "RUN", "ENV", "FILE", "EXIT", "OUT", "ERR", "JSON", "WITHIN", "NEEDS"}
BUILTINS = {f.__name__: f for f in (all, any, dict, int, len, list, max, min, range, set, sorted, str, sum)}


class Object(dict):
    """A JSON object whose keys are also attributes, so that cases can say `steps[0].status`."""

    def __getattr__(self, key):
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"there is no key '{key}', but {', '.join(self)}") from None


class Case:
    def __init__(self, number, name):
        self.number, self.name, self.rows = number, name, []

    def all(self, word):
        return [rest for _, row_word, rest in self.rows if row_word == word]

    def exit_codes(self):
        return [int(code) for line in self.all("EXIT") or ["0"] for code in line.split()]

    def wants_document(self):
        """True if the last command prints a document, or the case has JSON lines."""
        last = self.all("RUN")[-1].split(";")[-1]
        return bool(self.all("JSON")) or ("--json" in last and not re.search("[|>]", last))


def parse(path):
    cases, lines = [], enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word not in WORDS or (word != "NAME" and not cases):
            sys.exit(f"{path}:{number}: not a line of a case: {line}")
        if word == "NAME":
            cases.append(Case(number, rest))
            continue
        if word == "FILE":
            rest = (rest, take_file(lines))
        cases[-1].rows.append((number, word, rest))
    return cases


def take_file(lines):
    text = ""
    for _, line in lines:
        if line == "END":
            break
        text += line + "\n"
    return text


def text_differs(text, expected):
    """True if an output does not match an OUT or ERR line."""
    how, _, what = expected.partition(" ")
    if how == "empty":
        return bool(text)
    if how == "~":
        return not re.search(what, text, re.MULTILINE)
    if how == "!":
        return what in text
    if how == "=":
        return what not in text.splitlines()
    return expected not in text


def document_differs(document, expected):
    """Why a JSON line is not true for the document; None if it is."""
    names = {"__builtins__": BUILTINS, **document}
    try:
        return None if eval(expected, names) else f"it is {seen(expected, names)}"
    except Exception as error:  # of a wrong key or type
        return f"{type(error).__name__}: {error}"


def seen(expected, names):
    """The value of the left side of a comparison, if there is one."""
    try:
        return repr(eval(re.split(r" (?:==|!=|<=?|>=?) ", expected, maxsplit=1)[0], names))[:2000]
    except SyntaxError:
        return "false"


def read_document(out, exit_code, validator):
    """The document on stdout, and its errors."""
    try:
        document = json.loads(out, object_hook=Object)
    except ValueError as error:
        return None, [f"stdout is not one JSON document: {error}"]
    wrong = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]
    if document.get("exit_code") != exit_code:
        wrong.append(f"exit_code {document.get('exit_code')} in the document, {exit_code} from the process")
    return document, wrong
