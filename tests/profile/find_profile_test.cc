// Finding, extending and merging profiles, and the resulting data.
#include "profile/find_profile.h"

#include "profile/layer.h"
#include "profile/profiles_in_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kDirectories = {"/etc", "/usr"};

class Profiles : public test::ProfilesInMap {
 protected:
  static std::vector<std::string> sysctls(const Profile& profile) {
    std::vector<std::string> found;
    for (const NamedSetting& one : profile.sysctl)
      found.push_back(one.name + " " + to_text(one.setting.goal));
    return found;
  }
};

TEST_F(Profiles, BecomePlainData) {
  add("/usr/whole.yaml", R"(summary: everything at once
modules:
  tls: { load: true }
sysctl:
  net.core.wmem_max: { at_least: 16777216, need: preferred, why: because }
  net/ipv4/tcp_wmem: [4096, 16384, 16777216]
  net.ipv4.tcp_congestion_control: bbr
nics:
  - select: { any: physical, name: "ens1f*", driver: [mlx5_core, nfp], numa_node: 1, carries: default-route }
    irqs: { placement: { value: numa-local-spread, need: preferred } }
    xps: match-irqs
    rps: { value: few-queues-with-flows, need: preferred }
    features: { tls-hw-tx-offload: true, rx-gro: false }
cpus:
  - nodes: [0, 1]
    governor: performance
    energy_performance_preference: balance_power
  - governor: schedutil
irqbalance: require-off
expect:
  paths:
    - { version: TLSv1.3, cipher: [AES-256-GCM, CHACHA20-POLY1305], tx: kernel, rx: userspace }
    - { version: TLSv1.2, cipher: AES-128-CCM }
  safe: [key-update]
)");
  const Profile profile = loaded("whole");
  EXPECT_EQ(profile.name, "whole");
  EXPECT_EQ(profile.summary, "everything at once");
  EXPECT_EQ(profile.modules.at(0).setting.goal.value, Value(true));
  EXPECT_THAT(sysctls(profile),
              ElementsAre("net.core.wmem_max >= 16777216", "net.ipv4.tcp_wmem 4096 16384 16777216",
                          "net.ipv4.tcp_congestion_control bbr"));
  const Setting& wmem = profile.sysctl[0].setting;
  EXPECT_EQ(wmem.need, Need::Preferred);
  EXPECT_EQ(wmem.why, "because");
  EXPECT_EQ(to_text(wmem.origin), "/usr/whole.yaml:7:3");

  const NicSelector& select = profile.nics.at(0).select;
  EXPECT_TRUE(select.any_physical);
  EXPECT_TRUE(select.carries_default_route);
  EXPECT_THAT(select.names, ElementsAre("ens1f*"));
  EXPECT_THAT(select.drivers, ElementsAre("mlx5_core", "nfp"));
  EXPECT_THAT(select.numa_nodes, ElementsAre(1));
  EXPECT_EQ(profile.nics[0].irq_placement->goal.value, Value(std::string("numa-local-spread")));
  EXPECT_EQ(profile.nics[0].irq_placement->need, Need::Preferred);
  EXPECT_EQ(profile.nics[0].xps->goal.value, Value(std::string("match-irqs")));
  EXPECT_EQ(profile.nics[0].rps->goal.value, Value(std::string("few-queues-with-flows")));
  EXPECT_EQ(profile.nics[0].rps->need, Need::Preferred);
  ASSERT_EQ(profile.nics[0].features.size(), 2U);
  EXPECT_EQ(profile.nics[0].features[1].name, "rx-gro");
  EXPECT_EQ(profile.nics[0].features[1].setting.goal.value, Value(false));

  EXPECT_EQ(profile.cpus.at(0).nodes, CpuEntry::Nodes::Listed);
  EXPECT_THAT(profile.cpus[0].listed, ElementsAre(0, 1));
  EXPECT_EQ(profile.cpus[0].epp->goal.value, Value(std::string("balance_power")));
  EXPECT_EQ(profile.cpus.at(1).nodes, CpuEntry::Nodes::All);
  EXPECT_EQ(profile.irqbalance->goal.value, Value(std::string("require-off")));

  const PathExpectation tls13 =
      expectation_for(profile, TlsVersion::Tls13, TlsCipher::Chacha20Poly1305);
  EXPECT_EQ(tls13.tx, ExpectedPath::Kernel);
  EXPECT_EQ(tls13.rx, ExpectedPath::Userspace);
  EXPECT_EQ(expectation_for(profile, TlsVersion::Tls13, TlsCipher::Aes128Gcm).tx, ExpectedPath::Any)
      << "no entry for this cipher";
  EXPECT_EQ(profile.expect.at(1).ciphers, std::vector{TlsCipher::Aes128Ccm});
  EXPECT_EQ(profile.expect[1].tx, ExpectedPath::Any);
  EXPECT_THAT(profile.safe, ElementsAre(SafeProperty::KeyUpdate));
}

