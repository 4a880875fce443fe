// The tool's own settings: strict parsing, positions of errors, and the defaults without a file.
#include "profile/tool_settings.h"

#include "profile/profile_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kPath = "/etc/ktls-tuner/ktls-tuner.yaml";

LoadedToolSettings read(std::string_view text) {
  test::MapFiles files;
  files.files[kPath] = text;
  return load_tool_settings(files, kPath);
}

std::vector<std::string> said(std::string_view text) {
  std::vector<std::string> texts;
  const auto loaded = read(text);
  EXPECT_FALSE(loaded.settings.has_value());
  for (const Diagnostic& one : loaded.diagnostics) texts.push_back(to_text(one));
  return texts;
}

TEST(ToolSettings, HaveDefaultsWithoutAFile) {
  const auto loaded = load_tool_settings(test::MapFiles(), kPath);
  ASSERT_TRUE(loaded.settings.has_value());
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  EXPECT_EQ(loaded.settings->splay, std::chrono::minutes(30));
  EXPECT_FALSE(loaded.settings->repair);
  EXPECT_EQ(loaded.settings->textfile_directory + loaded.settings->feature_file, "");
}

TEST(ToolSettings, TheInstalledFileMeansTheDefaults) {
  const auto loaded = read(tool_settings_example());
  ASSERT_TRUE(loaded.settings.has_value());
  EXPECT_EQ(loaded.settings->splay, ToolSettings{}.splay);
}

TEST(ToolSettings, TheInstalledFileIsValidWithoutItsCommentSigns) {
  std::string text = tool_settings_example();
  std::string keys;
  for (std::size_t at = 0; (at = text.find("\n#", at)) != std::string::npos; ++at) {
    const std::string line = text.substr(at + 2, text.find('\n', at + 1) - at - 2);
    if (!line.starts_with(' ')) keys += line + "\n";
  }
  const auto loaded = read(keys);
  ASSERT_TRUE(loaded.settings.has_value()) << keys << to_text(loaded.diagnostics.front());
  EXPECT_EQ(loaded.settings->textfile_directory, "/var/lib/prometheus/node-exporter");
  EXPECT_THAT(loaded.settings->feature_file, HasSubstr("features.d/ktls-tuner"));
}

TEST(ToolSettings, AreRead) {
  const auto loaded = read(
      "textfile_directory: /srv/metrics\nsplay: 2m\nrepair: true\nfeature_file: /run/features\n");
  ASSERT_TRUE(loaded.settings.has_value());
  EXPECT_EQ(loaded.settings->textfile_directory, "/srv/metrics");
  EXPECT_EQ(loaded.settings->splay, std::chrono::minutes(2));
  EXPECT_TRUE(loaded.settings->repair);
  EXPECT_EQ(loaded.settings->feature_file, "/run/features");
}

TEST(ToolSettings, ReportAllErrorsWithTheirPositions) {
  EXPECT_THAT(
      said("textfile_director: /x\nsplay: 3 weeks\nrepair: yes\nfeature_file: features\n"),
      ElementsAre(
          "/etc/ktls-tuner/ktls-tuner.yaml:1:1: error: there is no key 'textfile_director' here "
          "[unknown-key]\n    textfile_director: /x\n    ^\n  hint: did you mean "
          "textfile_directory?",
          AllOf(HasSubstr(":2:8: error: '3 weeks' is not a duration from 1 s to 1 day [bad-value]"),
                HasSubstr("hint: write it as 90s, 2m or 1h")),
          HasSubstr(":3:9: error: "),
          AllOf(HasSubstr(":4:15: error: feature_file cannot be 'features' [bad-value]"),
                HasSubstr("an absolute path, such as /etc/kubernetes"))));
}

