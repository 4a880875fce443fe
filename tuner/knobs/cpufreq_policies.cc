#include "knobs/cpufreq_policies.h"

#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/choices.h"
#include "knobs/desired_settings.h"
#include "knobs/no_subject.h"
#include "knobs/select_nics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kFolder = "/sys/devices/system/cpu/cpufreq";

Subject policy_subject(const PolicyFile& what, const CpufreqPolicy& policy) {
  return {.knob = std::string(what.knob),
          .key = fmt::format("cpufreq:{}/{}", policy.name, what.word),
          .name = policy.name,
          .place = fmt::format("{}/{}/{}", kFolder, policy.name, what.file)};
}

// If only one node has CPUs, all CPUs are local to every NIC.
CpuSet near(const Nic& nic, const Topology& topology) {
  const auto with_cpus = std::ranges::count_if(
      topology.nodes, [](const NumaNode& node) { return !node.cpus.empty(); });
  if (with_cpus <= 1) return topology.online;
  const auto node = std::ranges::find(topology.nodes, nic.numa_node, &NumaNode::id);
  return node == topology.nodes.end() ? CpuSet() : node->cpus;
}

CpuSet nic_local_cpus(const Profile& profile, const Facts& facts, std::vector<std::string>& notes) {
  CpuSet cpus;
  // Both cpufreq families select the same NICs; each note appears once.
  std::set<std::string> reported(notes.begin(), notes.end());
  for (const NicEntry& entry : profile.nics) {
    for (const SelectedNic& one : select_nics(entry.select, facts)) {
      const CpuSet near_one = near(*one.nic, facts.topology);
      cpus = cpus | near_one;
      if (!near_one.empty()) continue;
      std::string note = fmt::format("nodes: nic-local: {} reports no NUMA node with CPUs; ignored",
                                     one.nic->name);
      if (reported.insert(note).second) notes.push_back(std::move(note));
    }
  }
  return cpus;
}

const NumaNode* node_of(const Topology& topology, int id) {
  const auto node = std::ranges::find(topology.nodes, id, &NumaNode::id);
  return node == topology.nodes.end() ? nullptr : &*node;
}

CpuSet listed_cpus(const CpuEntry& entry, const Topology& topology) {
  CpuSet cpus;
  for (const int id : entry.listed) {
    if (const NumaNode* node = node_of(topology, id)) cpus = cpus | node->cpus;
  }
  return cpus;
}

CpuSet cpus_of(const CpuEntry& entry, const Profile& profile, const Facts& facts,
               std::vector<std::string>& notes) {
  switch (entry.nodes) {
    // Possible CPUs too: a policy of offline CPUs stays, and counts when they come back.
    case CpuEntry::Nodes::All: return facts.topology.possible | facts.topology.online;
    case CpuEntry::Nodes::NicLocal: return nic_local_cpus(profile, facts, notes);
    case CpuEntry::Nodes::Listed: return listed_cpus(entry, facts.topology);
  }
  return {};
}

DesiredSetting desired_cpufreq_policies(const PolicyFile& what, const CpufreqPolicy& policy,
                                        const Setting& setting) {
  return {.subject = policy_subject(what, policy), .setting = setting};
}

DesiredSetting without_cpufreq(const PolicyFile& what, const Setting& setting) {
  return {.subject = {.knob = std::string(what.knob),
                      .key = fmt::format("cpufreq:all/{}", what.word),
                      .name = "cpufreq",
                      .place = std::string(kFolder)},
          .setting = setting,
          .unsupported =
              "this machine has no cpufreq: it is a virtual machine, or its firmware controls "
              "the frequencies"};
}

std::string nodes_here(const Topology& topology) {
  std::vector<int> ids;
  for (const NumaNode& node : topology.nodes) ids.push_back(node.id);
  return fmt::format("this machine has node{} {}", ids.size() == 1 ? "" : "s",
                     fmt::join(ids, ", "));
}

// Why a node that an entry lists has nothing to set; empty if it has something.
std::string why_no_policy(int id, const Facts& facts) {
  const NumaNode* node = node_of(facts.topology, id);
  if (node == nullptr)
    return fmt::format("node {} does not exist; {}", id, nodes_here(facts.topology));
  if (node->cpus.empty()) return fmt::format("node {} has memory only, no CPUs", id);
  const bool any = std::ranges::any_of(facts.cpufreq, [&](const CpufreqPolicy& policy) {
    return !(policy.cpus & node->cpus).empty();
  });
  return any ? std::string() : fmt::format("no CPU of node {} has a cpufreq policy", id);
}

