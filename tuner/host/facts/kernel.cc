#include "base/number.h"
#include "base/text.h"
#include "host/facts/kernel_config.h"
#include "host/facts/module_state.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"
#include "model/nic_drivers.h"

#include <array>

namespace tuner {
namespace {

// The options that matter for kernel TLS. Options of NIC drivers are added from nic_drivers().
constexpr std::array<std::string_view, 7> kOptions{
    "CONFIG_TLS",      "CONFIG_TLS_DEVICE",    "CONFIG_TLS_TOE",         "CONFIG_MODULES",
    "CONFIG_CPU_FREQ", "CONFIG_INET_TCP_DIAG", "CONFIG_MODULE_SIG_FORCE"};

// "none [integrity] confidentiality"
std::string bracketed(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open);
  if (close == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, close - open - 1));
}

}  // namespace

KernelFacts collect_kernel(const FileTree& files, std::string_view release) {
  KernelFacts kernel;
  const KernelConfig config = read_kernel_config(files, release);
  kernel.tls = module_state(files, "tls", release, &config);
  kernel.config_source = config.source;
  // Debian's kernels have "# CONFIG_MLX5_EN_TLS is not set": the card can offload TLS and its
  // driver cannot. Only the configuration tells this apart from a card without the function.
  std::vector<std::string_view> options(kOptions.begin(), kOptions.end());
  for (const NicDriverRow& row : nic_drivers()) {
    if (!row.option.empty()) options.push_back(row.option);
  }
  kernel.config = config_values(config.text, options);
  // Missing on kernels without CONFIG_SECURITY_LOCKDOWN_LSM or if securityfs is not mounted: empty.
  kernel.lockdown = bracketed(read_word(files, "/sys/kernel/security/lockdown"));
  const std::string ulp = read_word(files, "/proc/sys/net/ipv4/tcp_available_ulp");
  for (const std::string_view name : split_whitespace(ulp)) kernel.available_ulp.emplace_back(name);
  return kernel;
}

// TlsCurrTxSw                     	1
std::optional<std::map<std::string, std::uint64_t>> collect_tls_stat(const FileTree& files) {
  const auto text = files.read("/proc/net/tls_stat");
  // Absent until tls is loaded, and before Linux 5.5. Both differ from counters that are 0.
  if (!text) return std::nullopt;
  std::map<std::string, std::uint64_t> counters;
  for (const std::string_view line : lines(*text)) {
    const auto fields = split_whitespace(line);
    if (fields.size() != 2) continue;
    if (const auto count = whole_number<std::uint64_t>(fields[1]))
      counters.emplace(fields[0], *count);
  }
  return counters;
}

}  // namespace tuner
