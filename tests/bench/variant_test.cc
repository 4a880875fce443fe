#include "bench/variant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names(const BenchChoice& choice) {
  std::vector<std::string> names;
  for (const BenchVariant& variant : variants_of(choice)) names.push_back(variant_name(variant));
  return names;
}

TEST(BenchVariants, WithoutAChoiceEachModeIsThereInBothVersions) {
  const auto all = variants_of({});
  EXPECT_EQ(all.size(), 2 + 2 * (kWords<BenchMode>.size() - 2));
  for (const BenchVariant& variant : all) {
    EXPECT_EQ(is_tls(variant.mode), variant.version.has_value());
    EXPECT_EQ(variant.cipher.value_or(TlsCipher::Aes128Gcm), TlsCipher::Aes128Gcm);
  }
}

TEST(BenchVariants, AChosenRowBringsWhatItIsComparedWith) {
  EXPECT_THAT(
      names({.modes = {BenchMode::KtlsSplice},
             .versions = {TlsVersion::Tls12},
             .ciphers = {TlsCipher::Aes256Gcm}}),
      ElementsAre("plain", "tls-proxy TLSv1.2 AES-256-GCM", "ktls-splice TLSv1.2 AES-256-GCM"));
  EXPECT_THAT(names({.modes = {BenchMode::KtlsReceive, BenchMode::KtlsReceive},
                     .versions = {TlsVersion::Tls13},
                     .ciphers = {}}),
              ElementsAre("plain", "tls TLSv1.3 AES-128-GCM", "ktls-receive TLSv1.3 AES-128-GCM"));
}

TEST(BenchVariants, TheUsualOnesHaveOneConnectionWhoseSenderAsks) {
  const auto usual = usual_variants();
  EXPECT_EQ(usual.size(), 8U);
  for (const BenchVariant& variant : usual)
    EXPECT_FALSE(is_proxy(variant.mode) || asks_to_receive(variant.mode));
  EXPECT_THAT(usual_variants({.modes = {BenchMode::KtlsSplice}, .versions = {}, .ciphers = {}}),
              ElementsAre(BenchVariant{.mode = BenchMode::Plain, .version = {}, .cipher = {}}));
}

TEST(BenchVariants, CiphersAreRowsInAFixedOrder) {
  EXPECT_THAT(names({.modes = {BenchMode::Tls},
                     .versions = {TlsVersion::Tls13},
                     .ciphers = {TlsCipher::Chacha20Poly1305, TlsCipher::Aes128Gcm}}),
              ElementsAre("plain", "tls TLSv1.3 AES-128-GCM", "tls TLSv1.3 CHACHA20-POLY1305"));
}

// A mode asks the kernel for a direction, or it does not ask at all.
TEST(BenchVariants, EachModeThatAsksTheKernelHasARowInUserSpace) {
  for (const BenchVariant& variant : variants_of({})) {
    const auto base = user_space_of(variant);
    EXPECT_EQ(base.has_value(), asks_kernel(variant.mode));
    EXPECT_EQ(asks_kernel(variant.mode),
              asks_to_send(variant.mode) || asks_to_receive(variant.mode));
    if (!base) continue;
    EXPECT_FALSE(asks_kernel(base->mode));
    EXPECT_EQ(is_proxy(base->mode), is_proxy(variant.mode));
    EXPECT_EQ(base->version, variant.version);
  }
}

}  // namespace
}  // namespace tuner
