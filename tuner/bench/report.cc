#include "bench/report.h"

#include <fmt/format.h>

namespace tuner {

std::string variant_name(const BenchVariant& variant) {
  std::string name(word_of(variant.mode));
  if (variant.version) name += fmt::format(" {}", word_of(*variant.version));
  if (variant.cipher) name += fmt::format(" {}", word_of(*variant.cipher));
  if (variant.point) name += fmt::format(" at {}", *variant.point);
  return name;
}

std::vector<BenchVariant> usual_variants() {
  std::vector<BenchVariant> all{{.mode = BenchMode::Plain}, {.mode = BenchMode::PlainSendfile}};
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const BenchMode mode : {BenchMode::Tls, BenchMode::Ktls, BenchMode::KtlsSendfile})
      all.push_back({.mode = mode, .version = version, .cipher = TlsCipher::Aes128Gcm});
  }
  return all;
}

}  // namespace tuner
