// Which part of the facts suffers by the reads that fail while it is collected. Only host/ uses it.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// From its construction to close(), a failed read belongs to `part`, of `nic` where that is named.
class ReadWindow {
 public:
  ReadWindow(const Host& host, FactNeed part, std::string_view nic = {})
      : log_(host.reads()), mark_(log_.mark()), part_(part), nic_(nic) {}

  bool failed() const { return log_.failed_since(mark_).has_value(); }

  // `nic` was not to be had at all: the whole part lacks it.
  void whole_part() { nic_.clear(); }

  void close(UnreadList& unread) const {
    if (auto error = log_.failed_since(mark_)) unread.push_back({part_, nic_, std::move(*error)});
    if (auto error = log_.unrecorded_since(mark_))
      unread.push_back({part_, nic_, std::move(*error)});
  }

 private:
  const ReadLog& log_;
  ReadLog::Mark mark_;
  FactNeed part_;
  std::string nic_;
};

}  // namespace tuner
