#include "engine/journal.h"

#include "base/text.h"
#include "engine/rig.h"
#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeStateStore;

constexpr std::string_view kBoot = "boot-1";

RunInfo run(std::string id) {
  return {.id = std::move(id),
          .boot_id = std::string(kBoot),
          .profile = "p",
          .path = "p.yaml",
          .digest = "d",
          .at = "2026-01-01T00:00:00Z",
          .by = "root"};
}

Subject subject(std::string key) {
  return {.knob = "sysctl", .key = std::move(key), .name = "n", .place = "/p", .group = ""};
}

Journal loaded(const FakeStateStore& store) {
  auto journal = Journal::load(store, kBoot);
  EXPECT_TRUE(journal.has_value());
  return journal ? *journal : Journal{};
}

TEST(Journal, AnUnknownBootIsAnErrorNotAnotherBoot) {
  testing::Rig rig;
  ASSERT_EQ(rig.apply(testing::whole_profile()).end, ApplyReport::End::Applied);
  const auto loaded = Journal::load(rig.store, "");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().fault, Fault::Io);
  EXPECT_THAT(loaded.error().text, ::testing::HasSubstr("the id of this boot could not be read"));
  EXPECT_TRUE(Journal::load(FakeStateStore(), "")) << "no file, so the boot does not matter";
}

TEST(Journal, MissingFileIsAnEmptyJournal) {
  FakeStateStore store;
  const Journal journal = loaded(store);
  EXPECT_TRUE(journal.entries().empty());
  EXPECT_EQ(journal.active(), nullptr);
}

TEST(Journal, NoRunBeginsInAnUnknownBoot) {
  FakeStateStore store;
  ASSERT_TRUE(Journal{}.begin(store, run("1")));
  const std::string before = store.files[std::string(kJournalPath)];
  auto unread = Journal::load(store, "");
  if (!unread) return;  // refused already
  RunInfo nowhere = run("2");
  nowhere.boot_id.clear();
  const auto begun = unread->begin(store, nowhere);
  ASSERT_FALSE(begun);
  EXPECT_NE(begun.error().text.find("boot_id"), std::string::npos);
  EXPECT_EQ(store.files[std::string(kJournalPath)], before) << "the originals stay";
}

TEST(Journal, ARunThatDidNotEndIsNotActive) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  EXPECT_EQ(journal.active(), nullptr);
  EXPECT_EQ(loaded(store).active(), nullptr);
  ASSERT_TRUE(journal.end(store, "failed"));
  EXPECT_EQ(loaded(store).active(), nullptr);
}

TEST(Journal, ReadsBackEveryTypeOfValue) {
  const std::vector<Value> values{Value{Absent{}},           Value{true},
                                  Value{std::int64_t{42}},   Value{Integers{1, 2}},
                                  Value{std::string("2-3")}, Value{CpuSet::of({2, 3})}};
  for (const Value& value : values) {
    FakeStateStore store;
    Journal journal;
    ASSERT_TRUE(journal.begin(store, run("1")));
    ASSERT_TRUE(journal.intend(store, subject("k"), value, value));
    EXPECT_EQ(loaded(store).entry("k")->original(), value) << to_text(value);
  }
}

TEST(Journal, SubjectsReadBackComplete) {
  FakeStateStore store;
  Journal journal;
  Subject whole = subject("k");
  whole.group = "eth0";
  whole.device = "pci:0000:81:00.0";
  ASSERT_TRUE(journal.begin(store, run("1")));
  ASSERT_TRUE(journal.intend(store, whole, true, false));
  EXPECT_EQ(loaded(store).entry("k")->subject, whole);
}

TEST(Journal, RecordsTheDisruptionLimitOfARun) {
  FakeStateStore store;
  Journal journal;
  RunInfo may_flap = run("1");
  may_flap.max_disruption = Disruption::LinkFlap;
  ASSERT_TRUE(journal.begin(store, may_flap));
  ASSERT_TRUE(journal.end(store, "applied"));
  EXPECT_EQ(loaded(store).active()->max_disruption, Disruption::LinkFlap);
}