// A host that cannot meet what its parent profile expects has to be able to say so.
TEST_F(Profiles, ReplaceWhatMustBeSafeAsAWhole) {
  add("/usr/base.yaml", "expect: { safe: [key-update] }\n");
  add("/usr/heir.yaml", "extends: [base]\nexpect: { paths: [] }\n");
  add("/usr/child.yaml", "extends: [base]\nexpect: { safe: [] }\n");
  EXPECT_THAT(loaded("heir").safe, ElementsAre(SafeProperty::KeyUpdate));
  EXPECT_THAT(loaded("child").safe, IsEmpty());
}

TEST_F(Profiles, HaveTheDigestOfEarlierReleasesUnlessSomethingMustBeSafe) {
  const auto digest = [&](const std::string& text) {
    add("/usr/a.yaml", text);
    return loaded("a").digest;
  };
  const std::string without = digest("expect: { paths: [] }\n");
  EXPECT_EQ(digest("expect: { safe: [] }\n"), without);
  EXPECT_NE(digest("expect: { safe: [key-update] }\n"), without);
}

// Checks that the words in the tables are in the order of the enumerators.
TEST_F(Profiles, UseTheNamesOfVersionsCiphersAndPathsInOutput) {
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Aes128Ccm,
                                   TlsCipher::Chacha20Poly1305}) {
      for (const ExpectedPath path : {ExpectedPath::Any, ExpectedPath::Userspace,
                                      ExpectedPath::Kernel, ExpectedPath::Device}) {
        add("/usr/words.yaml",
            "expect: { paths: [ { version: " + std::string(tls_version_name(version)) +
                ", cipher: " + std::string(tls_cipher_name(cipher)) +
                ", tx: " + std::string(expected_path_name(path)) + " } ] }\n");
        const auto profile = load("words").profile.value();
        EXPECT_EQ(profile.expect.at(0).version, version);
        EXPECT_EQ(profile.expect.at(0).ciphers, std::vector{cipher});
        EXPECT_EQ(profile.expect.at(0).tx, path);
      }
    }
  }
}

TEST_F(Profiles, AreReadFromTheFirstDirectoryThatHasThem) {
  add("/usr/a.yaml", "summary: shipped\n");
  add("/etc/a.yaml", "summary: local\n");
  EXPECT_EQ(loaded("a").summary, "local");
  EXPECT_EQ(loaded("/usr/a.yaml").summary, "shipped");
}

TEST_F(Profiles, MayExtendTheNextOneOfTheirOwnName) {
  add("/usr/a.yaml", "sysctl: { net.core.somaxconn: 4001, net.core.busy_poll: 1 }\n");
  add("/etc/a.yaml", "extends: [a]\nsysctl: { net.core.somaxconn: 4002 }\n");
  const Profile profile = loaded("a");
  EXPECT_THAT(sysctls(profile), ElementsAre("net.core.somaxconn 4002", "net.core.busy_poll 1"));
  EXPECT_THAT(profile.lineage, ElementsAre("/usr/a.yaml", "/etc/a.yaml"));
  // The same with a path, because the file is in a profile directory.
  EXPECT_THAT(loaded("/etc/a.yaml").lineage, ElementsAre("/usr/a.yaml", "/etc/a.yaml"));
}

