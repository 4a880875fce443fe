// The fast reader of journal lines and the JSON parser agree on every line that the fast one
// accepts, whatever was done to the line.
#include "engine/setting_line.h"

#include "base/json_text.h"
#include "base/text.h"
#include "engine/digest.h"
#include "engine/journal_chain.h"
#include "engine/journal_json.h"
#include "engine/rig.h"
#include "model/value_json.h"
#include "support/fake_state_store.h"

#include <gtest/gtest.h>

#include <array>

namespace tuner {
namespace {

using nlohmann::json;
using What = SettingLine::What;

// What the JSON parser makes of the line; nullopt: the journal would refuse it.
std::optional<SettingLine> parsed(std::string_view text) {
  try {
    const json record = parse_json(text);
    SettingLine line;
    if (record.contains("intended")) {
      const json& intended = record.at("intended");
      line = {.what = What::Intended,
              .subject = subject_from_json(intended.at("subject")),
              .before = value_at(intended, "before"),
              .after = value_at(intended, "after")};
    } else if (record.contains("done")) {
      const json& done = record.at("done");
      line = {.what = What::Done,
              .after = value_at(done, "after"),
              .folder = bytes_or_empty(done, "folder")};
      line.subject.key = bytes_at(done, "key");
    } else {
      const json& preserved = record.at("preserved");
      line = {.what = What::Preserved,
              .subject = subject_from_json(preserved.at("subject")),
              .after = value_at(preserved, "value")};
    }
    return line;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void expect_the_same(const SettingLine& fast, std::string_view text) {
  const auto slow = parsed(text);
  ASSERT_TRUE(slow) << text;
  EXPECT_EQ(fast.what, slow->what) << text;
  EXPECT_EQ(fast.subject, slow->subject) << text;
  EXPECT_EQ(fast.before, slow->before) << text;
  EXPECT_EQ(fast.after, slow->after) << text;
  EXPECT_EQ(fast.folder, slow->folder) << text;
  const json record = parse_json(text);
  EXPECT_EQ(fast.boot, record.at("boot").get<std::string>()) << text;
  EXPECT_EQ(fast.net, record.at("net").get<std::string>()) << text;
}

// Lines with values of every type, as a journal writes them.
std::vector<std::string> written_lines() {
  testing::FakeStateStore store;
  Journal journal;
  EXPECT_TRUE(
      journal.begin(store, {.id = "r", .boot_id = "boot-1", .profile = "p", .digest = "d"}));
  const std::array<Value, 9> values{Value{},
                                    Value{true},
                                    Value{false},
                                    Value{std::int64_t{0}},
                                    Value{std::int64_t{-42}},
                                    Value{Integers{}},
                                    Value{Integers{4096, -1, 16777216}},
                                    Value{std::string("performance")},
                                    Value{CpuSet::of({0, 1, 2, 3, 9})}};
  for (const Value& value : values) {
    Subject subject{.knob = "sysctl",
                    .key = "sysctl:a.b",
                    .name = "a.b",
                    .place = "/proc/sys/a/b",
                    .group = "g",
                    .device = "0000:81:00.0/0"};
    EXPECT_TRUE(journal.intend(store, subject, value, value));
    EXPECT_TRUE(journal.done(store, subject.key, value));
    EXPECT_TRUE(journal.done(store, subject.key, value, "2049:17"));
    subject.key += std::to_string(&value - values.data());
    EXPECT_TRUE(journal.preserve(store, subject, value));
  }
  std::vector<std::string> all;
  for (const std::string_view line : lines(store.files.at(std::string(kJournalPath))))
    all.emplace_back(line);
  all.erase(all.begin());  // begins the run
  return all;
}

TEST(SettingLine, ReadsEveryLineOfASettingThatAJournalWrites) {
  for (const std::string& line : written_lines()) {
    const auto fast = read_setting_line(line);
    ASSERT_TRUE(fast) << line;
    expect_the_same(*fast, line);
  }
}

TEST(SettingLine, AChangedByteIsNeverReadInAnotherWay) {
  int accepted = 0;
  for (const std::string& line : written_lines()) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      for (const char byte : std::string_view("\\\"{}[],:0-9.eEa~\x7f\xc3 \n")) {
        std::string changed = line;
        changed[at] = byte;
        const auto fast = read_setting_line(changed);
        if (!fast) continue;
        ++accepted;
        expect_the_same(*fast, changed);
      }
    }
  }
  EXPECT_GT(accepted, 1000) << "letters of a name can be changed";
}

TEST(SettingLine, AShortenedOrLengthenedLineIsLeftToTheParser) {
  for (const std::string& line : written_lines()) {
    for (std::size_t size = 0; size < line.size(); ++size)
      EXPECT_FALSE(read_setting_line(line.substr(0, size)));
    EXPECT_FALSE(read_setting_line(line + " "));
    EXPECT_FALSE(read_setting_line(line + line));
  }
}

TEST(SettingLine, WhatNeedsTheParserIsLeftToIt) {
  testing::FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(
      journal.begin(store, {.id = "r", .boot_id = "boot-1", .profile = "p", .digest = "d"}));
  for (const char* name : {"caf\xc3\xa9", "a\"b", "a\\b", "a\nb", "\xff"}) {
    const Subject subject{.knob = "sysctl", .key = name, .name = name, .place = name};
    ASSERT_TRUE(journal.intend(store, subject, Value{}, std::string(name)));
    const std::string text = store.files.at(std::string(kJournalPath));
    EXPECT_FALSE(read_setting_line(lines(text).back())) << name;
    auto loaded = Journal::load(store, "boot-1");
    ASSERT_TRUE(loaded && !loaded->damage());
    ASSERT_NE(loaded->entry(name), nullptr);
    EXPECT_EQ(loaded->entry(name)->last_written(), Value(std::string(name)));
  }
}

}  // namespace
}  // namespace tuner
