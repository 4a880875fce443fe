#include "docs/nic_drivers_page.h"

#include "base/text.h"
#include "model/nic_drivers.h"

#include <fmt/format.h>

#include <vector>

namespace tuner {
namespace {

std::string in_code(std::string_view name) {
  return name.empty() ? std::string() : fmt::format("`{}`", name);
}

// "after boot" is the state behind the driver's probe, without any setting of a host.
std::string since(bool offloads, KernelVersion version, bool on_after_probe) {
  if (!offloads) return "–";
  return fmt::format("since {}, {} after boot", to_text(version), on_after_probe ? "on" : "off");
}

std::string offloading_row(const NicDriverRow& row) {
  std::string kernel = in_code(row.option);
  if (!row.module.empty()) kernel += fmt::format(", module {}", in_code(row.module));
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", in_code(row.driver), row.models,
                     since(row.tx, row.since_tx, row.tx_on_after_probe),
                     since(row.rx, row.since_rx, row.rx_on_after_probe),
                     row.aes_256 ? "AES-128-GCM, AES-256-GCM (from 6.1 on)" : "AES-128-GCM", kernel,
                     row.needs);
}

std::string offloading_section() {
  std::string text =
      "\n## Drivers that offload TLS\n\nOnly TLS 1.2: no kernel up to 7.3 offloads TLS 1.3.\n\n| "
      "driver | "
      "models | sending | receiving | ciphers | kernel | needs |\n|---|---|---|---|---|---|---|\n";
  std::string notes;
  for (const NicDriverRow& row : nic_drivers()) {
    if (!row.tx && !row.rx) continue;
    text += offloading_row(row);
    if (!row.note.empty()) notes += fmt::format("- {}: {}.\n", in_code(row.driver), row.note);
    if (row.rx_reopens_channels)
      notes += fmt::format(
          "- {}: switching receive offload reopens every channel, which interrupts all traffic "
          "briefly.\n",
          in_code(row.driver));
  }
  return text + "\n" + notes;
}

std::string others_section() {
  std::string text = "\n## Drivers that do not\n\n| driver | models | |\n|---|---|---|\n";
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx || row.rx) continue;
    text += fmt::format("| {} | {} | {} |\n", in_code(row.driver), row.models, row.note);
  }
  return text;
}

std::string affinity_section() {
  std::string text =
      "\n## Drivers that keep affinities\n\nThe networking core saves the affinity of their "
      "queues' interrupts and restores it (`netif_set_affinity_auto()`). A link change does not "
      "explain a drift there.\n\n| driver | since |\n|---|---|\n";
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.keeps_affinity_since > KernelVersion{})
      text += fmt::format("| {} | {} |\n", in_code(row.driver), to_text(row.keeps_affinity_since));
  }
  return text;
}

std::string cards_section() {
  std::string text =
      "\n## Cards that share a driver\n\nBy PCI id (`facts` shows it). *Some* means that models "
      "with and without crypto exist, *not known* that no source says either.\n\n| ids | card | "
      "TLS offload |\n|---|---|---|\n";
  for (const CardRow& row : nic_cards())
    text += fmt::format("| {} | {} | {} |\n", in_code(row.ids), row.name, word_of(row.tls));
  return text;
}

std::string_view kind_words(const TlsStatistic& row) {
  const bool tx = row.direction == TlsDirection::Tx;
  switch (row.kind) {
    case TlsStatistic::Kind::Packets:
      return tx ? "packets that the NIC encrypted" : "packets that the NIC decrypted";
    case TlsStatistic::Kind::Bytes: return "bytes of those";
    case TlsStatistic::Kind::Contexts: return "connections handed to the NIC";
    case TlsStatistic::Kind::ProgramResult: return "connections removed from the NIC";
    case TlsStatistic::Kind::Resync: return "retransmissions and resyncs; harmless";
    case TlsStatistic::Kind::Trouble: return "refused, dropped or not decrypted: investigate";
  }
  return "";
}

std::string statistics_section() {
  std::string text =
      "\n## Driver statistics\n\n`ethtool -S` shows them under the names of "
      "`Documentation/networking/tls-offload.rst`, where it has one. cxgb4 pads them with "
      "blanks.\n\n| name | | counts | drivers |\n|---|---|---|---|\n";
  for (const TlsStatistic& row : tls_statistics()) {
    std::vector<std::string> drivers;
    for (const std::string_view driver : split_whitespace(row.drivers))
      drivers.emplace_back(driver);
    text += fmt::format("| {} | {} | {} | {} |\n", in_code(row.name),
                        tls_direction_name(row.direction), kind_words(row), join(drivers, ", "));
  }
  return text;
}

std::string sources_section() {
  std::string text =
      "\n## Sources\n\nRead in the sources of Linux, in `drivers/net/ethernet/`:\n\n";
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx || row.rx) text += fmt::format("- {}: {}\n", in_code(row.driver), row.source);
  }
  return text +
         "- the others: 5.10, 6.1, 6.12, 7.2 and 7.3 have no `tlsdev_ops` in their folders\n";
}

}  // namespace

std::string nic_drivers_page() {
  return "The kernel's NIC drivers that offload TLS, and their requirements. `ktls-tuner facts` "
         "shows for this machine why TLS is offloaded or not; what the NIC reports takes "
         "precedence over these tables.\n" +
         offloading_section() + others_section() + affinity_section() + cards_section() +
         statistics_section() + sources_section();
}

}  // namespace tuner
