#include "profile/difference.h"

#include "profile/profiles_in_map.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Difference : public test::ProfilesInMap {
 protected:
  // "sysctl  net.core.somaxconn: = 1 | >= 2"; "-" is a profile that does not have it.
  std::vector<std::string> between(std::string_view a, std::string_view b) {
    add("/usr/a.yaml", a);
    add("/usr/b.yaml", b);
    std::vector<std::string> texts;
    for (const ProfileDifference& one : differences(loaded("a"), loaded("b")))
      texts.push_back(fmt::format("{} [{}] {}: {} | {}", one.section, one.entry, one.name,
                                  one.a.value_or("-"), one.b.value_or("-")));
    return texts;
  }
};

TEST_F(Difference, OfEqualProfilesIsEmpty) {
  EXPECT_THAT(between("sysctl: { vm.swappiness: { value: 1, why: old } }\nsummary: one\n",
                      "# a comment\nsysctl: { vm/swappiness: 1 }\n"),
              IsEmpty());
}

TEST_F(Difference, HasGoalNeedAndAbsence) {
  EXPECT_THAT(between("sysctl: { vm.swappiness: 1, net.core.somaxconn: { at_least: 5000 } }\n"
                      "irqbalance: ban\n",
                      "sysctl: { net.core.somaxconn: { at_least: 5000, need: preferred }, "
                      "net.core.busy_poll: 50 }\nmodules: { tls: { load: true } }\n"),
              ElementsAre("modules [] tls: - | = on", "sysctl [] vm.swappiness: = 1 | -",
                          "sysctl [] net.core.somaxconn: >= 5000 | >= 5000 (preferred)",
                          "sysctl [] net.core.busy_poll: - | = 50", "irqbalance [] : = ban | -"));
}

TEST_F(Difference, ComparesEntriesAboutTheSame) {
  EXPECT_THAT(between("nics:\n"
                      "  - { select: { name: eth0 }, rings: { rx: 512 } }\n"
                      "  - { select: { name: eth1 }, rings: { rx: 512 } }\n",
                      "nics:\n"
                      "  - { select: { name: eth9 }, xps: match-irqs }\n"
                      "  - { select: { name: eth1 }, rings: { rx: 512 } }\n"
                      "  - { select: { name: eth0 }, rings: { rx: 1024 } }\n"),
              ElementsAre("nics [select: name: eth0] rings.rx: = 512 | = 1024",
                          "nics [select: name: eth9] : - | listed",
                          "nics [select: name: eth9] xps: - | = match-irqs",
                          "nics [] order: select: name: eth0; then select: name: eth1 | "
                          "select: name: eth1; then select: name: eth0"));
}

TEST_F(Difference, TellsTwoEntriesAboutTheSameApart) {
  EXPECT_THAT(between("nics:\n"
                      "  - { select: { name: eth0 }, rings: { rx: 512 } }\n"
                      "  - { select: { name: eth0 }, rings: { tx: 512 } }\n",
                      "nics:\n"
                      "  - { select: { name: eth0 }, rings: { rx: 512 } }\n"
                      "  - { select: { name: eth0 }, rings: { tx: 1024 } }\n"),
              ElementsAre("nics [select: name: eth0 (2)] rings.tx: = 512 | = 1024"));
}

TEST_F(Difference, HasExpectationsAndSafety) {
  EXPECT_THAT(
      between("expect: { paths: [{ version: TLSv1.3, cipher: AES-128-GCM, tx: kernel }] }\n",
              "expect: { safe: [key-update] }\nsafety: { key-update: require }\n"),
      ElementsAre("expect.paths [version: TLSv1.3; cipher: AES-128-GCM; tx: kernel; rx: any] : "
                  "listed | -",
                  "expect.safe [] : - | key-update", "safety.key-update [] : - | require"));
}

// Each key of the format alone is a difference to a profile without it.
TEST_F(Difference, SeesEveryKey) {
  add("/usr/empty.yaml", "");
  files_.files["/usr/every-key.yaml"] = test::DiskFiles().read(test::kEveryKey, 0).value_or("");
  const auto all = differences(loaded("every-key"), loaded("empty"));
  EXPECT_GE(all.size(), 30U);
  for (const ProfileDifference& one : all) {
    EXPECT_TRUE(one.a);
    EXPECT_FALSE(one.b);
  }
  EXPECT_THAT(differences(loaded("every-key"), loaded("every-key")), IsEmpty());
}

}  // namespace
}  // namespace tuner
