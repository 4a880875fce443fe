// The last probe report, which tune and probe save for the drift job: a check cannot see which path
// TLS takes.
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
  // One direction of one cell, at this host's end.
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

// nullopt: no report was saved, it is damaged, or another kernel was running.
std::optional<LastProbe> last_probe(const StateStore& store, std::string_view kernel);

// The same from the text of a document; nullopt: not a probe document.
std::optional<LastProbe> last_probe_from(std::string_view text);

// True: the probe proved that the direction took the path that the profile expects. False also for
// an inconclusive cell. nullopt: the profile expects no path.
std::optional<bool> as_expected(const LastProbe::Way& way);

}  // namespace tuner
