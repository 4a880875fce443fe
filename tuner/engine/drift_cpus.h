// Detects CPUs that were offline for a time and are online again. The set of online CPUs is the
// same as when the profile was applied, so only their settings show it: the kernel keeps some
// settings per CPU and loses them when the CPU goes offline.
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
  // `steps`: all steps of a plan. Half of the evidence is that the other CPUs lost nothing.
  CpuTraces(const Host& host, const Journal& journal, const Facts& facts,
            std::span<const Step> steps);

  // One sentence if this setting was probably lost with its CPUs; empty otherwise. The evidence is
  // one of
  //   - An interrupt is on all CPUs but those that it was set to, where the kernel moves it
  //     (kernel/irq/cpuhotplug.c, migrate_one_irq(): to the CPUs online at that moment).
  //   - All settings of a family for some CPUs, and none for others, have their originals again;
  //   and
  //     the same is true of another family and the same CPUs, or the times of these CPUs in
  //     /proc/stat are behind those of the others. One family alone is no evidence: any program may
  //     have set it. Interrupts and steering are grouped by NIC, because some drivers set theirs
  //     again when a CPU comes online.
  std::string cause_of(const Step& step);

 private:
  // A family, and the NIC if the family belongs to NICs.
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
  std::optional<std::map<int, std::uint64_t>> clocks_;  // read once, on first use
};

}  // namespace tuner
