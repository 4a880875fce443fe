#include "cli/steps/chosen_nics.h"

#include "base/text.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{200};
// The NICs must stay unchanged for this long: a driver registers its queues one by one before it
// requests their interrupts.
constexpr milliseconds kQuiet{1000};

// Bonds and VLANs have no queues of their own; the settings are those of the NICs below them.
void add_lowest(const Facts& facts, const Nic& nic, std::vector<const Nic*>& lowest) {
  if (nic.lowers.empty() && std::ranges::count(lowest, &nic) == 0) lowest.push_back(&nic);
  for (const std::string& name : nic.lowers) {
    if (const Nic* lower = facts.nic(name)) add_lowest(facts, *lower, lowest);
  }
}

// The lowest devices of the named NICs that exist.
std::vector<const Nic*> lowest_of(const Facts& facts, const std::vector<std::string>& names) {
  std::vector<const Nic*> lowest;
  for (const std::string& name : names) {
    if (const Nic* nic = facts.nic(name)) add_lowest(facts, *nic, lowest);
  }
  return lowest;
}

bool all_exist(const Facts& facts, const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [&](const auto& name) { return facts.nic(name) != nullptr; });
}

std::optional<Error> unknown_nic(const Host& host, const Facts& facts,
                                 const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (facts.nic(name) != nullptr) continue;
    auto listed = interface_names(host);
    std::erase(listed, "lo");
    const auto near = nearest(name, std::vector<std::string_view>(listed.begin(), listed.end()));
    return Error{.fault = Fault::Invalid,
                 .text = fmt::format("no NIC named '{}'", name),
                 .hint = near ? fmt::format("did you mean {}? ktls-tuner facts lists them", *near)
                              : "ktls-tuner facts lists them"};
  }
  return std::nullopt;
}

// Why a NIC is not ready; empty: it is. A NIC without interrupts (not on PCI) is ready with its
// link. Some drivers always report the state "unknown", which counts as up.
std::string why_not_ready(const Nic& nic) {
  if (nic.operstate != "up" && nic.operstate != "unknown")
    return fmt::format("{} has no link (it is {})", nic.name, nic.operstate);
  const auto requested = [](const NicIrq& irq) { return !irq.action.empty(); };
  if (!nic.irqs.empty() && std::ranges::none_of(nic.irqs, requested))
    return fmt::format("no interrupt of {} is in use", nic.name);
  return {};
}

// Everything that changes while a driver initializes its NICs, as text to compare.
// No event tells that a driver has finished, so its state is compared until it is quiet.
std::string driver_state(const Facts& facts, const std::vector<std::string>& names) {
  std::string all;
  for (const Nic* nic : lowest_of(facts, names)) {
    all += fmt::format("{} {} {} {} {}:", nic->name, nic->ifindex, nic->rx_queues, nic->tx_queues,
                       why_not_ready(*nic));
    for (const NicIrq& irq : nic->irqs) all += fmt::format(" {} {}", irq.number, irq.action);
  }
  return all;
}

bool all_ready(const Facts& facts, const std::vector<std::string>& names) {
  return all_exist(facts, names) &&
         std::ranges::all_of(lowest_of(facts, names),
                             [](const Nic* nic) { return why_not_ready(*nic).empty(); });
}

// The limit ends the wait without an error: what exists by then is set.
Facts await(const Context& context, const std::vector<std::string>& names, milliseconds limit) {
  // A unit for each of 64 new NICs waits here, and looks five times a second.
  const auto look = [&] { return collect_nics_alone(context.host, names); };
  Facts facts = look();
  std::string seen = driver_state(facts, names);
  milliseconds quiet{0};
  for (milliseconds waited{0}; waited < limit && (quiet < kQuiet || !all_ready(facts, names));
       waited += kPause) {
    context.host.clock().sleep(kPause);
    facts = look();
    std::string now = driver_state(facts, names);
    quiet = now == seen ? quiet + kPause : milliseconds(0);
    seen = std::move(now);
  }
  return facts;
}

}  // namespace

Result<std::vector<std::string>> chosen_nics(const Context& context,
                                             const std::vector<std::string>& names,
                                             std::chrono::seconds wait) {
  if (names.empty()) return std::vector<std::string>{};
  const Facts facts = await(context, names, wait);
  if (const auto unknown = unknown_nic(context.host, facts, names)) return fail(*unknown);
  std::vector<std::string> keys;
  for (const Nic* nic : lowest_of(facts, names)) {
    keys.push_back(nic->key());
    if (wait.count() == 0 || why_not_ready(*nic).empty()) continue;
    context.terminal.talk(
        fmt::format("{} after {} s; continuing", why_not_ready(*nic), wait.count()));
  }
  return keys;
}

}  // namespace tuner
