#include "engine/drift_cpus.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

namespace tuner {
namespace {

bool is_about_cpus(std::string_view family) {
  return family == "irq_affinity" || family == "xps" || family.starts_with("cpu_");
}

const CpuSet* set_of(const Value& value) {
  return std::get_if<CpuSet>(&value);
}

std::string names_of(const CpuSet& cpus) {
  return fmt::format("CPU{} {} {}", cpus.size() == 1 ? "" : "s", cpus.to_list(),
                     cpus.size() == 1 ? "was offline and is back" : "were offline and are back");
}

// The sum of a CPU's times since boot, idle included, in ticks. guest is part of user already
// (Documentation/filesystems/proc.rst).
//
// cpu3 4705 356 584 3699 23 23 0 0 0 0
std::optional<std::pair<int, std::uint64_t>> clock_of(std::string_view line) {
  constexpr std::size_t kWithoutGuest = 8;
  const auto fields = split_whitespace(line);
  if (fields.size() < 5 || !fields[0].starts_with("cpu")) return std::nullopt;
  const auto cpu = whole_number<int>(fields[0].substr(3));
  if (!cpu) return std::nullopt;
  std::uint64_t sum = 0;
  for (std::size_t i = 1; i < std::min(fields.size(), kWithoutGuest + 1); ++i)
    sum += whole_number<std::uint32_t>(fields[i]).value_or(0);
  return std::pair(*cpu, sum);
}

std::map<int, std::uint64_t> clocks_of(std::string_view text) {
  std::map<int, std::uint64_t> clocks;
  for (const std::string_view line : lines(text)) {
    if (const auto clock = clock_of(line)) clocks.insert(*clock);
  }
  return clocks;
}

}  // namespace

// The whole plan is read first. Half of the evidence is that settings of the other CPUs are intact.
CpuTraces::CpuTraces(const Host& host, const Journal& journal, const Facts& facts,
                     std::span<const Step> steps)
    : host_(host), journal_(journal), facts_(facts) {
  for (const CpufreqPolicy& policy : facts.cpufreq) policies_.emplace(policy.name, &policy.cpus);
  for (const Step& step : steps) {
    if (is_about_cpus(step.desired.subject.knob) && !step.restores) note(step);
  }
}

// Only a step whose present value is the original of a different written value is a trace of a lost
// setting. Any other value was set by a program.
void CpuTraces::note(const Step& step) {
  const Journal::Entry* entry = journal_.entry(step.desired.subject.key);
  if (entry == nullptr || !entry->written() || entry->dangling()) return;
  Lost& group = groups_[group_of(step.desired.subject)];
  const CpuSet cpus = cpus_of(step.desired.subject, *entry);
  if (step.status != Status::Change) {
    group.kept = group.kept | cpus;
    return;
  }
  group.lost = group.lost | cpus;
  if (step.observed.value != entry->original() || entry->original() == entry->last_written())
    group.only_originals = false;
}

// An interrupt or a queue has its CPUs as its value; a governor has those of its policy.
CpuSet CpuTraces::cpus_of(const Subject& subject, const Journal::Entry& entry) const {
  if (const CpuSet* set = set_of(entry.last_written())) return *set;
  const auto policy = policies_.find(subject.name);
  return policy == policies_.end() ? CpuSet() : *policy->second;
}

// A CPU's idle time counts only while it is online; before Linux 6.9 it even restarted at 0
// (kernel/time/tick-sched.c, tick_cancel_sched_timer()). Other differences between CPUs are a few
// percent, so less than 90 % counts as behind.
bool CpuTraces::is_behind(const CpuSet& cpus) {
  if (!clocks_) clocks_ = clocks_of(host_.files().read("/proc/stat").value_or(""));
  std::uint64_t most = 0;
  std::uint64_t most_of_these = 0;
  for (const auto& [cpu, clock] : *clocks_) {
    most = std::max(most, clock);
    if (cpus.contains(cpu)) most_of_these = std::max(most_of_these, clock);
  }
  constexpr std::uint64_t kPercent = 90;
  return most_of_these > 0 && most_of_these < most / 100 * kPercent;
}

// Whether the settings have their originals again on these CPUs only.
bool CpuTraces::looks_lost(const Lost& group) const {
  return group.only_originals && !group.lost.empty() && !group.kept.empty() &&
         (group.lost & group.kept).empty() && (group.lost - facts_.topology.online).empty();
}

std::string CpuTraces::cause_of(const Step& step) {
  const Journal::Entry* entry = journal_.entry(step.desired.subject.key);
  if (entry == nullptr || !entry->written() || entry->dangling()) return {};
  const CpuSet& online = facts_.topology.online;
  const CpuSet cpus = cpus_of(step.desired.subject, *entry);
  if (cpus.empty() || !(cpus - online).empty()) return {};
  const CpuSet others = online - cpus;
  const CpuSet* now = set_of(step.observed.value);
  // With only two CPUs, any other program would choose the other one too; so this is no evidence.
  if (step.desired.subject.knob == "irq_affinity" && now != nullptr && *now == others &&
      others.size() > 1) {
    return fmt::format("{}: this interrupt is on all other CPUs, where the kernel moved it",
                       names_of(cpus));
  }
  const auto found = groups_.find(group_of(step.desired.subject));
  if (found == groups_.end() || !looks_lost(found->second)) return {};
  const CpuSet& lost = found->second.lost;
  std::set<std::string_view> families;
  for (const auto& [group, one] : groups_) {
    if (one.lost == lost && looks_lost(one)) families.insert(group.first);
  }
  const bool behind = is_behind(lost);
  if (families.size() < 2 && !behind) return {};
  return fmt::format(
      "{}: all their settings here, and none of other CPUs, have their values from before the "
      "apply{}",
      names_of(lost), behind ? ", and their times in /proc/stat are behind" : "");
}

}  // namespace tuner
