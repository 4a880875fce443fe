#include "probe/cipher_reasons.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// Whether the kernel's own driver of the algorithm does the work, at least in one direction.
bool is_software(const ProbeEnd& end) {
  return end.tx == TlsPath::Kernel || end.rx == TlsPath::Kernel;
}

void add_reason(std::string& because, const std::string& reason) {
  because += (because.empty() ? "" : "; ") + reason;
}

}  // namespace

// A software path passes the probe and may still be slow: Linux 6.1 uses a generic driver for
// AES-GCM while aesni_intel is not loaded. The probe says so, without a change of its result.
void explain_ciphers(ProbeReport& report, const std::optional<CryptoFacts>& crypto) {
  if (!crypto) return;
  bool aes = false;
  for (ProbeCell& cell : report.cells) {
    const KernelCipher cipher = kernel_cipher(*crypto, cell.cipher);
    if (cipher.kind != CipherClass::Generic || !is_software(own_end(report, cell))) continue;
    aes = aes || cipher.algorithm == "gcm(aes)";
    add_reason(cell.because, fmt::format("the kernel's {} is {}, a generic driver ({}); {}",
                                         cipher.algorithm, cipher.driver, cipher.because,
                                         accelerate_next_step(*crypto, cell.cipher)));
  }
  // Once for the report and not for each cell: nearly every deployment uses AES-GCM.
  const auto warning = generic_cipher_warning(crypto);
  if (aes && warning) report.warnings.push_back(*warning);
}

}  // namespace tuner
