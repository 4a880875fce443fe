// Writes the pages that come from tables of the program. scripts/check fails if a page differs from
// its table.
//   make-docs DIR        DIR is the top of the repository, or an empty folder to compare with it

#include "cli/exit_code.h"
#include "cli/man_pages.h"
#include "cli/metrics.h"
#include "cli/nic_drivers_page.h"
#include "knobs/catalog.h"
#include "profile/diagnostic_codes.h"
#include "profile/schema.h"
#include "profile/tool_settings.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace tuner {
namespace {

constexpr std::string_view kMade =
    "<!-- made by make-docs from the program's own tables; do not edit -->\n\n";

std::string knobs_page() {
  std::string page =
      "# Setting families\n\n" + std::string(kMade) +
      "In the order in which `apply` works; why that order, see `tuner/knobs/catalog.cc`.\n";
  for (const Knob& knob : catalog()) {
    const KnobInfo& info = knob.info;
    page += fmt::format("\n## {}\n\n{}\n\n| | |\n|---|---|\n", info.name, info.doc);
    page += fmt::format(
        "| in a profile | `{}` |\n| phase | {} |\n| reads | {} |\n| writes | {} |\n| right to "
        "write | {} |\n",
        info.in_profile, phase_name(info.phase), info.reads, info.writes,
        info.capability.empty() ? "none" : info.capability);
  }
  return page;
}

std::string exit_codes_page() {
  std::string page = "# Exit codes\n\n" + std::string(kMade) +
                     "Several at once: 78 before all, then 77, 4, 1, 2, 3. A *preferred* setting "
                     "that cannot be met "
                     "or fails to be written changes no code.\n\n| code | name | meaning | what to "
                     "do |\n|---|---|---|---|\n";
  for (const ExitCodeRow& row : exit_codes()) {
    page += fmt::format("| {} | {} | {} | {} |\n", static_cast<int>(row.code), row.name,
                        row.meaning, row.next_step);
  }
  return page;
}

std::string errors_page() {
  std::string page = "# Profile diagnostics\n\n" + std::string(kMade) +
                     "What `profile check` and every verb that reads a profile can say, by the "
                     "code in brackets.\n";
  for (const DiagnosticCode& row : kDiagnosticCodes) {
    page += fmt::format("\n## {}\n\n*{}.* {}. {}\n", row.code, severity_name(row.severity),
                        row.title, row.explanation);
  }
  return page;
}

std::string settings_page() {
  return "# Settings of the tool itself\n\n" + std::string(kMade) +
         "`/etc/ktls-tuner/ktls-tuner.yaml` is read by the drift job (`ktls-tuner check --job`, "
         "[monitoring](monitoring/README.md)). Every key may be left out, and so may the file. It "
         "is "
         "read as strictly as a profile: what is wrong is told with file, line and column, by the "
         "codes "
         "of [errors.md](errors.md), and nothing is done with a file that has an error (exit "
         "78).\n\n" +
         tool_settings_reference() +
         "\nOn a host with systemd, `systemctl daemon-reload` follows a change of "
         "`textfile_directory` or `feature_file`: the units of the drift job see the file system "
         "read-only, and a generator opens the folders of these two to them. A folder that is a "
         "link into a place for programs or configuration, or that a user other than its owner "
         "could exchange, is not opened; the reason is in systemd's log.\n"
         "\nAn editor with a YAML language server checks it, if its first line is\n"
         "`# yaml-language-server: "
         "$schema=/usr/share/ktls-tuner/schema/settings.schema.json`.\n";
}

std::string metrics_page() {
  std::string page =
      "# Metrics\n\n" + std::string(kMade) +
      "What `ktls-tuner check --metrics FILE` and `--job` leave for node_exporter's textfile "
      "collector. What is not known is absent: no profile active, no probe under this kernel, a "
      "counter that this kernel does not have, `tls` not loaded. `state` is a step's status "
      "(`change` is drift), `knob` a [setting family](../knobs.md), `path` is `device`, `kernel` "
      "or "
      "`userspace`; of `ktls_tuner_probe_success` the path that the profile expects.\n\n"
      "The kernel's counters are of the network namespace that the check runs in, the host's.\n\n"
      "| metric | type | labels | |\n|---|---|---|---|\n";
  for (const MetricFamily& family : metric_families())
    page += fmt::format("| `{}` | {} | {} | {} |\n", family.name, family.type, family.labels,
                        family.help);
  return page;
}

bool write_page(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace
}  // namespace tuner

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make-docs DIR\n";
    return 64;
  }
  const std::filesystem::path top = argv[1];
  const bool written =
      tuner::write_page(top / "docs/knobs.md", tuner::knobs_page()) &&
      tuner::write_page(top / "docs/exit-codes.md", tuner::exit_codes_page()) &&
      tuner::write_page(top / "docs/errors.md", tuner::errors_page()) &&
      tuner::write_page(top / "docs/nic-drivers.md", "# NIC drivers and TLS offload\n\n" +
                                                         std::string(tuner::kMade) +
                                                         tuner::nic_drivers_page()) &&
      tuner::write_page(
          top / "docs/profile-keys.md",
          "# Profile keys\n\n" + std::string(tuner::kMade) + tuner::profile_reference_markdown()) &&
      tuner::write_page(top / "docs/monitoring/metrics.md", tuner::metrics_page()) &&
      tuner::write_page(top / "docs/settings.md", tuner::settings_page()) &&
      tuner::write_page(top / "scripts/host/ktls-tuner.yaml", tuner::tool_settings_example()) &&
      tuner::write_page(top / "schema/settings.schema.json", tuner::tool_settings_schema_json()) &&
      tuner::write_page(top / "docs/man/ktls-tuner.8.scd", tuner::program_man_page()) &&
      tuner::write_page(top / "docs/man/ktls-tuner-profile.5.scd", tuner::profile_man_page()) &&
      tuner::write_page(top / "schema/profile.schema.json", tuner::profile_schema_json());
  return written ? 0 : 1;
}
