#include "cli/render/log_lines.h"

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/render/text.h"
#include "model/text_sinks.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

namespace tuner {
namespace {

class Pairs {
 public:
  Pairs& add(std::string_view key, const std::string& value) {
    if (!value.empty())
      text_ += fmt::format("{}{}={}", text_.empty() ? "" : " ", key, for_log_value(value));
    return *this;
  }
  std::string line() const { return text_ + "\n"; }

 private:
  std::string text_;
};

// One line of pairs, which log processors parse without a rule of their own (logfmt):
//   profile=edge status=change knob=sysctl subject=net.core.somaxconn observed=128 goal=4096 …
std::string line_of(const Plan& plan, const Step& step) {
  const bool seen = step.observed.availability == Observation::Availability::Available;
  return Pairs()
      .add("profile", plan.profile)
      .add("status", std::string(status_name(step.status)))
      .add("knob", step.desired.subject.knob)
      .add("subject", step.desired.subject.name)
      .add("observed", seen ? to_text(step.observed.value) : "")
      .add("goal", to_text(step.desired.setting.goal))
      .add("because", step.because)
      .add("cause", step.cause)
      .add("owner", step.desired.owner)
      .add("since", step.drift ? rfc3339(step.drift->first_seen) : "")
      .add("hint", step.observed.hint)
      .line();
}

}  // namespace

// systemd sets JOURNAL_STREAM to device:inode of the stream (systemd.exec(5)). The comparison is
// needed, because a child whose output goes elsewhere inherits the variable.
bool goes_to_log(int descriptor) {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat found {};
  if (stream == nullptr || ::fstat(descriptor, &found) != 0) return false;
  return fmt::format("{}:{}", found.st_dev, found.st_ino) == stream;
}

// "<4>" at the start of a line is its priority in the journal (sd-daemon(3)); each line needs its
// own.
std::string with_priority(Priority priority, std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines += fmt::format("<{}>{}\n", static_cast<int>(priority), text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// What is in sync has no line: the job runs every half hour and would fill the log with it.
std::string log_lines(const Plan& plan) {
  std::string trouble;
  for (const Step& step : plan.steps) {
    if (is_problem(step.status, step.desired.setting.need)) trouble += line_of(plan, step);
  }
  const std::string summary =
      fmt::format("{}: {}", escaped_line(plan.profile), summary_text(summarize(plan.steps)));
  return with_priority(Priority::Warning, trouble) + with_priority(Priority::Info, summary);
}

std::string program_log_line(const ProgramRisk& risk) {
  return with_priority(Priority::Warning, Pairs()
                                              .add("program", risk.program)
                                              .add("risk", std::string(word_of(risk.kind)))
                                              .add("because", risk.text)
                                              .add("hint", join(risk.ways_out, "; or "))
                                              .line());
}

}  // namespace tuner