TEST(Journal, FirstOriginalSurvivesLaterRuns) {
  FakeStateStore store;
  Journal journal;
  for (const std::int64_t n : {1, 2, 3}) {
    ASSERT_TRUE(journal.begin(store, run(std::to_string(n))));
    ASSERT_TRUE(journal.intend(store, subject("k"), n, n + 1));
    ASSERT_TRUE(journal.done(store, "k", n + 1));
    ASSERT_TRUE(journal.end(store, "applied"));
  }
  const Journal again = loaded(store);
  EXPECT_EQ(again.entry("k")->original(), Value{std::int64_t{1}});
  EXPECT_EQ(again.entry("k")->last_written(), Value{std::int64_t{4}});
  EXPECT_EQ(again.active()->id, "3");
}

TEST(Journal, AnIntentionWithoutDoneIsDangling) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  ASSERT_TRUE(journal.intend(store, subject("k"), std::int64_t{1}, std::int64_t{2}));
  EXPECT_TRUE(loaded(store).entry("k")->dangling());
  ASSERT_TRUE(journal.done(store, "k", std::int64_t{2}));
  EXPECT_FALSE(loaded(store).entry("k")->dangling());
}

TEST(Journal, ATornLastLineIsDroppedAndReplacedByTheNextWrite) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  const std::string whole = store.files.at(std::string(kJournalPath));
  store.files[std::string(kJournalPath)] += "{\"intended\": {\"subj";

  Journal again = loaded(store);
  EXPECT_TRUE(again.entries().empty());
  ASSERT_TRUE(again.end(store, "applied"));
  EXPECT_TRUE(store.files.at(std::string(kJournalPath)).starts_with(whole));
  EXPECT_EQ(loaded(store).active()->id, "1");
}

TEST(Journal, AFailedAppendLeavesNoPartialLine) {
  auto fuse = std::make_shared<testing::WriteFuse>();
  FakeStateStore store(fuse);
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, 0);
  ASSERT_FALSE(journal.intend(store, subject("k"), std::int64_t{1}, std::int64_t{2}));
  store.files[std::string(kJournalPath)] += "{\"inten";  // what a full disk leaves
  ASSERT_TRUE(journal.end(store, "failed"));
  EXPECT_EQ(loaded(store).runs().front().ended, "failed");
}

TEST(Journal, DamageInTheMiddleIsReportedWithItsLine) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  store.files[std::string(kJournalPath)] += "not json\n";
  ASSERT_TRUE(store.append(kJournalPath, "{\"ended\":\"applied\"}"));
  const Journal damaged = loaded(store);
  ASSERT_EQ(damaged.state(), JournalState::Damaged);
  EXPECT_NE(damaged.damage()->text.find("journal:2"), std::string::npos) << damaged.damage()->text;
  EXPECT_FALSE(damaged.damage()->hint.empty());
  EXPECT_EQ(damaged.runs().size(), 1U) << "the proven lines are loaded";
  EXPECT_EQ(damaged.active(), nullptr) << "a run that did not end is not active";
}

TEST(Journal, LinesWithoutTheirPredecessorAreDamage) {
  const std::string run =
      R"({"run":"r","boot_id":"b","profile":"p","path":"","digest":"0","at":"","by":""})"
      "\n";
  const std::string intended =
      R"({"intended":{"subject":{"knob":"k","key":"x","name":"","place":"","group":""},)"
      R"("before":1,"after":2}})"
      "\n";
  for (const std::string& text :
       {intended,
        std::string(R"({"run":"r","boot_id":5,"profile":"p","path":""})"
                    "\n"),
        std::string(R"({"run":"r","profile":"p","path":""})"
                    "\n"),
        std::string("{\"ended\":\"applied\"}\n"), std::string("[]\n"), run + "{}\n", run + "[]\n",
        run + "{\"done\":{\"key\":\"x\",\"after\":2}}\n"}) {
    FakeStateStore store;
    store.files[std::string(kJournalPath)] = text;
    EXPECT_EQ(Journal::load(store, "b")->state(), JournalState::Damaged) << text;
  }
}

TEST(Journal, AJournalOfAnotherBootCountsAsEmptyAndIsReplaced) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  ASSERT_TRUE(journal.intend(store, subject("k"), std::int64_t{1}, std::int64_t{2}));

  auto after_reboot = Journal::load(store, "boot-2");
  ASSERT_TRUE(after_reboot.has_value());
  EXPECT_TRUE(after_reboot->entries().empty());
  RunInfo next = run("2");
  next.boot_id = "boot-2";
  ASSERT_TRUE(after_reboot->begin(store, next));
  EXPECT_EQ(store.files.at(std::string(kJournalPath)).find("boot-1"), std::string::npos);
}

