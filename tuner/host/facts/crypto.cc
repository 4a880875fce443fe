#include "host/facts/parts.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

// Modules that implement AES, GHASH or AES-GCM with CPU instructions. A built-in one has a folder
// in /sys/module only if it has parameters; otherwise the drivers in /proc/crypto show it.
constexpr std::array<std::string_view, 10> kAccelerators{
    "aesni_intel", "ghash_clmulni_intel", "aes_ce_blk", "aes_ce_ccm",         "ghash_ce",
    "aes_s390",    "ghash_s390",          "vmx_crypto", "aes_gcm_p10_crypto", "aes_neon_bs"};

// Reads the CPU features from the modalias that udev matches modules with
// (arch/x86/kernel/cpu/match.c, drivers/base/cpu.c). It is one small file; /proc/cpuinfo has a page
// per CPU.
//
// cpu:type:x86,ven0000fam0006mod0055:feature:,0000,0001,…,0099,…
// cpu:type:aarch64:feature:,0000,0001,0003,…
void read_cpu(const FileTree& files, CryptoFacts& crypto) {
  constexpr std::string_view kPrefix = "cpu:type:";
  constexpr std::string_view kX86Aes = ",0099";  // X86_FEATURE_AES: 4 * 32 + 25
  constexpr std::string_view kArmAes = ",0003";  // HWCAP_AES: bit 3
  const std::string alias = read_word(files, "/sys/devices/system/cpu/modalias");
  const std::size_t features = alias.find(":feature:");
  if (!alias.starts_with(kPrefix) || features == std::string::npos) return;
  crypto.cpu =
      alias.substr(kPrefix.size(), alias.find_first_of(",:", kPrefix.size()) - kPrefix.size());
  const std::string_view aes = crypto.cpu == "x86"       ? kX86Aes
                               : crypto.cpu == "aarch64" ? kArmAes
                                                         : std::string_view();
  if (!aes.empty()) crypto.cpu_aes = alias.find(aes, features) != std::string::npos;
}

}  // namespace

std::optional<CryptoFacts> collect_crypto(const FileTree& files) {
  const auto text = files.read("/proc/crypto");
  if (!text) return std::nullopt;
  CryptoFacts crypto{.drivers = parse_proc_crypto(*text)};
  read_cpu(files, crypto);
  for (const std::string_view module : kAccelerators) {
    if (files.exists(fmt::format("/sys/module/{}", module)))
      crypto.accelerators.emplace_back(module);
  }
  return crypto;
}

}  // namespace tuner
