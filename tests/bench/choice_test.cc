#include "bench/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::vector<std::string> names(BenchWorkload workload, const BenchChoice& choice) {
  std::vector<std::string> names;
  for (const BenchVariant& row : rows_of(workload, choice)) names.push_back(variant_name(row));
  return names;
}

TEST(BenchChoice, WithoutOneBulkHasAllRowsAndOthersTheirOwn) {
  EXPECT_EQ(rows_of(BenchWorkload::Bulk, {}), variants_of({}));
  EXPECT_THAT(names(BenchWorkload::Loss, {}),
              ElementsAre("plain", "tls TLSv1.3 AES-128-GCM", "ktls TLSv1.3 AES-128-GCM"));
  EXPECT_EQ(rows_of(BenchWorkload::Handshakes, {}).size(), 5U);
}

TEST(BenchChoice, EachWorkloadMeasuresAModeWithoutTlsAndWhatItsModesAreComparedWith) {
  for (const Word<BenchWorkload>& row : kWords<BenchWorkload>) {
    const WorkloadModes able = modes_of(row.value);
    EXPECT_FALSE(is_tls(able.modes.at(0))) << row.word;
    for (const BenchMode mode : able.modes) {
      const auto base = user_space_of({.mode = mode});
      if (!base) continue;
      EXPECT_THAT(able.modes, Contains(base->mode)) << row.word;
    }
  }
}

TEST(BenchChoice, OfEachWorkloadVersionCipherAndModeAreChosen) {
  for (const Word<BenchWorkload>& row : kWords<BenchWorkload>) {
    for (const BenchMode mode : modes_of(row.value).modes) {
      if (!asks_kernel(mode)) continue;
      const BenchChoice choice{.modes = {mode},
                               .versions = {TlsVersion::Tls12},
                               .ciphers = {TlsCipher::Chacha20Poly1305}};
      EXPECT_TRUE(check_choice(row.value, false, choice)) << row.word;
      const auto rows = rows_of(row.value, choice);
      ASSERT_GE(rows.size(), 3U) << row.word;
      EXPECT_EQ(rows.size() % 3, 0U) << row.word;
      EXPECT_EQ(rows[0].mode, modes_of(row.value).modes[0]) << row.word;
      EXPECT_EQ(rows[1], user_space_of(rows[2])) << row.word;
      EXPECT_EQ(rows[2].mode, mode) << row.word;
      EXPECT_EQ(rows[2].version, TlsVersion::Tls12) << row.word;
      EXPECT_EQ(rows[2].cipher, TlsCipher::Chacha20Poly1305) << row.word;
    }
  }
}

TEST(BenchChoice, HoldsAtEachPoint) {
  const BenchChoice choice{.modes = {BenchMode::Tls},
                           .versions = {TlsVersion::Tls12},
                           .ciphers = {TlsCipher::Aes256Gcm}};
  EXPECT_THAT(
      names(BenchWorkload::SlowReaders, choice),
      ElementsAre("plain at 0", "tls TLSv1.2 AES-256-GCM at 0", "plain at 8",
                  "tls TLSv1.2 AES-256-GCM at 8", "plain at 16", "tls TLSv1.2 AES-256-GCM at 16"));
}

TEST(BenchChoice, WithoutAnEffectIsRefused) {
  const BenchChoice splice{
      .modes = {BenchMode::Tls, BenchMode::KtlsSplice}, .versions = {}, .ciphers = {}};
  for (const Word<BenchWorkload>& row : kWords<BenchWorkload>) {
    EXPECT_EQ(check_choice(row.value, false, splice).has_value(), row.value == BenchWorkload::Bulk)
        << row.word;
  }
  const auto small = check_choice(BenchWorkload::SmallRecords, false, splice);
  EXPECT_EQ(small.error().fault, Fault::Invalid);
  EXPECT_EQ(small.error().text,
            "--mode ktls-splice: the workload small-records does not measure it");
  EXPECT_EQ(small.error().hint, "it measures plain, tls, ktls");
  EXPECT_EQ(check_choice(BenchWorkload::Bulk, true, splice).error().text,
            "--mode ktls-splice: the workload bulk between two hosts does not measure it");
  const BenchChoice no_tls{
      .modes = {BenchMode::Plain}, .versions = {TlsVersion::Tls13}, .ciphers = {}};
  EXPECT_EQ(check_choice(BenchWorkload::Bulk, false, no_tls).error().text,
            "--tls-version and --cipher are of TLS, and no chosen --mode has it");
}

}  // namespace
}  // namespace tuner
