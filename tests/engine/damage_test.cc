// A journal that was truncated, or whose lines were lost, duplicated, swapped or altered: the
// report of rollback is true, and it writes only originals.
#include "engine/history.h"
#include "engine/journal_chain.h"
#include "engine/rig.h"
#include "engine/rollback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using End = ApplyReport::End;
using testing::Rig;

class Damage : public ::testing::Test {
 protected:
  Damage() : start_(rig_.machine.snapshot()) {
    const ApplyReport report = rig_.apply(testing::whole_profile());
    EXPECT_EQ(report.end, End::Applied);
    EXPECT_TRUE(append_history(rig_.store, {.run = {.id = "run-1", .boot_id = rig_.boot_id()},
                                            .verb = "apply",
                                            .end = "applied",
                                            .because = {},
                                            .changes = changes_of(report.plan.steps)}));
    const Journal journal = rig_.journal();
    entries_ = journal.entries();
    applied_ = *rig_.machine.operator->();
    files_ = rig_.store.files;
  }

  // Then a rollback by another process.
  void damage(const std::string& text, const std::string& how) {
    SCOPED_TRACE(how);
    *rig_.machine.operator->() = applied_;
    rig_.store.files = files_;
    rig_.store.files[std::string(kJournalPath)] = text;
    ASSERT_EQ(rig_.journal().state(), JournalState::Damaged);
    EXPECT_FALSE(rig_.journal().usable());
    const auto report = rig_.rollback();
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->complete());
    EXPECT_EQ(rig_.store.files.at(std::string(kJournalPath)), text) << "the file is kept";
    EXPECT_FALSE(rig_.journal().usable()) << "and stays damaged";
    for (const auto& entry : entries_) expect_restored_or_named(entry, *report);
  }

  static bool names(const std::vector<std::string>& sentences, const Subject& subject) {
    const std::string name = subject.knob + " " + subject.name + ":";
    return std::ranges::any_of(sentences,
                               [&](const std::string& one) { return one.starts_with(name); });
  }

  void expect_restored_or_named(const Journal::Entry& entry, const RollbackReport& report) {
    if (!entry.written()) return;
    if (names(report.not_known, entry.subject)) return;
    const Step* step = testing::step_named(report.steps, entry.subject.name);
    ASSERT_NE(step, nullptr) << entry.subject.key << " is neither restored nor named";
    if (step->status != Status::Done && step->status != Status::InSync) return;
    const auto host = rig_.machine.host();
    const Knob* knob = knob_named(catalog(), entry.subject.knob);
    const auto subject = knob->locate(entry.subject, collect_facts(host, FactNeed::All));
    ASSERT_TRUE(subject) << entry.subject.key;
    EXPECT_EQ(knob->observe(host, *subject).value, entry.original()) << entry.subject.key;
  }

  Rig rig_;
  std::map<std::string, std::string> start_;
  std::vector<Journal::Entry> entries_;
  testing::FakeState applied_;
  std::map<std::string, std::string> files_;
};

TEST_F(Damage, TruncatedAtAByte) {
  const std::string whole = files_.at(std::string(kJournalPath));
  for (std::size_t size = 0; size < whole.size(); size += 97)
    damage(whole.substr(0, size), "cut at " + std::to_string(size));
}

TEST_F(Damage, OfEachLine) {
  const std::string whole = files_.at(std::string(kJournalPath));
  const auto all = lines(whole);
  const auto text_of = [](const std::vector<std::string_view>& edited) {
    std::string text;
    for (const std::string_view line : edited) text += std::string(line) + "\n";
    return text;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    const std::string number = "line " + std::to_string(i + 1);
    std::vector<std::string_view> edited(all.begin(), all.end());
    edited.erase(edited.begin() + at);
    damage(text_of(edited), number + " removed");
    edited.insert(edited.begin() + at, 2, all[i]);
    damage(text_of(edited), number + " doubled");
    if (i > 0) {
      edited.assign(all.begin(), all.end());
      std::swap(edited[i], edited[i - 1]);
      damage(text_of(edited), number + " swapped");
    }
    edited.assign(all.begin(), all.end());
    std::string altered(all[i]);
    altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
    edited[i] = altered;
    damage(text_of(edited), number + " altered");
  }
}

}  // namespace
}  // namespace tuner