TEST_F(Profiles, CannotExtendTheirOwnNameInTheLastDirectory) {
  add("/usr/a.yaml", "extends: [a]\n");
  EXPECT_THAT(texts(load("a")), ElementsAre(HasSubstr("/usr/a.yaml:3:11: error: there is no "
                                                      "profile 'a'")));
}

TEST_F(Profiles, MergeDepthFirstAndLaterOnesWin) {
  add("/usr/base.yaml", "sysctl: { net.core.somaxconn: 4001, net.core.busy_poll: 1 }\n");
  add("/usr/left.yaml", "extends: [base]\nsysctl: { net.core.somaxconn: 4002 }\n");
  add("/usr/right.yaml", "extends: [base]\nsysctl: { net.core.busy_read: 3 }\n");
  add("/usr/child.yaml", "extends: [left, right]\nsysctl: { net.core.busy_poll: 4 }\n");
  const Profile profile = loaded("child");
  EXPECT_THAT(profile.lineage, ElementsAre("/usr/base.yaml", "/usr/left.yaml", "/usr/right.yaml",
                                           "/usr/child.yaml"));
  // The common ancestor is merged once, so `right` does not reset the value of `left`.
  EXPECT_THAT(sysctls(profile), ElementsAre("net.core.somaxconn 4002", "net.core.busy_poll 4",
                                            "net.core.busy_read 3"));
}

TEST_F(Profiles, ReplaceASettingAsAWhole) {
  add("/usr/base.yaml",
      "sysctl: { net.core.somaxconn: { at_least: 4001, need: preferred, why: old } }\n");
  add("/usr/child.yaml", "extends: [base]\nsysctl: { net/core/somaxconn: 4002 }\n");
  const Setting setting = loaded("child").sysctl.at(0).setting;
  EXPECT_EQ(setting.goal.op, Goal::Op::Exactly);
  EXPECT_EQ(setting.need, Need::Required);
  EXPECT_EQ(setting.why, "");
  EXPECT_EQ(setting.origin.file, "/usr/child.yaml");
}

TEST_F(Profiles, RemoveWithNull) {
  add("/usr/base.yaml",
      "modules: { tls: { load: true } }\nsysctl: { net.core.somaxconn: 4001 }\n"
      "irqbalance: leave\n");
  add("/usr/child.yaml",
      "extends: [base]\nmodules: { tls: null }\nsysctl: { net.core.somaxconn: null }\n"
      "irqbalance: null\n");
  const Profile profile = loaded("child");
  EXPECT_THAT(profile.modules, IsEmpty());
  EXPECT_THAT(profile.sysctl, IsEmpty());
  EXPECT_FALSE(profile.irqbalance.has_value());
}

TEST_F(Profiles, HaveNamesOfAtMostSixtyFourCharacters) {
  EXPECT_TRUE(is_profile_name(std::string(64, 'a')));
  EXPECT_FALSE(is_profile_name(std::string(65, 'a')));
  EXPECT_FALSE(is_profile_name(""));
  EXPECT_FALSE(is_profile_name("-a"));
  EXPECT_FALSE(is_profile_name(".a"));
  EXPECT_TRUE(is_profile_name("0a"));
}

// The kernel's MODULE_NAME_LEN is 56, including the final NUL.
TEST_F(Profiles, TakeAWordForANumberOnlyWhereTheKeyHasWords) {
  const auto with = [&](std::string_view setting) {
    add("/usr/a.yaml", "nics:\n  - select: { name: eth0 }\n    " + std::string(setting) + "\n");
    return load("a");
  };
  const LoadedProfile most = with("channels: { combined: max }");
  ASSERT_TRUE(most.profile) << texts(most).front();
  EXPECT_EQ(most.profile->nics[0].channels.at(0).setting.goal.value, Value(std::string("max")));
  EXPECT_THAT(texts(with("channels: { combined: many }")), ElementsAre(HasSubstr("'many'")));
  EXPECT_THAT(texts(with("coalesce: { rx-usecs: many }")),
              ElementsAre(HasSubstr("'many' is not a decimal integer")));
}

