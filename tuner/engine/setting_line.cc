#include "engine/setting_line.h"

#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace tuner {
namespace {

// ASCII without control characters and backslash. Eight bytes at a time: each byte of a journal
// comes by here.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x80 * kEach;
  const auto is_odd = [](std::uint64_t word) {
    // A byte that is a backslash becomes 0 by this.
    const std::uint64_t slashes = word ^ ('\\' * kEach);
    // The subtraction sets the highest bit of a byte that is too small; ~word leaves out one that
    // had it before.
    const std::uint64_t below_blank = (word - ' ' * kEach) & ~word;
    return ((word | below_blank | ((slashes - kEach) & ~slashes)) & kHigh) != 0;
  };
  std::uint64_t word = 0;
  for (; text.size() >= sizeof(word); text.remove_prefix(sizeof(word))) {
    std::memcpy(&word, text.data(), sizeof(word));
    if (is_odd(word)) return false;
  }
  // The rest of the text, filled up with blanks.
  word = ' ' * kEach;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return !is_odd(word);
}

// Reads from left to right. After the first mismatch good() is false, and what was read is void.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : rest_(line) {}

  bool good() const { return good_; }
  bool at_end() const { return good_ && rest_.empty(); }

  bool is_next(std::string_view literal) const { return rest_.starts_with(literal); }

  void take(std::string_view literal) {
    good_ = good_ && is_next(literal);
    if (good_) rest_.remove_prefix(literal.size());
  }

  bool take_if(std::string_view literal) {
    const bool next = good_ && is_next(literal);
    if (next) rest_.remove_prefix(literal.size());
    return next;
  }

  // A string of ASCII without escapes; its text is then the JSON text.
  std::string_view text() {
    take("\"");
    const std::string_view body = rest_.substr(0, rest_.find('"'));
    good_ = good_ && body.size() < rest_.size() && is_plain(body);
    if (good_) rest_.remove_prefix(body.size() + 1);
    return body;
  }

  // JSON has no leading zero. "-0" is left to the parser.
  std::optional<std::int64_t> integer() {
    const std::size_t sign = is_next("-") ? 1 : 0;
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789", sign), rest_.size());
    const std::string_view digits = rest_.substr(0, end);
    const bool zero = digits.substr(sign).starts_with('0');
    const auto number = parse_integer(digits);
    good_ = good_ && number && !(zero && digits != "0");
    if (!good_) return std::nullopt;
    rest_.remove_prefix(end);
    return number;
  }

  Value value() {
    if (take_if("null")) return Absent{};
    if (take_if("true")) return true;
    if (take_if("false")) return false;
    if (is_next("\"")) return std::string(text());
    if (is_next("[")) return integers();
    if (is_next("{")) return cpus();
    return integer().value_or(0);
  }

 private:
  Value integers() {
    Integers numbers;
    take("[");
    while (good_ && !is_next("]")) {
      if (!numbers.empty()) take(",");
      numbers.push_back(integer().value_or(0));
    }
    take("]");
    return numbers;
  }

  Value cpus() {
    take("{\"cpus\":");
    auto set = CpuSet::parse_list(text());
    take("}");
    good_ = good_ && set.has_value();
    return good_ ? Value(std::move(*set)) : Value();
  }

  std::string_view rest_;
  bool good_ = true;
};

std::string_view member(Scanner& scan, std::string_view key) {
  scan.take(key);
  return scan.text();
}

void read_subject(Scanner& scan, Subject& subject) {
  subject.device = member(scan, "{\"device\":");
  subject.group = member(scan, ",\"group\":");
  subject.key = member(scan, ",\"key\":");
  subject.knob = member(scan, ",\"knob\":");
  subject.name = member(scan, ",\"name\":");
  subject.place = member(scan, ",\"place\":");
  scan.take("}");
}

void read_intended(Scanner& scan, SettingLine& line) {
  scan.take("{\"after\":");
  line.after = scan.value();
  scan.take(",\"before\":");
  line.before = scan.value();
  scan.take(",\"subject\":");
  read_subject(scan, line.subject);
  scan.take("}");
}

void read_done(Scanner& scan, SettingLine& line) {
  line.what = SettingLine::What::Done;
  scan.take("{\"after\":");
  line.after = scan.value();
  if (scan.is_next(",\"folder\":")) line.folder = member(scan, ",\"folder\":");
  line.subject.key = member(scan, ",\"key\":");
  scan.take("}");
}

void read_preserved(Scanner& scan, SettingLine& line) {
  line.what = SettingLine::What::Preserved;
  scan.take("{\"subject\":");
  read_subject(scan, line.subject);
  scan.take(",\"value\":");
  line.after = scan.value();
  scan.take("}");
}

}  // namespace

std::optional<SettingLine> read_setting_line(std::string_view text) {
  Scanner scan(text);
  SettingLine line;
  line.boot = member(scan, "{\"boot\":");
  const bool preserved = scan.is_next(",\"net\":");  // the keys are sorted
  if (scan.take_if(",\"intended\":"))
    read_intended(scan, line);
  else if (scan.take_if(",\"done\":"))
    read_done(scan, line);
  line.net = member(scan, ",\"net\":");
  if (preserved) {
    scan.take(",\"preserved\":");
    read_preserved(scan, line);
  }
  scan.take(",\"line\":");
  scan.integer();
  scan.take(",\"seal\":");
  scan.text();
  scan.take("}");
  if (!scan.at_end()) return std::nullopt;
  return line;
}

}  // namespace tuner
