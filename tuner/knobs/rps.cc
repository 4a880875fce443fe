// Receive packet steering, for NICs with few receive queues: their packets are processed on more
// CPUs than the one that handles the interrupt, and with flows (RFS) on the CPU where the receiving
// program runs. model/steering.h decides whether and on which CPUs; this file reads and writes the
// files.
#include "knobs/answers.h"
#include "knobs/knob.h"
#include "knobs/nic_choices.h"
#include "knobs/no_subject.h"
#include "knobs/one_by_one.h"
#include "knobs/queue_files.h"
#include "knobs/recorded_key.h"
#include "model/steering.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tuner {
namespace {

constexpr NicWord kWord{.knob = "rps", .setting = &NicEntry::rps};
constexpr std::string_view kWithFlows = "few-queues-with-flows";

constexpr std::string_view kFlows = "/flows";
constexpr std::string_view kTableKey = "rps:sock_flow_entries";
constexpr std::string_view kTableName = "net.core.rps_sock_flow_entries";
constexpr std::string_view kTableFile = "/proc/sys/net/core/rps_sock_flow_entries";
// "A value of 32768 … works fairly well" on a moderately loaded server (scaling.rst). A flow takes
// four bytes in the table.
constexpr std::int64_t kTableEntries = 32768;

bool rps_wanted(const Profile& profile) {
  return nic_word_wanted(kWord, profile);
}

Subject cpus_subject(const Nic& nic, int queue) {
  return queue_subject("rps", nic, fmt::format("rx-{}", queue), "rps_cpus");
}

Subject flows_subject(const Nic& nic, int queue) {
  return queue_subject("rps", nic, fmt::format("rx-{}", queue), "rps_flow_cnt", kFlows);
}

Subject table_subject() {
  return {.knob = "rps",
          .key = std::string(kTableKey),
          .name = std::string(kTableName),
          .place = std::string(kTableFile)};
}

bool is_table(const Subject& subject) {
  return subject.key == kTableKey;
}

bool is_count(const Subject& subject) {
  return is_table(subject) || subject.key.ends_with(kFlows);
}

// The profile's own setting of the table size; if it exists, this family does not set the size.
const Setting* table_in(const Profile& profile) {
  const auto named = std::ranges::find(profile.sysctl, kTableName, &NamedSetting::name);
  return named == profile.sysctl.end() ? nullptr : &named->setting;
}

std::int64_t table_entries(const Profile& profile) {
  const Setting* own = table_in(profile);
  const auto* entries = own == nullptr ? nullptr : std::get_if<std::int64_t>(&own->goal.value);
  return entries == nullptr ? kTableEntries : *entries;
}

// An even share of the table for each queue, rounded up to a power of two as the kernel does.
std::int64_t flows_a_queue(std::int64_t entries, int queues) {
  const auto share = static_cast<std::uint64_t>(std::max<std::int64_t>(entries / queues, 1));
  return static_cast<std::int64_t>(std::bit_ceil(share));
}

Setting at_least(const Setting& asked, std::int64_t count) {
  Setting setting = asked;
  setting.goal = {.op = Goal::Op::AtLeast, .value = count};
  return setting;
}

class DesiredSettings {
 public:
  DesiredSettings(const Profile& profile, const Facts& facts, std::vector<DesiredSetting> first)
      : profile_(profile), facts_(facts), desired_(std::move(first)) {}

  void add_nic(const Nic& nic, const Setting& setting) {
    if (nic.rx_queues == 0) {
      desired_.push_back(without_subject_on("rps", nic, setting, "the NIC has no receive queue"));
      return;
    }
    const auto spread = spread_receive(facts_.topology, nic);
    for (int queue = 0; queue < nic.rx_queues; ++queue) {
      DesiredSetting desired{.subject = cpus_subject(nic, queue), .setting = setting};
      if (spread) {
        desired.setting.goal = {.op = Goal::Op::Exactly, .value = spread->cpus};
        desired.because = spread->because;
      } else {
        desired.unsupported = spread.error().text;
      }
      desired_.push_back(std::move(desired));
    }
    const auto* word = std::get_if<std::string>(&setting.goal.value);
    if (spread && spread->few_queues && word != nullptr && *word == kWithFlows)
      add_flows(nic, setting);
  }

  std::vector<DesiredSetting> take() {
    // One table for all NICs. The goal is at-least, because another program may need more entries.
    if (flows_for_ != nullptr && table_in(profile_) == nullptr)
      desired_.push_back({.subject = table_subject(),
                          .setting = at_least(*flows_for_, kTableEntries),
                          .because = "holds the flows of all NICs that use RFS"});
    return std::move(desired_);
  }