TEST_F(Profiles, HaveNamesOfPlainCharactersAlone) {
  for (const char* name : {"a", "0", "a.b_c-d", "edge-2"})
    EXPECT_TRUE(is_profile_name(name)) << name;
  for (const char* name : {"", "aB", "a/b", "a b", "a$", "-a", ".a", "_a", "ä", "a.yaml", "a.yml"})
    EXPECT_FALSE(is_profile_name(name)) << name;
}

TEST_F(Profiles, NameModulesAsTheKernelDoes) {
  add("/usr/a.yaml", "modules: { nf-conntrack-ftp: { load: true } }\n");
  const Profile profile = loaded("a");
  ASSERT_THAT(profile.modules, ::testing::SizeIs(1));
  EXPECT_EQ(profile.modules[0].name, "nf_conntrack_ftp");
}

TEST_F(Profiles, LimitModuleNamesLikeTheKernel) {
  add("/usr/longest.yaml", "modules: { " + std::string(55, 'm') + ": { load: true } }\n");
  EXPECT_THAT(loaded("longest").modules, ::testing::SizeIs(1));
  add("/usr/longer.yaml", "modules: { " + std::string(56, 'm') + ": { load: true } }\n");
  EXPECT_FALSE(load("longer").profile);
}

TEST_F(Profiles, AppendListsParentsFirst) {
  const std::string nic = "nics: [ { select: { name: ";
  const std::string cpus = " } } ]\ncpus: [ { governor: performance, nodes: [";
  const std::string expect =
      "] } ]\nexpect: { paths: [ { version: TLSv1.2, cipher: AES-128-GCM, tx: ";
  add("/usr/base.yaml", nic + "a" + cpus + "0" + expect + "kernel } ] }\n");
  add("/usr/child.yaml", "extends: [base]\n" + nic + "b" + cpus + "1" + expect + "device } ] }\n");
  const Profile profile = loaded("child");
  ASSERT_EQ(profile.nics.size(), 2U);
  EXPECT_THAT(profile.nics[0].select.names, ElementsAre("a"));
  EXPECT_THAT(profile.nics[1].select.names, ElementsAre("b"));
  ASSERT_EQ(profile.cpus.size(), 2U);
  EXPECT_THAT(profile.cpus[1].listed, ElementsAre(1));
  EXPECT_EQ(expectation_for(profile, TlsVersion::Tls12, TlsCipher::Aes128Gcm).tx,
            ExpectedPath::Device);
}

TEST_F(Profiles, ReportTheErrorsOfAllFilesAtOnce) {
  add("/usr/base.yaml", "sysctl: { net.core.somaxconn: many }\n");
  add("/usr/child.yaml", "extends: [base, nowhere]\nsumary: x\n");
  const LoadedProfile result = load("child");
  EXPECT_FALSE(result.profile.has_value());
  EXPECT_THAT(texts(result),
              ElementsAre(HasSubstr("/usr/base.yaml:3:31: error"),
                          HasSubstr("/usr/child.yaml:3:17: error: there is no profile 'nowhere'"),
                          HasSubstr("/usr/child.yaml:4:1: error")));
}

TEST_F(Profiles, SayWhichNumbersASysctlTakes) {
  add("/usr/a.yaml", "sysctl: { net.ipv4.tcp_timestamps: 7 }\n");
  EXPECT_THAT(texts(load("a")),
              ElementsAre(HasSubstr("net.ipv4.tcp_timestamps takes 0 to 2, not 7")));
}

TEST_F(Profiles, AreReturnedDespiteWarnings) {
  add("/usr/a.yaml", "sysctl: { net.ipv4.tcp_sack: 0 }\n");
  const LoadedProfile result = load("a");
  EXPECT_TRUE(result.profile.has_value());
  EXPECT_EQ(result.diagnostics.size(), 1U);
}

