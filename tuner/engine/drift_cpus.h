// What CPUs that were offline and are back leave behind. The same CPUs are online as when the
// profile was applied, so nothing but their settings tells: the kernel keeps some for a CPU alone
// and forgets them with it.
#pragma once

#include "engine/journal.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tuner {

class CpuTraces {
 public:
  // Of all steps of a plan: that nothing of the other CPUs was lost is half of the evidence.
  CpuTraces(const Host& host, const Journal& journal, const Facts& facts,
            std::span<const Step> steps);

  // Why this setting was lost with its CPUs; empty: it does not look so. Evidence is one of
  //   - an interrupt that was set to CPUs is on all others, as the kernel leaves it
  //     (kernel/irq/cpuhotplug.c, migrate_one_irq: the online CPUs of that moment);
  //   - all settings of a family about some CPUs, and none about others, are what they were before
  //     the apply; and so it is with another family and the same CPUs, or the time of these CPUs in
  //     /proc/stat is behind that of the others. One family alone may be anybody's doing.
  //     Interrupts and steering are looked at by NIC, for some drivers set theirs again when a CPU
  //     comes back.
  std::string cause_of(const Step& step);

 private:
  // Of one family, on one NIC if it is about NICs.
  using Group = std::pair<std::string, std::string>;
  static Group group_of(const Subject& subject) { return {subject.knob, subject.device}; }
  struct Lost {
    CpuSet lost;
    CpuSet kept;
    bool only_originals = true;
  };
  bool looks_lost(const Lost& group) const;
  void note(const Step& step);
  CpuSet cpus_of(const Subject& subject, const Journal::Entry& entry) const;
  bool is_behind(const CpuSet& cpus);

  const Host& host_;
  const Journal& journal_;
  const Facts& facts_;
  std::map<Group, Lost> groups_;
  std::map<std::string_view, const CpuSet*> policies_;  // by name
  std::optional<std::map<int, std::uint64_t>> clocks_;  // read once, and only if they are asked for
};

}  // namespace tuner