 private:
  void add_flows(const Nic& nic, const Setting& setting) {
    flows_for_ = &setting;
    const std::int64_t entries = table_entries(profile_);
    const std::int64_t flows = flows_a_queue(entries, nic.rx_queues);
    for (int queue = 0; queue < nic.rx_queues; ++queue) {
      desired_.push_back({.subject = flows_subject(nic, queue),
                          .setting = at_least(setting, flows),
                          .because = fmt::format("an even share of {} flows, {} queue{}", entries,
                                                 nic.rx_queues, nic.rx_queues == 1 ? "" : "s")});
      if (entries == 0)
        desired_.back().unsupported = fmt::format(
            "this profile sets {} to 0, and RFS does not work without this table", kTableName);
    }
  }

  const Profile& profile_;
  const Facts& facts_;
  std::vector<DesiredSetting> desired_;
  const Setting* flows_for_ = nullptr;  // of the last NIC that uses RFS; null: none does
};

std::vector<DesiredSetting> expand_rps(const Profile& profile, const Facts& facts,
                                       std::vector<std::string>& notes) {
  std::vector<DesiredSetting> unmatched;
  const NicChoices choices = choose_for_nics(kWord, profile, facts, unmatched, notes);
  DesiredSettings desired_settings(profile, facts, std::move(unmatched));
  for (const Nic* nic : in_fact_order(choices, facts))
    desired_settings.add_nic(*nic, choices.at(nic));
  return desired_settings.take();
}

// The table exists in the initial network namespace only (net/core/sysctl_net_core.c).
Observation observe_table(const FileTree& files, const Subject& subject) {
  if (files.exists(subject.place)) return observe_queue_file(files, subject, parse_queue_count);
  return unsupported(
      fmt::format("{} does not exist here: only the initial network namespace has it, on kernels "
                  "built with CONFIG_RPS",
                  subject.name));
}

Observation observe_rps(const Host& host, const Subject& subject) {
  if (is_table(subject)) return observe_table(host.files(), subject);
  return observe_queue_file(host.files(), subject,
                            is_count(subject) ? parse_queue_count : parse_queue_mask);
}

Outcome write_rps(Host& host, const Change& change) {
  const auto* count = std::get_if<std::int64_t>(&change.value);
  if (is_count(change.subject) && count != nullptr)
    return write_queue_file(host, change, fmt::format("{}", *count),
                            "the table would be too large; the kernel rounds to powers of two");
  const auto* cpus = std::get_if<CpuSet>(&change.value);
  if (!is_count(change.subject) && cpus != nullptr)
    // The kernel takes isolated CPUs out of the mask and returns EINVAL if none is left
    // (net/core/net-sysfs.c, rps_cpumask_housekeeping()).
    return write_queue_file(host, change, cpus->to_mask(),
                            "are all these CPUs isolated or nohz_full?");
  return fail(Fault::Invalid,
              fmt::format("{}: {} is not a {}", change.subject.name, to_text(change.value),
                          is_count(change.subject) ? "number" : "set of CPUs"));
}

std::optional<Subject> locate_rps(const Subject& recorded, const Facts& facts) {
  if (is_table(recorded)) return table_subject();
  const std::string_view ending = is_count(recorded) ? kFlows : std::string_view();
  const std::string_view key = recorded.key;
  for (const Nic* nic : nics_in_key(key.substr(0, key.size() - ending.size()), "rps:", facts)) {
    const auto queue = queue_in_key(key, fmt::format("rps:{}/rx-", nic->key()), ending);
    if (!queue || *queue >= nic->rx_queues) continue;
    return is_count(recorded) ? flows_subject(*nic, *queue) : cpus_subject(*nic, *queue);
  }
  return std::nullopt;
}

std::vector<Subject> subjects_on_nic(const Nic& nic) {
  std::vector<Subject> subjects;
  for (int queue = 0; queue < nic.rx_queues; ++queue) {
    subjects.push_back(cpus_subject(nic, queue));
    subjects.push_back(flows_subject(nic, queue));
  }
  return subjects;
}

}  // namespace

Knob rps_knob() {
  return {.info = {.name = "rps",
                   .phase = Phase::Irqs,
                   .doc = "Receive packet steering: where a NIC has fewer receive queues than its "
                          "node has cores, software spreads its packets over these cores.",
                   .in_profile = "nics[].rps",
                   .reads = "/sys/class/net/NIC/queues/rx-N/rps_cpus, rps_flow_cnt; "
                            "net.core.rps_sock_flow_entries",
                   .writes = "the same; the last two only with few-queues-with-flows",
                   .capability = kQueueRight,
                   .needs = FactNeed::Topology | FactNeed::Nics},
          .wanted = rps_wanted,
          .expand = expand_rps,
          .observe = observe_rps,
          .write = one_by_one<write_rps>,
          .locate = locate_rps,
          .subjects_on_nic = subjects_on_nic};
}

}  // namespace tuner