TEST_F(Profiles, ReportALoopOverSeveralFiles) {
  add("/usr/a.yaml", "extends: [b]\n");
  add("/usr/b.yaml", "extends: [c]\n");
  add("/usr/c.yaml", "extends: [b]\n");
  EXPECT_THAT(texts(load("a")),
              ElementsAre(HasSubstr("/usr/c.yaml:3:11: error: /usr/b.yaml → /usr/c.yaml → "
                                    "/usr/b.yaml [extends-loop]")));
}

TEST_F(Profiles, AHintForAnUnknownNameHasTheNearestAndAllNames) {
  add("/usr/edge-server.yaml", "");
  add("/usr/base.yaml", "");
  EXPECT_THAT(texts(load("edge-sever")),
              ElementsAre("error: there is no profile 'edge-sever' [unknown-profile]\n"
                          "  hint: did you mean edge-server? there are base, edge-server"));
  EXPECT_THAT(texts(load_profile(files_, "x", std::vector<std::string>{"/none"})),
              ElementsAre(HasSubstr("hint: no profile in /none")));
}

TEST_F(Profiles, CanBeReadByPathFromAnyDirectory) {
  add("here/mine.yaml", "extends: [base]\n");
  add("/usr/base.yaml", "");
  EXPECT_THAT(loaded("here/mine.yaml").lineage, ElementsAre("/usr/base.yaml", "here/mine.yaml"));
  EXPECT_THAT(texts(load("here/other.yaml")), ElementsAre(HasSubstr("here/other.yaml: error: ")));
}

TEST_F(Profiles, TooLargeAreNotRead) {
  add("/usr/a.yaml", std::string(kProfileSizeLimit, '#'));
  EXPECT_THAT(texts(load("a")), ElementsAre(HasSubstr("[too-large]")));
  files_.files["/usr/a.yaml"].resize(kProfileSizeLimit);
  EXPECT_TRUE(load("a").profile.has_value());
}

TEST_F(Profiles, UnreadableAreNotReplacedByTheShippedOne) {
  add("/usr/a.yaml", "");
  files_.faults["/etc/a.yaml"] = {Fault::NotPermitted, 13, "open /etc/a.yaml: Permission denied",
                                  ""};
  const LoadedProfile result = load("a");
  EXPECT_FALSE(result.profile.has_value());
  EXPECT_THAT(texts(result), ElementsAre(HasSubstr("Permission denied [unreadable-file]")));
}

TEST_F(Profiles, AreListedWithLocalOnesFirst) {
  add("/usr/a.yaml", "summary: shipped\n");
  add("/usr/b.yaml", "summary: other\n");
  add("/etc/a.yaml", "summary: local\n");
  files_.files["/etc/notes.txt"] = "not a profile";
  files_.files["/etc/broken.yaml"] = "[";
  const auto listings = list_profiles(files_, kDirectories);
  ASSERT_EQ(listings.size(), 4U);
  EXPECT_EQ(listings[0].path, "/etc/a.yaml");
  EXPECT_EQ(listings[0].summary, "local");
  EXPECT_TRUE(listings[0].local);
  EXPECT_FALSE(listings[0].shadowed);
  EXPECT_EQ(listings[1].path, "/usr/a.yaml");
  EXPECT_FALSE(listings[1].local);
  EXPECT_TRUE(listings[1].shadowed);
  EXPECT_EQ(listings[2].name, "b");
  EXPECT_EQ(listings[3].name, "broken");
  EXPECT_EQ(listings[3].summary, "");
  ASSERT_TRUE(listings[3].error);
  EXPECT_EQ(listings[3].error->origin.file, "/etc/broken.yaml");
  EXPECT_FALSE(listings[0].error);
}

TEST_F(Profiles, AListedProfileIsBrokenIfOneThatItExtendsIs) {
  add("/usr/base.yaml", "summary: fine\nnonsense: 1\n");
  add("/etc/mine.yaml", "summary: mine\nextends: [base]\n");
  const auto listings = list_profiles(files_, kDirectories);
  ASSERT_EQ(listings.size(), 2U);
  EXPECT_EQ(listings[1].summary, "mine");
  ASSERT_TRUE(listings[1].error);
  EXPECT_EQ(listings[1].error->code, "unknown-key");
  EXPECT_EQ(listings[1].error->origin.file, "/usr/base.yaml");
}

