#include "knobs/answers.h"

#include <fmt/format.h>

namespace tuner {

Observation unsupported(std::string reason, std::string hint) {
  return {.availability = Observation::Availability::Unsupported,
          .reason = std::move(reason),
          .hint = std::move(hint)};
}

Observation unreadable(std::string reason, std::string hint) {
  return {.availability = Observation::Availability::Unreadable,
          .reason = std::move(reason),
          .hint = std::move(hint)};
}

Observation blocked(std::string reason, std::string hint) {
  return {.availability = Observation::Availability::Blocked,
          .reason = std::move(reason),
          .hint = std::move(hint)};
}

Observation unreadable(const Error& error, std::string_view right) {
  if (error.fault == Fault::NotPermitted)
    return unreadable(error.text, fmt::format("reading it needs {}", right));
  return unreadable(error.text, error.hint);
}

Error write_error(const Subject& subject, const Value& value, Error error, std::string_view right) {
  error.text = fmt::format("{} cannot be set to {}: {}", subject.name, to_text(value), error.text);
  if (error.fault == Fault::NotPermitted && error.hint.empty())
    // A container's /proc/sys is often read-only, which is EROFS even for root.
    error.hint =
        fmt::format("writing it needs {}, and a /proc and /sys that are not read-only", right);
  return error;
}

}  // namespace tuner
