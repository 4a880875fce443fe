// The last probe's report, as tune and probe leave it for the drift job: what a check cannot see by
// itself.
#pragma once

#include "base/rfc3339.h"
#include "host/files/state_store.h"
#include "model/profile.h"
#include "probe/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

inline constexpr std::string_view kProbeReportPath = "/var/lib/ktls-tuner/reports/probe.json";

struct LastProbe {
  // One direction of one cell, of this host's own end.
  struct Way {
    std::string version;    // "TLSv1.2"
    std::string direction;  // "tx", "rx"
    std::string expected;   // "any", "userspace", "kernel", "device"
    std::string taken;      // "device", "kernel", "userspace", "unknown", "failed"
    bool conclusive = true;
  };
  UtcTime at;
  std::string kernel;
  std::vector<Way> ways;
};

// Nothing: none was saved, it is damaged, or it is of another kernel, which says nothing about this
// one.
std::optional<LastProbe> last_probe(const StateStore& store, std::string_view kernel);

// The same from the text of a document; nothing: not a document of a probe.
std::optional<LastProbe> last_probe_from(std::string_view text);

// Whether the way was shown to go as the profile wants it; an inconclusive one was not. Nothing:
// the profile wants nothing of it.
std::optional<bool> as_expected(const LastProbe::Way& way);

}  // namespace tuner