TEST_F(Profiles, AListedProfileThatExtendsAnUnknownOneIsBroken) {
  add("/etc/mine.yaml", "summary: mine\nextends: [nothing]\n");
  const auto listings = list_profiles(files_, kDirectories);
  ASSERT_EQ(listings.size(), 1U);
  ASSERT_TRUE(listings[0].error);
  EXPECT_EQ(listings[0].error->code, "unknown-profile");
}

TEST_F(Profiles, AFileOfTheWorkingDirectoryIsNamedByItsPath) {
  add("/usr/base.yaml", "summary: fine\n");
  files_.files["./site.yaml"] = "schema: ktls-tuner/profile/v1\nname: site\n";
  EXPECT_THAT(texts(load("site")), ElementsAre(HasSubstr("by its path: ./site.yaml")));
  EXPECT_THAT(texts(load("bsae")), ElementsAre(HasSubstr("did you mean base? there are base")));
}

TEST_F(Profiles, AListingOfMissingDirectoriesIsEmpty) {
  EXPECT_THAT(list_profiles(files_, kDirectories), IsEmpty());
}

TEST_F(Profiles, EnforceTheLimitsOfNicParameters) {
  const auto fault = [&](const std::string& setting) {
    add("/usr/limits.yaml", "nics: [ { select: { name: a }, " + setting + " } ]\n");
    const LoadedProfile result = load("limits");
    return result.diagnostics.empty() ? std::string() : result.diagnostics[0].hint;
  };
  for (const char* inside :
       {"channels: { combined: 1 }", "channels: { combined: 65535 }", "rings: { rx: 1 }",
        "rings: { tx: 1048576 }", "coalesce: { rx-usecs: 0 }", "coalesce: { tx-usecs: 1000000 }"})
    EXPECT_EQ(fault(inside), "") << inside;
  EXPECT_EQ(fault("channels: { combined: 0 }"), "it is 1 to 65535");
  EXPECT_EQ(fault("channels: { combined: 65536 }"), "it is 1 to 65535");
  EXPECT_EQ(fault("rings: { rx: 0 }"), "it is 1 to 1048576");
  EXPECT_EQ(fault("rings: { rx: 1048577 }"), "it is 1 to 1048576");
  EXPECT_EQ(fault("coalesce: { rx-usecs: -1 }"), "it is 0 to 1000000");
  EXPECT_EQ(fault("coalesce: { rx-usecs: 1000001 }"), "it is 0 to 1000000");
}

class Digest : public Profiles {
 protected:
  std::string of(std::string_view body) {
    add("/usr/a.yaml", body);
    return loaded("a").digest;
  }
};

TEST_F(Digest, IsSixteenHexDigits) {
  EXPECT_THAT(of("sysctl: { net.core.somaxconn: 4001 }\n"),
              ::testing::MatchesRegex("[0-9a-f]{16}"));
}

// If these digests change, every deployed profile looks edited: that is a change of the format.
TEST_F(Digest, IsTheSameInAllReleases) {
  EXPECT_EQ(of("sysctl: { net.core.somaxconn: { at_least: 4096 } }\n"), "940ab2f5549e5cef");
  EXPECT_EQ(
      of("nics: [ { select: { name: a }, features: { rx-gro: true }, rings: { rx: 4096 } } ]\n"),
      "a4444f13d0b8fe49");
}

TEST_F(Digest, IgnoresCommentsLayoutOrderSummaryAndWhy) {
  const std::string first = of("sysctl: { net.core.somaxconn: 4001, net.core.busy_poll: 2 }\n");
  EXPECT_EQ(of("# a comment\nsummary: new words\nsysctl:\n  net/core/busy_poll: 2\n"
               "  net.core.somaxconn: { value: 4001, need: required, why: because }\n"),
            first);
}