TEST(Journal, RolledBackRunIsNotActive) {
  FakeStateStore store;
  Journal journal;
  for (const char* id : {"1", "2"}) {
    ASSERT_TRUE(journal.begin(store, run(id)));
    ASSERT_TRUE(journal.end(store, "applied"));
  }
  ASSERT_TRUE(journal.rolled_back(store, "2"));
  EXPECT_EQ(loaded(store).active()->id, "1");
  ASSERT_TRUE(journal.rolled_back(store, ""));
  EXPECT_EQ(loaded(store).active(), nullptr);
}

TEST(Journal, RestoringOneRunKeepsTheOthersRecords) {
  FakeStateStore store;
  Journal journal;
  for (const std::int64_t n : {1, 2}) {
    ASSERT_TRUE(journal.begin(store, run(std::to_string(n))));
    ASSERT_TRUE(journal.intend(store, subject("k"), n, n + 1));
    ASSERT_TRUE(journal.done(store, "k", n + 1));
  }
  ASSERT_TRUE(journal.restored(store, "k", "2"));
  EXPECT_EQ(loaded(store).entry("k")->last_written(), Value{std::int64_t{2}});
  ASSERT_TRUE(journal.restored(store, "k", ""));
  EXPECT_EQ(loaded(store).entry("k"), nullptr);
}

TEST(Journal, TheLastSnapshotOfANicIsKept) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  const NicSnapshot first{.device = "pci:1", .ifindex = 2, .rx_queues = 4, .carrier_changes = 1};
  const NicSnapshot other{.device = "pci:2", .ifindex = 3};
  ASSERT_TRUE(journal.seen(store, std::vector{first, other}));
  NicSnapshot later = first;
  later.ifindex = 9;
  ASSERT_TRUE(journal.seen(store, std::vector{later}));
  EXPECT_EQ(*journal.snapshot("pci:1"), later);
  EXPECT_EQ(*loaded(store).snapshot("pci:1"), later);
  EXPECT_EQ(*loaded(store).snapshot("pci:2"), other);
  EXPECT_EQ(loaded(store).snapshot("pci:3"), nullptr);
}

std::string& file(FakeStateStore& store, std::string_view path) {
  return store.files[std::string(path)];
}

// A run that ended and wrote two settings.
FakeStateStore sealed_run() {
  FakeStateStore store;
  Journal journal;
  EXPECT_TRUE(journal.begin(store, run("1")));
  for (const char* key : {"a", "b"}) {
    EXPECT_TRUE(journal.intend(store, subject(key), std::int64_t{1}, std::int64_t{2}));
    EXPECT_TRUE(journal.done(store, key, std::int64_t{2}));
  }
  EXPECT_TRUE(journal.end(store, "applied"));
  return store;
}

TEST(Journal, AnEndedRunMakesTheJournalWhole) {
  FakeStateStore store = sealed_run();
  EXPECT_EQ(loaded(store).state(), JournalState::Whole);
  Journal journal = loaded(store);
  ASSERT_TRUE(journal.begin(store, run("2")));
  EXPECT_EQ(loaded(store).state(), JournalState::Unfinished);
  EXPECT_EQ(loaded(store).active()->id, "1");
}

TEST(Journal, TruncatedAtAnyByteItIsDamaged) {
  const std::string whole = file(*std::make_unique<FakeStateStore>(sealed_run()), kJournalPath);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    FakeStateStore store = sealed_run();
    file(store, kJournalPath).resize(size);
    EXPECT_EQ(loaded(store).state(), JournalState::Damaged) << size;
  }
}

TEST(Journal, EachAlteredByteIsDamage) {
  FakeStateStore store = sealed_run();
  const std::string whole = file(store, kJournalPath);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : {1, 4, 32}) {
      file(store, kJournalPath) = whole;
      file(store, kJournalPath)[at] = static_cast<char>(whole[at] ^ flip);
      EXPECT_EQ(loaded(store).state(), JournalState::Damaged) << at << " ^ " << flip;
    }
  }
}

