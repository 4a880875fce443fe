// A path from the settings is one word of a unit file, and systemd reads exactly this path: it adds
// no line, no specifier and no second path.
#include "profile/unit_drop_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UnitDropIn, NamesTheFoldersOfTheSettingsOnce) {
  EXPECT_THAT(folders_of({}), IsEmpty());
  EXPECT_THAT(folders_of({.textfile_directory = "/srv/metrics", .feature_file = "/srv/nfd/ktls"}),
              ElementsAre("/srv/metrics", "/srv/nfd"));
  EXPECT_THAT(folders_of({.textfile_directory = "/srv/a", .feature_file = "/srv/a/ktls"}),
              ElementsAre("/srv/a"));
}

TEST(UnitDropIn, APathIsOneQuotedWordThatMayBeMissing) {
  EXPECT_EQ(as_unit_path("/srv/metrics"), "\"-/srv/metrics\"");
  EXPECT_EQ(as_unit_path("/srv/a b -/etc"), "\"-/srv/a b -/etc\"");
  EXPECT_EQ(as_unit_path("/srv/\xc3\xa4"), "\"-/srv/\xc3\xa4\"");
}

TEST(UnitDropIn, SpecifiersQuotesAndBackslashesStandForThemselves) {
  EXPECT_EQ(as_unit_path("/srv/%h%%"), "\"-/srv/%%h%%%%\"");
  EXPECT_EQ(as_unit_path("/srv/a\" -/etc"), "\"-/srv/a\\\" -/etc\"");
  EXPECT_EQ(as_unit_path("/srv/a\\"), "\"-/srv/a\\\\\"");
}

TEST(UnitDropIn, RejectsPathsThatAUnitFileCannotContain) {
  for (const char* path :
       {"/srv/a\nExecStart=/bin/sh", "/srv/a\r[Unit]", "/srv/a\tb", "/srv/\x1b[2J",
        "/srv/\xe2\x80\xa8", "/srv/\xe2\x80\xae", "/srv/\xff", "/srv/\x7f"})
    EXPECT_EQ(as_unit_path(path), std::nullopt) << path;
}

TEST(UnitDropIn, HasASectionWithOneLinePerPath) {
  EXPECT_EQ(read_write_drop_in({}), "");
  const std::vector<std::string> words{"\"-/a\"", "\"-/b\""};
  const std::string text = read_write_drop_in(words);
  EXPECT_EQ(text.substr(text.find('\n')),
            "\n[Service]\nReadWritePaths=\"-/a\"\nReadWritePaths=\"-/b\"\n");
  EXPECT_TRUE(text.starts_with("# "));
}

}  // namespace
}  // namespace tuner
