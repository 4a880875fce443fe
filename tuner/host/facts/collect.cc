#include "host/facts/collect.h"

#include "base/text.h"
#include "host/facts/module_state.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"
#include "host/read_window.h"

#include <algorithm>

namespace tuner {
namespace {

// Whether this is QEMU without KVM (TCG). There is no file for that; it is concluded from QEMU's
// firmware tables, an x86 clock source (hpet, acpi_pm) and a missing kvm-clock, which KVM offers to
// every Linux guest unless it is disabled.
//
// available_clocksource: "tsc hpet acpi_pm" emulated, "kvm-clock tsc hpet acpi_pm" not
bool is_emulated(const FileTree& files) {
  if (read_word(files, "/sys/class/dmi/id/sys_vendor") != "QEMU") return false;
  const std::string text =
      read_word(files, "/sys/devices/system/clocksource/clocksource0/available_clocksource");
  const auto clocks = split_whitespace(text);
  const auto offers = [&](std::string_view clock) { return std::ranges::count(clocks, clock) > 0; };
  return !offers("kvm-clock") && (offers("acpi_pm") || offers("hpet"));
}

}  // namespace

HostIdentity collect_identity(const Host& host) {
  const FileTree& files = host.files();
  return {.hostname = read_word(files, "/proc/sys/kernel/hostname"),
          .kernel = read_word(files, "/proc/sys/kernel/osrelease"),
          .boot_id = read_word(files, "/proc/sys/kernel/random/boot_id"),
          .net_namespace = host.nics().network_namespace().value_or(""),
          .emulated = is_emulated(files)};
}

Outcome is_known(const HostIdentity& identity) {
  constexpr std::string_view kHint = "mount /proc and run it again; nothing was written";
  if (identity.boot_id.empty())
    return fail(Fault::Io, "cannot read the boot ID (/proc/sys/kernel/random/boot_id)",
                std::string(kHint));
  if (identity.net_namespace.empty())
    return fail(Fault::Io, "cannot determine the network namespace (/proc/self/ns/net)",
                std::string(kHint));
  return {};
}

Facts collect_facts(const Host& host, FactNeed needs, std::optional<HostIdentity> known,
                    const NicScope& scope) {
  const FileTree& files = host.files();
  Facts facts;
  facts.looked_at = needs;
  // Each part has its own window of the read log, so that a failed read makes this part unknown and
  // not the others. Without it a failed read looked like absence, and the settings that depend on
  // the part vanished from the plan.
  const auto collect = [&](FactNeed part, auto&& read) {
    const ReadWindow window(host, part);
    read();
    window.close(facts.unread);
  };
  facts.host = known ? std::move(*known) : collect_identity(host);
  if (has(needs, FactNeed::Kernel | FactNeed::TlsModule | FactNeed::TlsStat)) {
    collect(FactNeed::Kernel, [&] {
      if (has(needs, FactNeed::Kernel))
        facts.kernel = collect_kernel(files, facts.host.kernel);
      else if (has(needs, FactNeed::TlsModule))
        facts.kernel.tls = module_state(files, "tls", facts.host.kernel);
      if (has(needs, FactNeed::Kernel | FactNeed::TlsStat))
        facts.tls_stat = collect_tls_stat(files);
    });
  }
  if (has(needs, FactNeed::Crypto))
    collect(FactNeed::Crypto, [&] { facts.crypto = collect_crypto(files); });
  if (has(needs, FactNeed::Topology))
    collect(FactNeed::Topology, [&] { facts.topology = collect_topology(files); });
  if (has(needs, FactNeed::Cpufreq))
    collect(FactNeed::Cpufreq, [&] { facts.cpufreq = collect_cpufreq(files); });
  if (has(needs, FactNeed::Nics | FactNeed::NicFeatures | FactNeed::NicShape | FactNeed::Irqs))
    facts.nics = collect_nics(host, needs, facts.unread, scope.keys);
  // Interrupts need the NICs and their queues; external settings need NICs, cpufreq policies and
  // neighbours. The order is that of these dependencies.
  if (has(needs, FactNeed::Irqs)) {
    auto& nics = facts.nics.change();
    const auto asked = scope.irqs_of_all ? std::nullopt : in_scope(nics, scope.keys);
    // Outside of the window of Irqs: without this list, the names of interrupts are still there.
    collect_kernel_queues(host, nics, asked, has(needs, FactNeed::NapiThreads), facts.unread);
    collect(FactNeed::Irqs, [&] { collect_irqs(files, nics, asked, facts.unread); });
  }
  // Which programs run decides whose files are read.
  if (has(needs, FactNeed::Neighbours | FactNeed::ExternalSettings))
    collect(FactNeed::Neighbours, [&] { facts.neighbours = collect_neighbours(files); });
  if (has(needs, FactNeed::ExternalSettings))
    collect(FactNeed::ExternalSettings,
            [&] { facts.external_settings = collect_external_settings(files, facts); });
  return facts;
}

Facts collect_nics_alone(const Host& host, std::span<const std::string> names) {
  Facts facts;
  facts.looked_at = FactNeed::Nics | FactNeed::Irqs;
  facts.nics = read_nics_alone(host, names, facts.unread);
  collect_kernel_queues(host, facts.nics.change(), std::nullopt, false, facts.unread);
  const ReadWindow window(host, FactNeed::Irqs);
  collect_irqs(host.files(), facts.nics.change(), std::nullopt, facts.unread);
  window.close(facts.unread);
  return facts;
}

Facts collect_owners(const Host& host, const Facts& facts) {
  const FileTree& files = host.files();
  Facts found = facts;
  if (!has(facts.looked_at, FactNeed::Neighbours)) found.neighbours = collect_neighbours(files);
  found.external_settings = collect_external_settings(files, found);
  found.looked_at = facts.looked_at | FactNeed::Neighbours | FactNeed::ExternalSettings;
  return found;
}

}  // namespace tuner