TEST(Journal, ARemovedDuplicatedOrSwappedLineIsDamage) {
  FakeStateStore store = sealed_run();
  const std::string whole = file(store, kJournalPath);
  const auto all = lines(whole);
  const auto with = [&](auto&& edit) {
    std::vector<std::string_view> edited(all.begin(), all.end());
    edit(edited);
    std::string& text = file(store, kJournalPath);
    text.clear();
    for (const std::string_view line : edited) text += std::string(line) + "\n";
    return loaded(store).state();
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    EXPECT_EQ(with([&](auto& list) { list.erase(list.begin() + at); }), JournalState::Damaged) << i;
    EXPECT_EQ(with([&](auto& list) { list.insert(list.begin() + at, all[i]); }),
              JournalState::Damaged)
        << i;
    if (i == 0) continue;
    EXPECT_EQ(with([&](auto& list) { std::swap(list[i], list[i - 1]); }), JournalState::Damaged)
        << i;
  }
}

TEST(Journal, HeadAndJournalMustMatch) {
  FakeStateStore store = sealed_run();
  file(store, kJournalHeadPath).clear();
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged) << "an empty head";
  store.files.erase(std::string(kJournalHeadPath));
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged) << "no head";
  store = sealed_run();
  store.files.erase(std::string(kJournalPath));
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged) << "no journal";
}

// Otherwise a crash after the next line would leave the head two lines behind.
TEST(Journal, AMissedHeadIsWrittenBeforeTheNextLine) {
  auto fuse = std::make_shared<testing::WriteFuse>();
  FakeStateStore store(fuse);
  Journal journal;
  ASSERT_TRUE(journal.begin(store, run("1")));
  fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, 1);
  EXPECT_FALSE(journal.intend(store, subject("k"), std::int64_t{1}, std::int64_t{2}));
  fuse->disarm();
  ASSERT_TRUE(journal.end(store, "failed"));
  EXPECT_THAT(fuse->writes,
              ::testing::ElementsAre(kJournalHeadPath, kJournalPath, kJournalHeadPath));
}

TEST(Journal, ACrashBetweenLineAndHeadIsNoDamage) {
  FakeStateStore store = sealed_run();
  const std::string head = file(store, kJournalHeadPath);
  Journal journal = loaded(store);
  ASSERT_TRUE(journal.begin(store, run("2")));
  file(store, kJournalHeadPath) = head;
  Journal again = loaded(store);
  EXPECT_EQ(again.state(), JournalState::Unfinished);
  ASSERT_TRUE(again.end(store, "applied"));
  EXPECT_EQ(loaded(store).state(), JournalState::Whole);
}

TEST(Journal, AJournalOfAnOlderReleaseIsChainedByTheNextRun) {
  FakeStateStore store;
  file(store, kJournalPath) =
      R"({"run":"r","boot_id":"boot-1","profile":"p","path":"","digest":"0","at":"","by":""})"
      "\n{\"ended\":\"applied\"}\n";
  Journal journal = loaded(store);
  EXPECT_EQ(journal.state(), JournalState::Legacy);
  EXPECT_EQ(journal.active()->id, "r");
  ASSERT_TRUE(journal.begin(store, run("2")));
  ASSERT_TRUE(journal.end(store, "applied"));
  EXPECT_EQ(loaded(store).state(), JournalState::Whole);
  file(store, kJournalPath)[9] = 's';
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged);
}

TEST(Journal, ADamagedJournalAcceptsNoLine) {
  FakeStateStore store = sealed_run();
  file(store, kJournalPath).resize(file(store, kJournalPath).size() - 10);
  const auto before = store.files;
  Journal journal = loaded(store);
  EXPECT_TRUE(journal.restored(store, "a", ""));
  EXPECT_TRUE(journal.rolled_back(store, ""));
  EXPECT_EQ(store.files, before);
}

TEST(Journal, EachFailedWriteOfItsFirstLineIsAnError) {
  for (int n = 0; n < 3; ++n) {  // removes the old head, writes the line, writes its head
    auto fuse = std::make_shared<testing::WriteFuse>();
    FakeStateStore store(fuse);
    Journal journal = loaded(store);
    fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, n);
    const auto begun = journal.begin(store, run("1"));
    ASSERT_FALSE(begun) << n;
    EXPECT_THAT(begun.error().text, ::testing::HasSubstr("injected failure"));
  }
}

