#include "bench/variant.h"

#include <fmt/format.h>

#include <set>

namespace tuner {
namespace {

// In the order of the enum, each once.
template <typename E>
std::set<E> or_else(const std::vector<E>& chosen, std::set<E> usual) {
  return chosen.empty() ? usual : std::set<E>(chosen.begin(), chosen.end());
}

}  // namespace

std::string variant_name(const BenchVariant& variant) {
  std::string name(word_of(variant.mode));
  if (variant.version) name += fmt::format(" {}", word_of(*variant.version));
  if (variant.cipher) name += fmt::format(" {}", word_of(*variant.cipher));
  if (variant.point) name += fmt::format(" at {}", *variant.point);
  return name;
}

std::optional<BenchVariant> user_space_of(const BenchVariant& variant) {
  if (!asks_kernel(variant.mode)) return std::nullopt;
  return BenchVariant{.mode = is_proxy(variant.mode) ? BenchMode::TlsProxy : BenchMode::Tls,
                      .version = variant.version,
                      .cipher = variant.cipher,
                      .point = variant.point};
}

std::vector<BenchVariant> variants_of(const BenchChoice& choice) {
  std::set<BenchMode> modes(choice.modes.begin(), choice.modes.end());
  if (modes.empty()) {
    for (const Word<BenchMode>& row : kWords<BenchMode>) modes.insert(row.value);
  }
  // A copy, as the loop adds to the set.
  for (const BenchMode mode : std::set(modes)) {
    if (const auto base = user_space_of({.mode = mode})) modes.insert(base->mode);
  }
  modes.insert(BenchMode::Plain);
  const auto versions = or_else(choice.versions, {TlsVersion::Tls12, TlsVersion::Tls13});
  const auto ciphers = or_else(choice.ciphers, {TlsCipher::Aes128Gcm});
  std::vector<BenchVariant> all;
  for (const BenchMode mode : modes) {
    if (!is_tls(mode)) all.push_back({.mode = mode});
  }
  for (const TlsVersion version : versions) {
    for (const TlsCipher cipher : ciphers) {
      for (const BenchMode mode : modes) {
        if (is_tls(mode)) all.push_back({.mode = mode, .version = version, .cipher = cipher});
      }
    }
  }
  return all;
}

std::vector<BenchVariant> usual_variants(BenchChoice choice) {
  const std::set<BenchMode> usual{BenchMode::Plain, BenchMode::PlainSendfile, BenchMode::Tls,
                                  BenchMode::Ktls, BenchMode::KtlsSendfile};
  if (choice.modes.empty()) choice.modes.assign(usual.begin(), usual.end());
  std::erase_if(choice.modes, [&](BenchMode mode) { return !usual.contains(mode); });
  if (choice.modes.empty()) choice.modes = {BenchMode::Plain};
  return variants_of(choice);
}

}  // namespace tuner
