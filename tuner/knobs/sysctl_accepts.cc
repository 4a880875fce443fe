#include "knobs/sysctl_accepts.h"

#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kCongestionControls =
    "/proc/sys/net/ipv4/tcp_available_congestion_control";
constexpr std::string_view kFirstFreePort = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

// Modules whose names look like those of a choice; the kernel loads them and then fails with
// ENOENT.
constexpr std::array<std::string_view, 3> kNoChoices{"tcp_diag", "tcp_sigpool", "sch_mqprio_lib"};

// Built into every kernel that has net.core.default_qdisc: pktsched_init() in net/sched/sch_api.c,
// and sch_generic.c.
constexpr std::array<std::string_view, 7> kQdiscsOfTheKernel{
    "pfifo_fast", "mq", "noqueue", "pfifo", "bfifo", "pfifo_head_drop", "blackhole"};

// Queueing disciplines whose module has another name.
struct InModule {
  std::string_view qdisc;
  std::string_view module;
};
constexpr std::array kInModules{InModule{"clsact", "sch_ingress"}, InModule{"cake_mq", "sch_cake"}};

bool is_no_choice(std::string_view module) {
  return std::ranges::count(kNoChoices, module) > 0;
}

ModuleFacts module_facts(const Host& host, const std::string& module) {
  if (is_no_choice(module))
    return {ModuleState::Missing, fmt::format("{} has another purpose", module)};
  return module_of_choice(host, module);
}

Observation takes_congestion_control(const Host& host, const std::string& word) {
  // The list has only registered algorithms. The write loads tcp_NAME for a process with
  // CAP_NET_ADMIN (net/ipv4/tcp_cong.c, tcp_ca_find_autoload()).
  const auto offered = read_choices(host.files(), kCongestionControls);
  if (!offered) return unreadable(offered.error(), "root");
  if (std::ranges::count(*offered, word) > 0) return {};
  const std::string module = "tcp_" + word;
  return not_on_list(kCongestionControls, *offered, module, module_facts(host, module));
}

// qdisc_set_default() in net/sched/sch_api.c loads "sch_NAME", or in newer kernels the alias
// "net-sch-NAME".
std::string module_of_qdisc(std::string_view word) {
  const auto* const other = std::ranges::find(kInModules, word, &InModule::qdisc);
  return other == kInModules.end() ? fmt::format("sch_{}", word) : std::string(other->module);
}

// The kernel has no list of queueing disciplines. A module that was loaded by hand may be in no
// index, so /sys/module is checked too.
Observation takes_qdisc(const Host& host, const std::string& word) {
  if (std::ranges::count(kQdiscsOfTheKernel, word) > 0) return {};
  const std::string module = module_of_qdisc(word);
  const ModuleFacts facts = module_facts(host, module);
  if (facts.state == ModuleState::BuiltIn) return {};
  const auto loaded = host.files().is_there("/sys/module/" + module);
  if (loaded && *loaded && !is_no_choice(module)) return {};
  static const std::vector<std::string> always(kQdiscsOfTheKernel.begin(),
                                               kQdiscsOfTheKernel.end());
  return not_on_list("the kernel itself", always, module, facts);
}

// ipv4_local_port_range() in net/ipv4/sysctl_net_ipv4.c, since Linux 4.11.
Observation takes_ports(const FileTree& files, const Integers& range) {
  const auto text = files.read(kFirstFreePort);
  if (!text && is_absent(text.error())) return {};
  if (!text) return unreadable(text.error(), "root");
  const auto first = parse_integer(trim(*text));
  if (!first) return unreadable(fmt::format("{} holds '{}'", kFirstFreePort, trim(*text)));
  if (range.empty() || range.front() >= *first) return {};
  return unsupported(
      fmt::format("the kernel accepts no port below ip_unprivileged_port_start ({})", *first),
      "start the range there");
}

bool is_number(std::string_view field) {
  if (field.starts_with('-')) field.remove_prefix(1);
  return !field.empty() && field.find_first_not_of("0123456789") == std::string_view::npos;
}

// Text that is not a list of numbers counts as one value.
std::size_t numbers_in(std::string_view text) {
  const auto fields = split_whitespace(trim(text));
  return fields.empty() || !std::ranges::all_of(fields, is_number) ? 1 : fields.size();
}

std::size_t numbers_in(const Value& value) {
  const auto* list = std::get_if<Integers>(&value);
  return list == nullptr ? 1 : list->size();
}

// The kernel accepts three numbers for a file of one, and one for a file of three, without an
// error.
Observation takes_count(const FileTree& files, const Change& change) {
  const auto text = files.read(change.subject.place);
  if (!text) return unreadable(text.error(), "root");
  const std::size_t has = numbers_in(std::string_view(*text));
  const std::size_t wanted = numbers_in(change.value);
  if (has == wanted) return {};
  return unsupported(fmt::format("{} has {} number(s), and the profile gives {}",
                                 change.subject.name, has, wanted),
                     "write as many numbers in the profile as the kernel shows");
}

}  // namespace

Observation sysctl_accepts(const Host& host, const Change& change) {
  const std::string& name = change.subject.name;
  if (const auto* word = std::get_if<std::string>(&change.value)) {
    if (name == "net.ipv4.tcp_congestion_control") return takes_congestion_control(host, *word);
    if (name == "net.core.default_qdisc") return takes_qdisc(host, *word);
    return {};
  }
  Observation count = takes_count(host.files(), change);
  const auto* numbers = std::get_if<Integers>(&change.value);
  if (count.availability != Observation::Availability::Available || numbers == nullptr)
    return count;
  if (name == "net.ipv4.ip_local_port_range") return takes_ports(host.files(), *numbers);
  return count;
}

}  // namespace tuner