TEST_F(Digest, IgnoresTheOrderOfNamesInASet) {
  const auto nics = [&](std::string_view select) {
    return of("nics: [ { select: { " + std::string(select) + " } } ]\n");
  };
  EXPECT_EQ(nics("name: [eth1, eth0]"), nics("name: [eth0, eth1]"));
  EXPECT_EQ(nics("driver: [nfp, mlx5_core]"), nics("driver: [mlx5_core, nfp]"));
  EXPECT_EQ(nics("numa_node: [1, 0]"), nics("numa_node: [0, 1]"));
  EXPECT_EQ(of("cpus: [ { nodes: [1, 0] } ]\n"), of("cpus: [ { nodes: [0, 1] } ]\n"));
  const auto expect = [&](std::string_view ciphers) {
    return of("expect: { paths: [ { version: TLSv1.2, cipher: [" + std::string(ciphers) +
              "] } ] }\n");
  };
  EXPECT_EQ(expect("AES-256-GCM, AES-128-GCM"), expect("AES-128-GCM, AES-256-GCM"));
}

TEST_F(Digest, ChangesWithEveryEffectiveChange) {
  const std::vector<std::string> bodies = {
      "",
      "sysctl: { net.core.somaxconn: 4001 }\n",
      "sysctl: { net.core.somaxconn: 4002 }\n",
      "sysctl: { net.core.somaxconn: { at_least: 4001 } }\n",
      "sysctl: { net.core.somaxconn: { value: 4001, need: preferred } }\n",
      "sysctl: { net.core.busy_poll: 1 }\n",
      "sysctl: { net.core.busy_poll: { value: 1, allow_unlisted: true } }\n",
      "modules: { tls: { load: true } }\n",
      "irqbalance: leave\n",
      "irqbalance: require-off\n",
      "nics: [ { select: { any: physical } } ]\n",
      "nics: [ { select: { carries: default-route } } ]\n",
      "nics: [ { select: { name: a } } ]\n",
      "nics: [ { select: { name: [a, b] } } ]\n",
      "nics: [ { select: { driver: a } } ]\n",
      "nics: [ { select: { numa_node: 0 } } ]\n",
      "nics: [ { select: { name: a }, irqs: { placement: numa-local-spread } } ]\n",
      "nics: [ { select: { name: a, if_present: true } } ]\n",
      "nics: [ { select: { name: a }, xps: match-irqs } ]\n",
      "nics: [ { select: { name: a }, rps: few-queues } ]\n",
      "nics: [ { select: { name: a }, channels: { combined: 4 } } ]\n",
      "nics: [ { select: { name: a }, channels: { combined: 5 } } ]\n",
      "nics: [ { select: { name: a }, rings: { rx: 4096 } } ]\n",
      "nics: [ { select: { name: a }, rings: { tx: 4096 } } ]\n",
      "nics: [ { select: { name: a }, coalesce: { rx-usecs: 8 } } ]\n",
      "nics: [ { select: { name: a }, coalesce: { tx-usecs: 8 } } ]\n",
      "nics: [ { select: { name: a }, features: { rx-gro: true } } ]\n",
      "nics: [ { select: { name: a }, features: { rx-gro: false } } ]\n",
      "cpus: [ { nodes: all } ]\n",
      "cpus: [ { nodes: nic-local } ]\n",
      "cpus: [ { nodes: [0] } ]\n",
      "cpus: [ { governor: performance } ]\n",
      "cpus: [ { energy_performance_preference: performance } ]\n",
      "expect: { paths: [ { version: TLSv1.2, cipher: AES-128-GCM } ] }\n",
      "expect: { paths: [ { version: TLSv1.3, cipher: AES-128-GCM } ] }\n",
      "expect: { paths: [ { version: TLSv1.2, cipher: AES-256-GCM } ] }\n",
      "expect: { paths: [ { version: TLSv1.2, cipher: AES-128-GCM, tx: kernel } ] }\n",
      "expect: { paths: [ { version: TLSv1.2, cipher: AES-128-GCM, rx: kernel } ] }\n",
  };
  std::map<std::string, std::string> seen;
  for (const std::string& body : bodies) {
    const auto [first, added] = seen.emplace(of(body), body);
    EXPECT_TRUE(added) << body << " has the digest of " << first->second;
  }
}

}  // namespace
}  // namespace tuner