void add_missing_nodes(const PolicyFile& what, const CpuEntry& entry, const Facts& facts,
                       DesiredSettings& desired_settings) {
  for (const int id : entry.listed) {
    if (std::string why = why_no_policy(id, facts); !why.empty())
      desired_settings.add(without_subject(what.knob, fmt::format("node {}", id), "",
                                           *(entry.*what.setting), std::move(why)));
  }
}

// The name of an entry without listed nodes that found no cpufreq policy.
std::string_view entry_words(const CpuEntry& entry) {
  return entry.nodes == CpuEntry::Nodes::All ? "nodes all" : "nodes nic-local";
}

std::string why_no_policy(const CpuEntry& entry, const Topology& topology) {
  if (entry.nodes == CpuEntry::Nodes::NicLocal)
    return fmt::format(
        "no NIC that this profile selects reports a node whose CPUs have a cpufreq policy; {}",
        nodes_here(topology));
  return "no CPU of this machine has a cpufreq policy";
}

void add_entry(const PolicyFile& what, const CpuEntry& entry, const Profile& profile,
               const Facts& facts, DesiredSettings& desired_settings,
               std::vector<std::string>& notes) {
  const Setting& setting = *(entry.*what.setting);
  if (facts.cpufreq.empty()) return desired_settings.add(without_cpufreq(what, setting));
  const CpuSet cpus = cpus_of(entry, profile, facts, notes);
  bool any = false;
  for (const CpufreqPolicy& policy : facts.cpufreq) {
    // A policy has one governor for all of its CPUs, so one of them is enough.
    if ((policy.cpus & cpus).empty()) continue;
    desired_settings.add(desired_cpufreq_policies(what, policy, setting));
    any = true;
  }
  if (entry.nodes == CpuEntry::Nodes::Listed)
    add_missing_nodes(what, entry, facts, desired_settings);
  else if (!any)
    desired_settings.add(without_subject(what.knob, entry_words(entry), "", setting,
                                         why_no_policy(entry, facts.topology)));
}

std::string_view folder_of(const Subject& subject) {
  return std::string_view(subject.place).substr(0, subject.place.rfind('/'));
}

}  // namespace

bool policies_wanted(const PolicyFile& what, const Profile& profile) {
  return std::ranges::any_of(
      profile.cpus, [&](const CpuEntry& entry) { return (entry.*what.setting).has_value(); });
}

std::vector<DesiredSetting> expand_policies(const PolicyFile& what, const Profile& profile,
                                            const Facts& facts, std::vector<std::string>& notes) {
  DesiredSettings desired_settings(notes);
  for (const CpuEntry& entry : profile.cpus) {
    if (entry.*what.setting) add_entry(what, entry, profile, facts, desired_settings, notes);
  }
  return desired_settings.take();
}

std::vector<Outcome> write_policies(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) {
    auto written = host.files().write(change.subject.place, to_text(change.value));
    if (!written)
      written = fail(write_error(change.subject, change.value, written.error(), "root"));
    outcomes.push_back(std::move(written));
  }
  return outcomes;
}

std::optional<Subject> locate_policy(const PolicyFile& what, const Subject& recorded,
                                     const Facts& facts) {
  const std::string name = recorded.key.substr(0, recorded.key.rfind('/'));
  for (const CpufreqPolicy& policy : facts.cpufreq) {
    // Cheap test before a subject is built: a machine may have hundreds of policies.
    if (!name.ends_with(policy.name)) continue;
    if (Subject today = policy_subject(what, policy); today.key == recorded.key) return today;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> choices_of_policy(const FileTree& files, const Subject& subject,
                                                   std::string_view file) {
  return read_choices(files, fmt::format("{}/{}", folder_of(subject), file));
}

std::string driver_of_policy(const FileTree& files, const Subject& subject) {
  const auto driver = files.read(fmt::format("{}/scaling_driver", folder_of(subject)));
  return driver ? std::string(trim(*driver)) : "the cpufreq driver";
}

}  // namespace tuner
