#include "engine/held_back.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// The number of connections whose records a NIC decrypts. Reopening queues loses their state.
// TlsCurrRxDevice is a gauge of this network namespace: connections of containers with namespaces
// of their own are not in it.
std::uint64_t offloaded_receivers(const Facts& facts) {
  if (!facts.tls_stat) return 0;
  const auto found = facts.tls_stat->find("TlsCurrRxDevice");
  return found == facts.tls_stat->end() ? 0 : found->second;
}

// The NIC of this subject if it carries the login session and must be spared; otherwise nullptr.
// With --confirm-within nothing needs to be spared: a run that cuts the session off is undone.
const Nic* session_nic(const Facts& facts, const Subject& subject, const PlanOptions& options) {
  if (subject.device.empty() || !options.spare_session || options.confirm_within) return nullptr;
  for (const Nic* nic : facts.nics.with_key(subject.device)) {
    if (nic->carries_login_session) return nic;
  }
  return nullptr;
}

// The reason to hold back a write that interrupts a NIC if it could not be determined which NIC
// carries the login session. Empty if it was determined, or if the write interrupts no NIC.
std::string session_unknown(const DesiredSetting& desired, const Facts& facts,
                            const PlanOptions& options) {
  if (desired.disruption < Disruption::ChannelReopen || desired.subject.device.empty() ||
      !options.spare_session || options.confirm_within)
    return {};
  const Unread* unread = facts.failed_read(FactNeed::Session);
  if (unread == nullptr) return {};
  return fmt::format(
      "the write interrupts the NIC, and it is unknown whether this session uses it ({}); "
      "allow it with --confirm-within 60s",
      unread->error.text);
}

// The command-line options that the write of this setting needs, with the reasons; empty if none.
// Reopening channels and a link flap both interrupt a session, and end it if they fail.
std::string needs_options(const DesiredSetting& desired, const Facts& facts,
                          const PlanOptions& options) {
  const std::string_view name = disruption_name(desired.disruption);
  const Nic* session = desired.disruption >= Disruption::ChannelReopen
                           ? session_nic(facts, desired.subject, options)
                           : nullptr;
  const std::string its_session =
      session == nullptr
          ? std::string()
          : fmt::format("{} carries this session ({})", session->name, session->session_evidence);
  if (desired.disruption > options.max_disruption) {
    return fmt::format("the write disturbs traffic ({}){}; allow it with --max-disruption {}{}",
                       name, session == nullptr ? "" : ", and " + its_session, name,
                       session == nullptr ? "" : " and --confirm-within 60s");
  }
  if (session == nullptr) return session_unknown(desired, facts, options);
  return fmt::format(
      "the write interrupts the NIC ({}), and {}; allow it with --confirm-within 60s, which undoes "
      "it unless you can still confirm",
      name, its_session);
}

}  // namespace

// First what an option allows, then what only --force allows. A connection that a NIC decrypts is
// no login session, and --confirm-within does not restore it.
std::string held_back(const DesiredSetting& desired, const Facts& facts,
                      const PlanOptions& options) {
  if (auto lacking = needs_options(desired, facts, options); !lacking.empty()) return lacking;
  if (desired.disruption < Disruption::ChannelReopen || options.force) return {};
  const bool looked = has(facts.looked_at, FactNeed::Kernel | FactNeed::TlsStat);
  const Unread* unread = facts.tls_stat ? nullptr : facts.failed_read(FactNeed::Kernel);
  if (unread != nullptr || !looked) {
    return fmt::format(
        "reopening queues can break connections that a NIC decrypts, and it is unknown whether "
        "there are any ({}); --force does it anyway",
        unread == nullptr ? "tls_stat was not read" : unread->error.text);
  }
  const auto receivers = offloaded_receivers(facts);
  if (receivers == 0) return {};
  return fmt::format(
      "{} connections are being decrypted by a NIC (TlsCurrRxDevice), and reopening its queues "
      "can break them; drain them first, or use --force",
      receivers);
}

}  // namespace tuner