TEST(ToolSettings, RejectFoldersOfProgramsAndTheirConfiguration) {
  for (const char* path : {"/dev/null",
                           "/dev/shm/x",
                           "/proc/sys/kernel/core_pattern",
                           "/sys/kernel/uevent_helper",
                           "/etc",
                           "/etc/cron.d",
                           "/etc/cron.d/",
                           "/etc/systemd/system/x.service",
                           "/etc/profile.d/x.sh",
                           "/etc/ktls-tuner/profiles.d/x.yaml",
                           "/etc/kubernetes/manifests/x",
                           "/etc/kubernetes/node-feature-discovery/source.d/x",
                           "/etc/kubernetes/node-feature-discovery/features.d.x/y",
                           "/usr/bin/ktls",
                           "/usr/local/sbin",
                           "/usr/libexec/ktls-tuner",
                           "/bin/x",
                           "/sbin/x",
                           "/lib/x",
                           "/lib64/ld-linux-x86-64.so.2",
                           "/boot/grub",
                           "/root/.ssh/authorized_keys",
                           "/run/systemd/system/x",
                           "/run/udev/rules.d/x",
                           "/var/run/udev/rules.d/x",
                           "/run/modprobe.d/x",
                           "/run/ktls-tuner/journal",
                           "/var/lib/ktls-tuner/persisted",
                           "/var/spool/cron/crontabs/root",
                           "/var/lib/dpkg/info/x.postinst"}) {
    for (const char* key : {"textfile_directory", "feature_file"}) {
      EXPECT_THAT(said(fmt::format("{}: {}\n", key, path)),
                  ElementsAre(AllOf(HasSubstr(fmt::format("{} cannot be '{}': ", key, path)),
                                    HasSubstr("[bad-value]"), HasSubstr("in a folder for data"))))
          << path;
    }
  }
}

// A path must not contain parts that lead elsewhere.
TEST(ToolSettings, RejectPathsWithDotDot) {
  for (const char* path : {"/srv/../etc/cron.d", "/srv/./x", "/..", "/.", "//etc/cron.d", "/srv//x",
                           "/", "srv/x", "./x", "../etc/cron.d", "~/x", "/srv/..",
                           "/etc/kubernetes/node-feature-discovery/"
                           "features.d/../source.d/x"})
    EXPECT_THAT(said(fmt::format("feature_file: \"{}\"\n", path)),
                ElementsAre(HasSubstr("[bad-value]")))
        << path;
  for (const char* path :
       {"/srv/metrics", "/srv/metrics/", "/srv/..x/y", "/var/lib/prometheus/node-exporter",
        "/etcetera/x", "/usrx", "/run/features", "/var/runx/udev", "/opt/node_exporter/textfile",
        "/etc/kubernetes/node-feature-discovery/features.d/ktls-tuner"})
    EXPECT_TRUE(read(fmt::format("feature_file: {}\n", path)).settings.has_value()) << path;
}

TEST(ToolSettings, RejectValuesOfAnotherType) {
  EXPECT_THAT(said("repair: [true]\n"), ElementsAre(HasSubstr("takes a single value, not a list")));
  EXPECT_THAT(said("textfile_directory:\n"), ElementsAre(HasSubstr("[no-value]")));
  EXPECT_THAT(said("- splay\n"), ElementsAre(HasSubstr("the settings file takes a mapping")));
  EXPECT_THAT(said("splay: 1m\nsplay: 2m\n"), ElementsAre(HasSubstr("[duplicate-key]")));
  EXPECT_THAT(said("splay: {\n"), ElementsAre(HasSubstr("[syntax]")));
}

TEST(ToolSettings, AnUnreadableFileIsAnError) {
  test::MapFiles files;
  files.faults[kPath] = {.fault = Fault::NotPermitted,
                         .text = "read " + kPath + ": Permission denied"};
  const auto loaded = load_tool_settings(files, kPath);
  EXPECT_FALSE(loaded.settings.has_value());
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].code, "unreadable-file");
  EXPECT_THAT(to_text(loaded.diagnostics[0]), HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace tuner