// A journal with two settings and a truncated end.
FakeStateStore damaged_run(const std::shared_ptr<testing::WriteFuse>& fuse) {
  FakeStateStore store(fuse);
  store.files = sealed_run().files;
  file(store, kJournalPath).resize(file(store, kJournalPath).size() - 10);
  return store;
}

TEST(Journal, ADamagedJournalIsSetAsideWithTheFilesThatExist) {
  const auto fuse = std::make_shared<testing::WriteFuse>();
  for (const std::string_view missing : {std::string_view(), kJournalHeadPath, kJournalPath}) {
    FakeStateStore store = damaged_run(fuse);
    store.files.erase(std::string(missing));
    const auto before = store.files;
    Journal journal = loaded(store);
    ASSERT_EQ(journal.state(), JournalState::Damaged) << missing;
    const auto name = journal.set_aside(store, "1");
    ASSERT_TRUE(name) << missing << ": " << name.error().text;
    EXPECT_EQ(*name, std::string(kJournalPath) + ".1.damaged");
    EXPECT_EQ(store.files.size(), before.size()) << missing;
    const auto copy_of = [&](std::string_view path) {
      return before.contains(std::string(path)) ? before.at(std::string(path)) : std::string();
    };
    EXPECT_EQ(file(store, *name), copy_of(kJournalPath)) << missing;
    EXPECT_EQ(file(store, *name + ".head"), copy_of(kJournalHeadPath)) << missing;
    EXPECT_EQ(loaded(store).state(), JournalState::None);
  }
}

TEST(Journal, AFailedWriteWhileSettingItAsideLosesNothing) {
  for (int n = 0; n < 4; ++n) {
    const auto fuse = std::make_shared<testing::WriteFuse>();
    FakeStateStore store = damaged_run(fuse);
    const std::string text = file(store, kJournalPath);
    Journal journal = loaded(store);
    fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, n);
    ASSERT_FALSE(journal.set_aside(store, "1")) << n;
    EXPECT_FALSE(journal.usable()) << n;
    EXPECT_EQ(file(store, kJournalPath), text) << n;
    EXPECT_TRUE(journal.set_aside(store, "1")) << n;
    EXPECT_TRUE(journal.usable()) << n;
  }
}

TEST(Journal, TheJournalAfterADamagedOneHasTheSameBootAndNamespace) {
  const auto fuse = std::make_shared<testing::WriteFuse>();
  FakeStateStore store = damaged_run(fuse);
  Journal journal = *Journal::load(store, kBoot, "net:[1] cookie 1");
  ASSERT_TRUE(journal.set_aside(store, "1"));
  EXPECT_EQ(journal.boot_id(), kBoot);
  ASSERT_TRUE(journal.begin(store, run("2")));
  EXPECT_EQ(journal.net(), "net:[1] cookie 1");
  EXPECT_TRUE(Journal::load(store, kBoot, "net:[1] cookie 1")->usable());
  EXPECT_FALSE(Journal::load(store, kBoot, "net:[1] cookie 2")->usable());
}

TEST(Journal, ThePersistedProfileRecordsWhetherItsNamespaceIsInitial) {
  constexpr std::string_view kInitial = "initial net:[1] cookie 1";
  FakeStateStore store;
  Journal journal = *Journal::load(store, kBoot, kInitial);
  ASSERT_TRUE(journal.begin(store, run("1")));
  ASSERT_TRUE(journal.persist(store, run("1"), {}));
  EXPECT_TRUE(Journal::load(store, "boot-2", "initial net:[7] cookie 3")->usable());
  const auto refused = Journal::load(store, "boot-2", "net:[1] cookie 1")->usable();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("initial network namespace"), std::string::npos);
}

TEST(Journal, MissingAfterThisBootPersistedAProfileIsDamage) {
  FakeStateStore store = sealed_run();
  Journal journal = loaded(store);
  ASSERT_TRUE(journal.persist(store, run("1"), {}));
  store.files.erase(std::string(kJournalPath));
  store.files.erase(std::string(kJournalHeadPath));
  const Journal damaged = loaded(store);
  EXPECT_EQ(damaged.state(), JournalState::Damaged);
  ASSERT_NE(damaged.entry("a"), nullptr) << "its original was persisted too";
  EXPECT_EQ(damaged.entry("a")->original(), Value(std::int64_t{1}));
  EXPECT_EQ(Journal::load(store, "boot-2")->state(), JournalState::None);
}

