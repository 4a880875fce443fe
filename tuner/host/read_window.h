// Assigns failed reads to the part of the facts that was being collected. Used in host/ only.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Reads that fail between construction and close() belong to `part`, and to `nic` unless it is "".
class ReadWindow {
 public:
  ReadWindow(const Host& host, FactNeed part, std::string_view nic = {})
      : log_(host.reads()), mark_(log_.mark()), part_(part), nic_(nic) {}

  bool failed() const { return log_.failed_since(mark_).has_value(); }

  // Assigns the failures to the whole part: `nic` could not be read at all and is missing from it.
  void whole_part() { nic_.clear(); }

  // Appends the last failed read and the last unrecorded one to `unread`.
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
