#include "profile/import/sysctl_lines.h"

#include "base/text.h"
#include "model/sysctl/known_sysctls.h"
#include "model/sysctl/sysctl_defaults.h"
#include "model/sysctl/sysctl_name.h"
#include "model/tuned_text.h"
#include "model/utf8.h"
#include "profile/import/import.h"
#include "profile/import/shell_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::importing {
namespace {

constexpr std::size_t kLongestValue = 512;
constexpr std::string_view kProcSys = "/proc/sys/";

bool is_pattern(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos;
}

// A leading zero is octal to the kernel, so it is no decimal number.
std::optional<std::int64_t> decimal(std::string_view word) {
  const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
  if (digits.size() > 1 && digits.starts_with('0')) return std::nullopt;
  return parse_integer(word);
}

Value value_of_text(std::string_view text) {
  Integers numbers;
  for (const std::string_view word : split_whitespace(text)) {
    const auto number = decimal(word);
    if (!number) return std::string(text);
    numbers.push_back(*number);
  }
  if (numbers.size() == 1) return numbers.front();
  return numbers;
}

// What is wrong with the value itself; empty: it can be a setting's.
std::string value_fault(std::string_view value) {
  if (value.empty()) return "it has no value";
  if (value.size() > kLongestValue)
    return fmt::format("its value is longer than {} bytes", kLongestValue);
  if (escaped_line(value) != value) return "its value has bytes that are not text";
  return {};
}

// A sysctl that a kernel may not have must not make the whole profile unsupported there.
bool may_be_missing(std::string_view name) {
  const auto known = known_sysctl(name);
  return !known || !known->until.empty() || !known->module.empty();
}

void note_module(Draft& draft) {
  const auto known = known_sysctl(draft.name);
  if (known && !known->module.empty())
    draft.warnings.push_back(
        fmt::format("it is set only while module {} is loaded: it belongs to "
                    "that module",
                    known->module));
}

std::string without_dash(std::string_view name, bool& ignore_missing) {
  if (!name.starts_with('-')) return std::string(name);
  ignore_missing = true;
  return std::string(trim(name.substr(1)));
}

// "1 # for the proxies": sysctl(8) writes the comment, too, and the kernel refuses it.
std::string_view without_comment(ImportedLine& line, std::string_view value) {
  const std::size_t hash = value.find(" #");
  if (hash == std::string_view::npos) return value;
  line.reasons.emplace_back("sysctl takes the comment behind the value as a part of it");
  return trim(value.substr(0, hash));
}

// net.ipv4.tcp_rmem = "4096 87380 16777216"
std::string unquoted(ImportedLine& line, std::string_view value) {
  std::string bare = without_quotes(value);
  if (bare.size() != value.size())
    line.reasons.emplace_back("sysctl writes the quotes, too, which the kernel refuses");
  return std::string(trim(bare));
}

void read_assignment(ImportedLine& line, std::string_view text) {
  const std::size_t equals = text.find('=');
  bool ignore_missing = false;
  const std::string name = without_dash(trim(text.substr(0, equals)), ignore_missing);
  if (equals == std::string_view::npos) {
    line.reasons.emplace_back(
        "it only excludes a sysctl from a pattern of sysctl.d, and no pattern is imported");
    return;
  }
  const auto value = without_comment(line, trim(text.substr(equals + 1)));
  add_sysctl(line, name, unquoted(line, value), Goal::Op::Exactly, ignore_missing);
}

bool is_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return text.starts_with('-') && split_whitespace(text).size() == 1;
  const std::string_view name = trim(text.substr(0, equals));
  return name.find_first_of("./") != std::string_view::npos && split_whitespace(name).size() == 1;
}

// sysctl -q -w a.b=1 c.d="2 3"
void read_sysctl_command(ImportedLine& line, const std::vector<std::string>& words) {
  if (words.size() > kSettingsOfALineLimit)
    return line.reasons.push_back(fmt::format("it has more than {} words", kSettingsOfALineLimit));
  bool any = false;
  for (const std::string& word : words) {
    if (word.starts_with('-') && word.find('=') == std::string::npos) continue;  // an option
    if (word.starts_with('>') || word == "/dev/null") continue;
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      line.reasons.push_back(fmt::format("{} sets nothing", in_quotes(word)));
      continue;
    }
    any = true;
    bool ignore_missing = false;
    const auto name = without_dash(trim(std::string_view(word).substr(0, equals)), ignore_missing);
    add_sysctl(line, name, trim(std::string_view(word).substr(equals + 1)), Goal::Op::Exactly,
               ignore_missing);
  }
  if (!any) line.reasons.emplace_back("this sysctl command sets nothing");
}

}  // namespace

void add_sysctl(ImportedLine& line, std::string_view name, std::string_view value, Goal::Op op,
                bool ignore_missing) {
  const auto refuse = [&](std::string why) { line.reasons.push_back(std::move(why)); };
  if (is_pattern(name))
    return refuse("a profile has no patterns of sysctls: write one line for each interface");
  const auto canonical = canonical_sysctl_name(name);
  if (!canonical) return refuse(canonical.error().text);
  std::string spaced(value);
  // The kernel prints tabs between numbers, and a value that was copied keeps them.
  std::ranges::replace(spaced, '\t', ' ');
  std::string fault = value_fault(spaced);
  if (!fault.empty()) return refuse(std::move(fault));
  Draft draft{.name = *canonical, .goal = {.op = op, .value = value_of_text(spaced)}};
  draft.preferred = ignore_missing || may_be_missing(*canonical);
  note_module(draft);
  if (auto note = note_on_default(*canonical, draft.goal)) draft.warnings.push_back(*note);
  line.drafts.push_back(std::move(draft));
}

bool read_sysctl_line(ImportedLine& line) {
  const std::string_view text = trim(line.text);
  const auto command = shell_command(text);
  if (command && command->program == "sysctl") {
    if (command->words.empty()) return false;
    read_sysctl_command(line, command->words);
    return true;
  }
  if (const auto write = shell_write(text)) {
    if (write->path.starts_with(kProcSys)) {
      add_sysctl(line, write->path.substr(kProcSys.size()), trim(write->value));
      return true;
    }
    // echo net.core.somaxconn=1024 >> /etc/sysctl.conf
    if (!write->path.ends_with(".conf") || !is_assignment(write->value)) return false;
    read_assignment(line, write->value);
    return true;
  }
  if (!is_assignment(text)) return false;
  read_assignment(line, text);
  return true;
}

}  // namespace tuner::importing