TEST(Journal, NamesAreBytes) {
  FakeStateStore store;
  Journal journal;
  RunInfo by = run("1");
  by.by = "root (sudo: al\xff)";
  Subject odd = subject("feature:eth\xff/x");
  odd.name = "eth\xff/x";
  ASSERT_TRUE(journal.begin(store, by));
  ASSERT_TRUE(journal.intend(store, odd, std::string("\xfe"), true));
  EXPECT_EQ(loaded(store).entry(odd.key)->subject, odd);
  EXPECT_EQ(loaded(store).entry(odd.key)->original(), Value(std::string("\xfe")));
  EXPECT_EQ(loaded(store).runs().front().info.by, by.by);
}

TEST(Journal, AJournalOfAnotherNamespaceIsNotUsed) {
  FakeStateStore store;
  Journal journal = *Journal::load(store, kBoot, "net:[1] cookie 1");
  ASSERT_TRUE(journal.begin(store, run("1")));
  EXPECT_TRUE(Journal::load(store, kBoot, "net:[1] cookie 1")->usable());
  const auto refused = Journal::load(store, kBoot, "net:[1] cookie 2")->usable();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("nsenter"), std::string::npos);
}

TEST(Journal, LinesOfTwoNamespacesAreDamage) {
  FakeStateStore store;
  Journal journal = *Journal::load(store, kBoot, "net:[1] cookie 1");
  ASSERT_TRUE(journal.begin(store, run("1")));
  Journal elsewhere = *Journal::load(store, kBoot, "net:[1] cookie 2");
  EXPECT_FALSE(elsewhere.end(store, "applied"));
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged);
}

// A line of an older release, without a chain, whose "before" is missing.
TEST(Journal, ALineWithoutItsOriginalLeavesNoEntryWithoutARecord) {
  FakeStateStore store;
  store.files[std::string(kJournalPath)] =
      R"({"run":"r","boot_id":"b","profile":"one","path":"one.yaml","digest":"d","at":"","by":""})"
      "\n"
      R"({"intended":{"after":8192,"subject":{"device":"","group":"","key":"sysctl:a","knob":"sysctl","name":"a","place":""}}})"
      "\n";
  const auto journal = Journal::load(store, "b");
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->state(), JournalState::Damaged);
  EXPECT_THAT(journal->entries(), ::testing::IsEmpty());
}

// What stands after it is still whole, so that a rollback can be tried again.
TEST(Journal, ClearingEndsAtTheFirstWriteThatFails) {
  auto fuse = std::make_shared<testing::WriteFuse>();
  const auto clear = [&](testing::WriteFuse::Kind kind, int at) {
    FakeStateStore store(fuse);
    store.files = sealed_run().files;
    Journal journal = loaded(store);
    for (const std::string_view path : {kPersistedPath, kApprovedPath}) file(store, path) = "x";
    fuse->start_guard(kind, at);
    const bool cleared = journal.clear(store).has_value();
    EXPECT_EQ(store.files.empty(), cleared);
    return cleared;
  };
  ASSERT_TRUE(clear(testing::WriteFuse::Kind::Never, 0));
  const int writes = fuse->count();
  ASSERT_GE(writes, 5);
  for (int n = 0; n < writes; ++n) {
    EXPECT_FALSE(clear(testing::WriteFuse::Kind::ErrorOnce, n)) << "write " << n;
    EXPECT_EQ(fuse->count(), n + 1) << "nothing after write " << n;
  }
}

TEST(Journal, ALineBehindItsClosingIsDamage) {
  auto fuse = std::make_shared<testing::WriteFuse>();
  FakeStateStore store(fuse);
  store.files = sealed_run().files;
  Journal journal = loaded(store);
  fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, 4);  // the head stays
  ASSERT_FALSE(journal.clear(store));
  EXPECT_NE(loaded(store).state(), JournalState::Damaged);
  EXPECT_FALSE(journal.begin(store, run("2")));
  EXPECT_EQ(loaded(store).state(), JournalState::Damaged);
}

}  // namespace
}  // namespace tuner
