#include "cli/request/option.h"

#include "base/duration.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Optional;

OptionRow row_named(std::string_view verb, std::string_view name) {
  auto rows = global_options();
  if (!verb.empty()) rows = std::ranges::find(verbs(), verb, &Verb::name)->options;
  return *std::ranges::find(rows, name, long_name);
}

// The text of the error; empty: the word is read.
std::string error_of(const OptionRow& row, std::string_view word, Options& options) {
  const auto read = read_option(row, word, options);
  return read ? std::string() : read.error().text;
}

std::string error_of(std::string_view verb, std::string_view name, std::string_view word) {
  Options options;
  return error_of(row_named(verb, name), word, options);
}

std::vector<OptionRow> all_rows() {
  auto rows = global_options();
  for (const Verb& verb : verbs())
    rows.insert(rows.end(), verb.options.begin(), verb.options.end());
  return rows;
}

TEST(Option, ReadsEveryWordThatItLists) {
  int options_with_choices = 0;
  for (const OptionRow& row : all_rows()) {
    if (!row.value.choices.empty()) ++options_with_choices;
    for (const std::string_view word : row.value.choices) {
      Options options;
      EXPECT_EQ(error_of(row, word, options), "") << row.names;
      EXPECT_EQ(row.value.shown(options), word) << row.names;
    }
  }
  EXPECT_GE(options_with_choices, 4);
}

TEST(Option, AWordThatIsNotListedIsAnErrorThatListsAll) {
  for (const OptionRow& row : all_rows()) {
    if (row.value.choices.empty()) continue;
    Options options;
    const std::string before = row.value.shown(options);
    for (const std::string word : {"", "Keep", "keep ", "autoo", "0"})
      EXPECT_EQ(error_of(row, word, options), fmt::format("{}: {} not in {{{}}}", long_name(row),
                                                          word, fmt::join(row.value.choices, ",")));
    EXPECT_EQ(row.value.shown(options), before) << "an error changes nothing";
  }
}

TEST(Option, TimesHaveOneNotation) {
  for (const std::string_view name : {"--timeout", "--wait-link", "--confirm-within"}) {
    const OptionRow row = row_named(name == "--timeout" ? "" : "apply", name);
    for (const auto& [word, time] :
         {std::pair{"90", seconds(90)}, {"2m", seconds(120)}, {"24h", seconds(86'400)}}) {
      Options options;
      EXPECT_EQ(error_of(row, word, options), "");
      const seconds read = name == "--timeout"     ? options.timeout
                           : name == "--wait-link" ? options.wait_link
                                                   : options.confirm_within.value();
      EXPECT_EQ(read, time) << name;
    }
    for (const std::string_view word : {"", "0", "-5", "1d", "25h", "soon", "2 m", "0x10", "1e3"}) {
      Options options;
      EXPECT_EQ(error_of(row, word, options),
                fmt::format("{}: '{}' is not a duration from 1 s to 1 day", name, word));
    }
  }
}

TEST(Option, SplayIsATimeOrTheOneOfTheSettings) {
  const OptionRow row = row_named("check", "--splay");
  Options options;
  EXPECT_EQ(error_of(row, "settings", options), "");
  EXPECT_TRUE(options.splay.of_settings);
  EXPECT_EQ(error_of(row, "30m", options), "");
  EXPECT_FALSE(options.splay.of_settings);
  EXPECT_EQ(options.splay.limit, seconds(1800));
  EXPECT_EQ(error_of(row, "Settings", options),
            "--splay: 'Settings' is not a duration from 1 s to 1 day");
}

TEST(Option, BytesAreANumberWithinTheLimitOfAProbe) {
  const OptionRow row = row_named("probe", "--bytes");
  Options options;
  EXPECT_EQ(options.bytes, std::nullopt);
  EXPECT_EQ(error_of(row, "67108864", options), "");
  EXPECT_THAT(options.bytes, Optional(67'108'864U));
  for (const std::string_view word : {"0", "-1", "4k", "67108865", "99999999999999999999", ""})
    EXPECT_EQ(error_of(row, word, options),
              fmt::format("--bytes: '{}' is not a whole number from 1 to 67108864", word));
  EXPECT_THAT(options.bytes, Optional(67'108'864U));
}

TEST(Option, PlacesAreReadByTheEndThatTheyAreFor) {
  Options options;
  EXPECT_EQ(error_of(row_named("probe", "--listen"), "[::1]:0", options), "");
  EXPECT_THAT(options.listen, Optional(HostPort{.host = "::1", .port = 0}));
  EXPECT_EQ(error_of("probe", "--connect", "host:0"),
            "--connect: 'host:0': the port must be a number from 1 to 65535");
  EXPECT_EQ(error_of("probe", "--listen", "host:1"),
            "--listen: 'host:1': the listening end needs an address of this machine, not a name");
}

TEST(Option, AnUnsetVariableIsNoName) {
  EXPECT_EQ(error_of("", "--profile", ""), "--profile: must not be empty");
  EXPECT_EQ(error_of("", "--root", "--json"), "--root: --json is an option, not a value");
  EXPECT_EQ(error_of("probe", "--token-file", ""), "--token-file: must not be empty");
  EXPECT_EQ(error_of("", "--profile", "-odd-name"), "");
}

TEST(Option, ListsGrow) {
  const OptionRow row = row_named("plan", "--nic");
  Options options;
  EXPECT_TRUE(row.value.repeatable);
  EXPECT_EQ(error_of(row, "eth0", options), "");
  EXPECT_EQ(error_of(row, "eth1", options), "");
  EXPECT_THAT(options.nics, ElementsAre("eth0", "eth1"));
}

TEST(Option, EveryOptionIsAFlagOrReadsAWord) {
  for (const OptionRow& row : all_rows()) {
    const bool flag = row.value.flag != nullptr;
    EXPECT_NE(flag, row.value.read != nullptr) << row.names;
    EXPECT_NE(flag, row.value.shown != nullptr) << row.names;
  }
}

}  // namespace
}  // namespace tuner
