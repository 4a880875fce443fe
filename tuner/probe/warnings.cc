#include "probe/warnings.h"

#include "base/text.h"
#include "model/defects.h"
#include "model/release.h"
#include "probe/key_update.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// An unknown path may be in the kernel.
bool in_kernel(const PathFinding& path) {
  return path == TlsPath::Kernel || path == TlsPath::Device || path == TlsPath::Unknown;
}

}  // namespace

std::string short_version(std::string_view library_version) {
  const auto words = split_whitespace(library_version);
  if (words.size() < 2) return std::string(library_version);
  return fmt::format("{} {}", words[0], words[1]);
}

// Measured with Debian's libssl 3.0, 3.5 and 3.6 on kernels 6.1 to 7.3: only OpenSSL 3.2 or later
// with a kernel that takes a second key survives a KeyUpdate in each direction.
std::optional<std::string> key_update_warning(std::string_view library_version,
                                              bool kernel_rekeys) {
  constexpr std::string_view kAdvice =
      "Until then use kTLS with TLS 1.2 only, or leave it off where peers may send a KeyUpdate.";
  const auto release = parse_release(library_version);
  if (!release || *release < ReleaseNumber{3, 2, 0}) {
    return fmt::format(
        "TLS 1.3 transmit in the kernel is unsafe with {}: it does not hand a new key to the "
        "kernel, so a KeyUpdate breaks the connection (bad record MAC), and a remote peer can "
        "cause one. OpenSSL 3.2 or later with kernel 6.14 or later is safe. {}",
        short_version(library_version), kAdvice);
  }
  if (kernel_rekeys) return std::nullopt;
  return fmt::format(
      "TLS 1.3 in the kernel is unsafe here: this kernel does not accept a second key, so a "
      "KeyUpdate ends the connection ({}: \"no suitable record layer\"), and a remote peer can "
      "cause one. Kernel "
      "6.14 or later is safe. {}",
      short_version(library_version), kAdvice);
}

// Distributions backport fixes without a new number, so this is a warning and no result.
std::optional<std::string> moving_buffer_warning(std::string_view library_version) {
  const Defect& defect = known_defect("moving-write-buffer");
  const DefectState state = state_of(defect, parse_release(library_version));
  if (state == DefectState::Fixed) return std::nullopt;
  return fmt::format(
      "{} {} over kTLS: {}. Fixed in {}. Upgrade, or check whether your distribution has "
      "backported the fix.",
      short_version(library_version),
      state == DefectState::Affected ? "can send wrong data" : "may send wrong data",
      defect.symptom, fixed_in(defect));
}

bool sends_in_kernel(const ProbeReport& report) {
  return std::ranges::any_of(
      report.cells, [&](const ProbeCell& cell) { return in_kernel(own_end(report, cell).tx); });
}

std::vector<std::string> probe_warnings(const ProbeReport& report, bool kernel_rekeys) {
  // A KeyUpdate breaks the connection also if only receive is in the kernel.
  const auto uses13 = [&](const ProbeCell& cell) {
    const ProbeEnd end = own_end(report, cell);
    return cell.version == TlsVersion::Tls13 && (in_kernel(end.tx) || in_kernel(end.rx));
  };
  std::vector<std::string> warnings;
  const auto add = [&](std::optional<std::string> warning) {
    if (warning) warnings.push_back(std::move(*warning));
  };
  const std::string& library = report.library.version;
  // What was tried is better evidence than the version; its verdict is shown by itself.
  const bool tried = report.key_updates &&
                     judge_key_updates(*report.key_updates).safety != KeyUpdateSafety::Unknown;
  if (!tried && std::ranges::any_of(report.cells, uses13))
    add(key_update_warning(library, kernel_rekeys));
  if (sends_in_kernel(report)) add(moving_buffer_warning(library));
  return warnings;
}

}  // namespace tuner
