#include "cli/render/starting_profile.h"

#include "base/text.h"
#include "model/utf8.h"
#include "profile/yaml_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// "# eth0: …": for people. A name of the machine may have any bytes.
template <typename... T>
std::string say(std::string_view indent, fmt::format_string<T...> format, T&&... words) {
  return fmt::format("{}# {}\n", indent,
                     escaped_line(fmt::format(format, std::forward<T>(words)...)));
}

std::string profile_heading(const StartingProfile& start, const Facts& facts) {
  return say("", "A start for {}, made by ktls-tuner profile new from the facts of this machine.",
             facts.host.hostname) +
         say("", "It sets what {} sets ({}).", start.extends, start.because) +
         say("",
             "To set more, remove the # of a line that has no blank behind it, and of the keys") +
         say("", "above it; then: ktls-tuner profile check FILE, ktls-tuner plan -p FILE") +
         fmt::format(
             "schema: ktls-tuner/profile/v1\nname: {}\nsummary: {}\nextends: [{}]\n", start.name,
             yaml_quoted("the settings of " + escaped_line(facts.host.hostname)), start.extends);
}

std::string modules_text(const Facts& facts) {
  return "\n" + say("", "Module tls: {} ({})", module_state_name(facts.kernel.tls.state),
                    facts.kernel.tls.because);
}

// A suggested value is the present one, as a lower bound.
std::string sysctls_text(const StartingProfile& start) {
  if (start.sysctls.empty()) return {};
  std::string text =
      "\n" + say("", "Limits of sockets and queues, with their present values") + "#sysctl:\n";
  for (const auto& [name, value] : start.sysctls) {
    Integers numbers;
    for (const std::string_view word : split_whitespace(value)) {
      if (const auto number = parse_integer(word)) numbers.push_back(*number);
    }
    if (numbers.empty()) continue;
    const Goal goal{.op = Goal::Op::AtLeast,
                    .value = numbers.size() == 1 ? Value(numbers.front()) : Value(numbers)};
    text += fmt::format("#  {}: {{ {} }}\n", yaml_key(name), yaml_of(goal));
  }
  return text;
}

struct Suggested {
  std::string_view name;
  std::string_view value;
};

// "    #rings: { rx: max, tx: max }   # now rx 1024 of 8192, tx 1024 of 8192"
std::string shape_text(std::string_view group, const NicParameters& parameters,
                       std::initializer_list<Suggested> suggested) {
  std::string settings, now;
  for (const Suggested& one : suggested) {
    const auto found = parameters.find(one.name);
    // A maximum of 0: the driver does not have this parameter.
    if (found == parameters.end() || found->second.maximum.value_or(1) == 0) continue;
    settings += fmt::format("{}{}: {}", settings.empty() ? "" : ", ", one.name, one.value);
    now += fmt::format("{}{} {}", now.empty() ? "" : ", ", one.name, found->second.value);
    if (found->second.maximum) now += fmt::format(" of {}", *found->second.maximum);
  }
  return settings.empty() ? ""
                          : fmt::format("    #{}: {{ {} }}   # now {}\n", group, settings, now);
}

std::string feature_text(const Nic& nic) {
  const auto found = nic.features.find("tls-hw-tx-offload");
  if (found == nic.features.end() || found->second.fixed) return {};
  return fmt::format(
      "    #features: {{ tls-hw-tx-offload: {{ value: true, need: preferred }} }}   # now {}\n",
      found->second.active ? "on" : "off");
}

std::string nic_text(const Nic& nic) {
  std::string text = say("  ", "{}: driver {}, NUMA node {}, {} receive and {} send queues, {}{}",
                         nic.name, nic.driver, nic.numa_node, nic.rx_queues, nic.tx_queues,
                         nic.operstate.empty() ? "state not known" : nic.operstate,
                         nic.carries_default_route ? ", carries the default route" : "");
  if (escaped_line(nic.name) != nic.name || nic.name.find_first_of("*?") != std::string::npos)
    return text + say("  ", "A profile cannot select it by this name.");
  text += fmt::format("  - select: {{ name: {} }}\n", yaml_quoted(nic.name));
  text += "    #irqs: { placement: { value: numa-local-spread, need: preferred } }\n";
  text += shape_text("channels", nic.channels,
                     {{"combined", "local-cores"}, {"rx", "local-cores"}, {"tx", "local-cores"}});
  text += shape_text("rings", nic.rings, {{"rx", "max"}, {"tx", "max"}});
  text += shape_text("coalesce", nic.coalesce, {{"adaptive-rx", "true"}});
  return text + feature_text(nic);
}

std::string nics_text(const Facts& facts) {
  if (const Unread* unread = facts.failed_read(FactNeed::Nics))
    return "\n" + say("", "The NICs could not be read: {}", unread->error.text);
  std::string entries;
  bool any = false;
  for (const Nic& nic : facts.nics) {
    if (!nic.physical) continue;
    const std::string one = nic_text(nic);
    any = any || one.find("- select") != std::string::npos;
    entries += one;
  }
  if (entries.empty()) return "\n" + say("", "This machine has no physical NIC.");
  return fmt::format("\n{}{}", any ? "nics:\n" : "", entries);
}

std::string cpus_text(const Facts& facts) {
  if (facts.cpufreq.empty()) return {};
  const CpufreqPolicy& first = facts.cpufreq.front();
  std::string text =
      "\n" +
      say("", "{} CPUs; of {}: governor {}, available {}", facts.topology.online.size(), first.name,
          first.governor, fmt::join(first.available_governors, " ")) +
      "#cpus:\n#  - nodes: nic-local\n#    governor: { value: performance, need: preferred }\n";
  if (!first.epp.empty())
    text += "#    energy_performance_preference: { value: performance, need: preferred }\n";
  return text;
}

std::string irqbalance_text(const Facts& facts) {
  const Neighbour* const irqbalance = facts.neighbour("irqbalance");
  return "\n" +
         (irqbalance == nullptr ? say("", "irqbalance does not run.")
                                : say("", "irqbalance runs ({}).", irqbalance->detail)) +
         "#irqbalance: ban\n";
}

}  // namespace

std::string starting_profile_text(const StartingProfile& start, const Facts& facts) {
  return profile_heading(start, facts) + modules_text(facts) + sysctls_text(start) +
         nics_text(facts) + cpus_text(facts) + irqbalance_text(facts);
}

}  // namespace tuner
