#include "profile/import/import.h"

#include "profile/find_profile.h"
#include "profile/profile_files.h"
#include "support/hostile_names.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tuner {
namespace {

using importing::Draft;
using importing::ImportedLine;
using importing::LineFate;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Files = std::map<std::string, std::string>;

ImportSource source_of(const Files& files, std::map<int, std::string> nics = {}) {
  return {.read = [&files](const std::string& path, std::size_t most) -> Result<std::string> {
            const auto found = files.find(path);
            if (found == files.end()) return fail(Fault::NotFound, "read " + path + ": none");
            if (found->second.size() > most) return fail(Fault::Invalid, path + ": too large");
            return found->second;
          },
          .nics_of_irqs = [nics] { return nics; }};
}

Result<Imported> import_of(const Files& files, std::vector<std::string> paths) {
  return import_profile(paths, "x", source_of(files));
}

Imported imported(const std::string& text) {
  const Files files{{"a.conf", text}};
  auto result = import_of(files, {"a.conf"});
  EXPECT_TRUE(result) << (result ? "" : result.error().text);
  return result ? std::move(*result) : Imported{};
}

LoadedProfile loaded(const Imported& from) {
  test::MapFiles files;
  files.files["/p/x.yaml"] = from.yaml;
  return load_profile(files, "/p/x.yaml", {});
}

// "net.core.somaxconn = 1024", "… >= 5", with "?" if it is preferred.
std::vector<std::string> sysctls(const Imported& from) {
  const LoadedProfile result = loaded(from);
  EXPECT_TRUE(result.profile) << from.yaml;
  std::vector<std::string> all;
  if (!result.profile) return all;
  for (const NamedSetting& one : result.profile->sysctl)
    all.push_back(
        fmt::format("{} {}{}{}", one.name, one.setting.goal.op == Goal::Op::Exactly ? "= " : "",
                    to_text(one.setting.goal), one.setting.need == Need::Preferred ? " ?" : ""));
  return all;
}

std::string reasons(const ImportedLine& line) {
  std::string text;
  for (const std::string& reason : line.reasons) text += reason + "\n";
  for (const Draft& draft : line.drafts) {
    for (const std::string& warning : draft.warnings) text += warning + "\n";
    text += draft.refused.value_or("");
  }
  return text;
}

std::string fates(const Imported& from) {
  std::string text;
  for (const ImportedLine& line : from.lines) text += fmt::format("{} ", word_of(line.fate));
  return text;
}

// Every line has one fate, with a reason unless it is simply set, and stands in the profile.
void expect_accounted(const Imported& from) {
  std::map<std::string, std::size_t> lines;
  std::size_t set = 0;
  for (const ImportedLine& line : from.lines) {
    EXPECT_EQ(line.place.line, static_cast<int>(++lines[line.place.file]));
    const std::string place = to_text(line.place);
    const auto kept = std::ranges::count_if(line.drafts, [](const Draft& d) { return !d.refused; });
    set += static_cast<std::size_t>(kept);
    EXPECT_EQ(kept > 0, line.fate == LineFate::Set || line.fate == LineFate::SetWithWarning)
        << place;
    const bool plain = line.fate == LineFate::Blank || line.fate == LineFate::Comment;
    if (line.fate == LineFate::SetWithWarning || line.fate == LineFate::NotSet) {
      EXPECT_NE(reasons(line), "") << place;
    }
    if (line.fate == LineFate::Set) {
      EXPECT_EQ(reasons(line), "") << place;
    }
    if (!plain) {
      EXPECT_THAT(from.yaml, HasSubstr(place));
    }
    if (line.fate == LineFate::Comment && line.text.starts_with("#")) {
      EXPECT_THAT(from.yaml, HasSubstr(line.text));
    }
  }
  for (const ImportedFile& file : from.files) EXPECT_EQ(lines[file.path], file.lines) << file.path;
  EXPECT_EQ(lines.size(), from.files.size());
  const LoadedProfile result = loaded(from);
  ASSERT_TRUE(result.profile) << from.yaml;
  std::size_t settings = result.profile->sysctl.size();
  for (const NicEntry& nic : result.profile->nics)
    settings += nic.features.size() + nic.rings.size() + nic.coalesce.size() + nic.channels.size() +
                (nic.irq_placement ? 1 : 0) + (nic.xps ? 1 : 0) + (nic.rps ? 1 : 0);
  for (const CpuEntry& cpu : result.profile->cpus)
    settings += (cpu.governor ? 1 : 0) + (cpu.epp ? 1 : 0);
  EXPECT_EQ(settings, set) << from.yaml;
}

Imported from_inputs(const std::string& file) {
  const std::string folder = KTLS_TUNER_SOURCE_DIR "/tests/profile/import/inputs/";
  const test::DiskFiles disk;
  const ImportSource source{
      .read = [&](const std::string& path, std::size_t most) { return disk.read(path, most); },
      .nics_of_irqs =
          [] {
            return std::map<int, std::string>{
                {45, "eth0"}, {46, "eth0"}, {47, "eth0"}, {48, "eth1"}};
          }};
  const std::vector<std::string> paths{folder + file};
  auto result = import_profile(paths, "x", source);
  EXPECT_TRUE(result) << (result ? "" : result.error().text);
  return result ? std::move(*result) : Imported{};
}

class PublishedTuning : public ::testing::TestWithParam<const char*> {};
TEST_P(PublishedTuning, HasEveryLineAccountedFor) {
  expect_accounted(from_inputs(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Import, PublishedTuning,
                         ::testing::Values("web-server.conf", "bulk-transfer.conf",
                                           "low-latency.sh", "tuned/network-latency/tuned.conf",
                                           "tuned/network-throughput/tuned.conf", "irq-list.txt",
                                           "set-irq-affinity.txt", "rc.local"));

TEST(Import, ABusyWebServersRecipe) {
  const Imported from = from_inputs("web-server.conf");
  const auto set = sysctls(from);
  EXPECT_THAT(set,
              ::testing::IsSupersetOf(
                  {"net.core.somaxconn = 1024", "net.ipv4.tcp_tw_recycle = 1 ?",
                   "net.ipv4.tcp_rmem = 8192 87380 16777216", "net.core.rmem_max = 16777216",
                   "net.netfilter.nf_conntrack_max = 1000000 ?",
                   "net.ipv4.conf.eth0/100.forwarding = 0", "net.core.default_qdisc = fq_codel"}));
  EXPECT_THAT(set, Not(::testing::Contains(HasSubstr("kernel."))));
  EXPECT_EQ(set.size(), 28U);
  EXPECT_THAT(from.yaml,
              AllOf(HasSubstr("clients behind NAT"), HasSubstr("exists in Linux up to 5.12")));
}

TEST(Import, TunedMergesWhatItIncludes) {
  const Imported from = from_inputs("tuned/network-throughput/tuned.conf");
  EXPECT_THAT(sysctls(from), ElementsAre("vm.dirty_ratio = 40", "vm.dirty_background_ratio = 10",
                                         "vm.swappiness = 10", "net.core.somaxconn >= 2048",
                                         "net.ipv4.tcp_rmem = 4096 131072 16777216",
                                         "net.ipv4.tcp_wmem = 4096 16384 16777216"));
  const Profile profile = *loaded(from).profile;
  ASSERT_EQ(profile.nics.size(), 1U);
  EXPECT_THAT(profile.nics[0].select.names, ElementsAre("eth*", "ens1f0"));
  EXPECT_EQ(profile.nics[0].features.size(), 4U) << "tso is two of them, lro maybe is none";
  EXPECT_EQ(profile.nics[0].rings.size(), 2U);
  ASSERT_EQ(profile.cpus.size(), 1U);
  EXPECT_EQ(to_text(profile.cpus[0].governor->goal), "performance");
  EXPECT_EQ(profile.summary, "Throughput of the network");
}

TEST(Import, InterruptsBecomeTheRuleOfTheirNic) {
  const Profile profile = *loaded(from_inputs("set-irq-affinity.txt")).profile;
  ASSERT_EQ(profile.nics.size(), 2U);
  EXPECT_THAT(profile.nics[0].select.names, ElementsAre("eth0"));
  EXPECT_TRUE(profile.nics[0].irq_placement);
  EXPECT_TRUE(profile.nics[0].xps);
  EXPECT_THAT(profile.nics[1].select.names, ElementsAre("eth1"));
  EXPECT_FALSE(profile.nics[1].xps);
  EXPECT_TRUE(loaded(from_inputs("rc.local")).profile->nics[1].rps);
}

TEST(Import, TheInterfaceOfANumberIsAskedOnlyIfALineLacksIt) {
  const Files files{{"named", "eth0 0 1 -> /proc/irq/45/smp_affinity\n"}, {"bare", "45: 0\n"}};
  int asked = 0;
  ImportSource source = source_of(files);
  source.nics_of_irqs = [&] {
    ++asked;
    return std::map<int, std::string>{};
  };
  ASSERT_TRUE(import_profile(std::vector<std::string>{"named"}, "x", source));
  EXPECT_EQ(asked, 0);
  const auto bare = import_profile(std::vector<std::string>{"bare"}, "x", source);
  ASSERT_TRUE(bare);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(bare->lines[0].fate, LineFate::NotSet);
}

TEST(Import, OfTwoLinesTheLaterCounts) {
  const Files files{{"a", "net.core.somaxconn=1\nnet/core/somaxconn=5000\n"},
                    {"b", "net.core.somaxconn=6000\n"}};
  const auto from = import_of(files, {"a", "b"});
  ASSERT_TRUE(from);
  EXPECT_THAT(sysctls(*from), ElementsAre("net.core.somaxconn = 6000"));
  EXPECT_EQ(fates(*from), "not-set not-set set ");
  EXPECT_THAT(reasons(from->lines[0]), HasSubstr("b:1 sets it again"));
  EXPECT_THAT(reasons(from->lines[1]), HasSubstr("b:1 sets it again"));
}

// sysctl(8) would leave the earlier value, too.
TEST(Import, ARefusedLineDoesNotHideAnEarlierOne) {
  const Imported from = imported("net.core.rmem_max=16777216\nnet.core.rmem_max=16M\n");
  EXPECT_THAT(sysctls(from), ElementsAre("net.core.rmem_max = 16777216"));
  EXPECT_EQ(fates(from), "set not-set ");
}

TEST(Import, ManyWrongLinesAboutOneSysctlEnd) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += fmt::format("net.core.rmem_max={}M\n", i);
  expect_accounted(imported(text));
}

TEST(Import, ValuesAsTheyAre) {
  EXPECT_THAT(sysctls(imported("net.ipv4.ip_local_reserved_ports = 8080,9148\r\n"
                               "net.ipv4.tcp_congestion_control=\"bbr\"\n"
                               "net.ipv4.tcp_wmem\t=\t4096\t65536\t4194304\n"
                               "vm.overcommit_kbytes=-1\n")),
              ElementsAre("net.ipv4.ip_local_reserved_ports = 8080,9148",
                          "net.ipv4.tcp_congestion_control = bbr",
                          "net.ipv4.tcp_wmem = 4096 65536 4194304", "vm.overcommit_kbytes = -1"));
}

// 010 is eight to the kernel.
TEST(Import, NumbersThatOthersReadDifferentlyAreNotSet) {
  EXPECT_EQ(fates(imported("net.core.somaxconn = 010000\nnet.core.rmem_max = 0x100000\n")),
            "not-set not-set ");
}

TEST(Import, ValuesCannotLeaveTheirQuotes) {
  const Imported from = imported(
      "net.ipv4.tcp_congestion_control = x\" }\n"
      "net.ipv4.a#b = \\\n"
      "net.core.default_qdisc = fq, why: \"y\" } # z\n"
      "net.ipv4.on: [ = 1\n");
  expect_accounted(from);
  for (const std::string& one : sysctls(from)) EXPECT_THAT(one, HasSubstr("net."));
}

TEST(Import, HiddenCharactersAreEscaped) {
  const Imported from = imported(
      "# \x1b[31mred \xe2\x80\xae\n"
      "net.ipv4.tcp_congestion_control = b\x1b[0m\n"
      "net.ipv4.\x07 = 1\n"
      "\xff\xfe\n"
      "net.core.somaxconn = 5000\n");
  EXPECT_EQ(fates(from), "comment not-set not-set not-set set ");
  EXPECT_THAT(from.yaml, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\xe2\x80\xae")),
                               HasSubstr("\\x1b[31mred \\u202e"), HasSubstr("\\xff\\xfe")));
  EXPECT_THAT(sysctls(from), ElementsAre("net.core.somaxconn = 5000"));
}

TEST(Import, AHostilePathIsText) {
  const std::string path = "a\n\x1b: \"b\\.conf";
  const Files files{{path, "net.core.somaxconn = 5000\n"}};
  const auto from = import_of(files, {path});
  ASSERT_TRUE(from) << from.error().text;
  EXPECT_THAT(sysctls(*from), ElementsAre("net.core.somaxconn = 5000"));
}

// Wherever the name stands, it is text of the profile, or the line is not set.
TEST(Import, HostileNamesStayText) {
  for (const std::string& name : testing::hostile_names()) {
    const Files files{
        {name + ".conf", "# " + name + "\n; " + name + "\nnet.ipv4.conf." + name +
                             ".rp_filter = 1\nnet.ipv4.tcp_congestion_control = " + name + "\n" +
                             name + " 0 1 -> /proc/irq/45/smp_affinity\n" + name + "\n"},
        {"/t/" + name + "/tuned.conf", "[main]\nsummary=" + name + "\ninclude=" + name +
                                           "\n[net]\ndevices=" + name + "\nfeatures=" + name +
                                           " on\n[" + name + "]\n" + name + "=" + name + "\n"}};
    for (const auto& [path, text] : files) {
      if (text.find('\0') != std::string::npos) continue;
      const auto from = import_of(files, {path});
      ASSERT_TRUE(from) << from.error().text;
      EXPECT_EQ(testing::first_hidden(from->yaml), testing::first_hidden("")) << from->yaml;
      EXPECT_TRUE(loaded(*from).profile) << from->yaml;
    }
  }
}

TEST(Import, RefusesWhatIsNoText) {
  const Files files{{"nul", std::string("net.core.somaxconn=1\0", 21)},
                    {"large", std::string(kImportSizeLimit + 1, '#')},
                    {"many", std::string(kImportLineLimit + 1, '\n')},
                    {"other", "root:x:0:0:root:/root:/bin/bash\n"}};
  for (const auto& [path, text] : files) {
    const auto result = import_of(files, {path});
    ASSERT_FALSE(result) << path;
    EXPECT_EQ(result.error().fault, Fault::Invalid) << path;
    EXPECT_THAT(result.error().text, HasSubstr(path));
  }
  EXPECT_EQ(import_of(files, {"missing"}).error().fault, Fault::NotFound);
}

TEST(Import, AFileOfCommentsIsAValidProfile) {
  const Imported from = imported("# nothing\n\n; here\n");
  EXPECT_EQ(fates(from), "comment blank comment ");
  EXPECT_TRUE(loaded(from).profile);
  EXPECT_TRUE(loaded(imported("")).profile);
}

constexpr const char* kA = "/etc/tuned/a/tuned.conf";
constexpr const char* kB = "/etc/tuned/b/tuned.conf";

TEST(Import, IncludesThatLoopEnd) {
  const Files files{{kA, "[main]\ninclude=b\n[sysctl]\nvm.swappiness=1\n"},
                    {kB, "[main]\ninclude=a\n[sysctl]\nvm.swappiness=2\n"}};
  const auto from = import_of(files, {kA});
  ASSERT_TRUE(from);
  expect_accounted(*from);
  EXPECT_THAT(sysctls(*from), ElementsAre("vm.swappiness = 1"));
}

TEST(Import, IncludesHaveALimit) {
  Files files;
  for (int i = 0; i < 40; ++i)
    files[fmt::format("/t/p{}/tuned.conf", i)] =
        fmt::format("[main]\ninclude=p{}\n[sysctl]\nvm.swappiness={}\n", i + 1, i);
  const auto deep = import_of(files, {"/t/p0/tuned.conf"});
  ASSERT_TRUE(deep) << "what is too deep is said in a line";
  EXPECT_EQ(deep->files.size(), 17U);
  EXPECT_THAT(deep->yaml, HasSubstr("more than 16 levels"));
  std::string all;
  for (int i = 1; i < 40; ++i) all += fmt::format("p{} ", i);
  files["/t/p0/tuned.conf"] = "[main]\ninclude=" + all + "\n";
  EXPECT_EQ(import_of(files, {"/t/p0/tuned.conf"}).error().fault, Fault::Invalid);
}

TEST(Import, IncludesNoFileElsewhere) {
  const Files files{{kA,
                     "[main]\ninclude=../../shadow /etc/shadow missing -optional\n"
                     "[variables]\ninclude=/etc/shadow\ninclude=/etc/tuned/../shadow.conf\n"
                     "include=/etc/tuned/a-variables.conf\n[sysctl]\nvm.swappiness=${s}\n"},
                    {"/etc/shadow", "root:secret\n"},
                    {"/etc/shadow.conf", "root:secret\n"},
                    {"/etc/shadow/tuned.conf", "root:secret\n"},
                    {"/etc/tuned/a-variables.conf", "s=7\n"}};
  const auto from = import_of(files, {kA});
  ASSERT_TRUE(from);
  EXPECT_THAT(from->yaml, Not(HasSubstr("secret")));
  EXPECT_THAT(sysctls(*from), ElementsAre("vm.swappiness = 7"));
  EXPECT_THAT(reasons(from->lines.at(2)),
              AllOf(HasSubstr("shadow"), HasSubstr("missing"), Not(HasSubstr("optional"))));
  expect_accounted(*from);
}

// Of a relative path the own folder is not known here.
TEST(Import, AProfileByARelativePathIncludesNoFileElsewhere) {
  const Files files{
      {"tuned.conf", "[variables]\ninclude=/etc/shadow.conf\n[sysctl]\nvm.swappiness=1\n"},
      {"/etc/shadow.conf", "root:secret\n"}};
  const auto from = import_of(files, {"tuned.conf"});
  ASSERT_TRUE(from);
  EXPECT_THAT(from->yaml, Not(HasSubstr("secret")));
}

TEST(Import, LongLinesHaveALimit) {
  const auto repeated = [](std::string_view word) {
    std::string all;
    while (all.size() < 200'000) all += word;
    return all;
  };
  EXPECT_EQ(fates(imported("[net]\nfeatures=" + repeated("tso on, ") + "\n")), "read not-set ");
  EXPECT_EQ(fates(imported("sysctl -w " + repeated("vm.swappiness=1 ") + "\n")), "not-set ");
  const Imported includes = imported("[main]\ninclude=" + repeated("a ") + "\n");
  EXPECT_EQ(includes.lines.at(1).reasons.size(), 33U);
  const Files files{{"a.conf", repeated("# a\n").substr(0, 4 * 2900)},
                    {"b.conf", "net.core.somaxconn = " + std::string(250'000, '1') + "\n"}};
  EXPECT_TRUE(import_of(files, {"a.conf", "b.conf"}));
}

TEST(Import, TunedSectionsThatReplaceDropOrDisable) {
  const Files files{
      {kA,
       "[main]\ninclude=b\n[sysctl]\ndrop=vm.swappiness\nvm.dirty_ratio=5\n[cpu]\nreplace=1\n"
       "governor=powersave|schedutil\n[net]\nenabled=false\nring=rx 5\n[more]\ntype=sysctl\n"
       "net.core.somaxconn=>9000\nvm.x=${f:exec:id}\n"},
      {kB,
       "[sysctl]\nvm.swappiness=1\nvm.dirty_ratio=6\n[cpu]\nenergy_performance_preference="
       "power\n"}};
  const auto from = import_of(files, {kA});
  ASSERT_TRUE(from);
  expect_accounted(*from);
  EXPECT_THAT(sysctls(*from), ElementsAre("vm.dirty_ratio = 5", "net.core.somaxconn >= 9000"));
  const Profile profile = *loaded(*from).profile;
  ASSERT_EQ(profile.cpus.size(), 1U);
  EXPECT_EQ(to_text(profile.cpus[0].governor->goal), "powersave");
  EXPECT_FALSE(profile.cpus[0].epp);
  EXPECT_THAT(profile.nics, IsEmpty());
  EXPECT_THAT(from->yaml, AllOf(HasSubstr("a/tuned.conf:4 drops it"),
                                HasSubstr("a/tuned.conf:7 replaces the section of it"),
                                HasSubstr("a/tuned.conf:10 disables its section"),
                                HasSubstr("TuneD computes this value")));
}

TEST(Import, TunedDevicesThatAProfileCannotSelect) {
  const auto fate = [](const std::string& section) { return fates(imported("[net]\n" + section)); };
  EXPECT_EQ(fate("devices=!eth0\nring=rx 512\n"), "read read not-set ");
  EXPECT_EQ(fate("devices=eth[01]\nring=rx 512\n"), "read read not-set ");
  EXPECT_EQ(fate("ring=rx 512\nring=rx-mini 5\nchannels=combined 0\n"),
            "read not-set not-set not-set ")
      << "the last ring= counts for TuneD, and its rx-mini has no setting here";
  EXPECT_EQ(fate("coalesce=adaptive-rx on\nfeatures=rx off\nring=\nmtu=9000\n"),
            "read set set not-set not-set ");
  EXPECT_EQ(fates(imported("[cpu]\ndevices=cpu0\ngovernor=performance\n")), "read read not-set ");
}

TEST(Import, NamesOfProfiles) {
  EXPECT_EQ(imported_name("/etc/sysctl.d/99-Web Server.conf"), "99-web-server");
  EXPECT_EQ(imported_name("/etc/tuned/web/tuned.conf"), "web");
  EXPECT_EQ(imported_name("tuned.conf"), "tuned");
  EXPECT_EQ(imported_name("/x/.\x1b"), "profile");
  EXPECT_EQ(imported_name("/x/y.yaml.conf"), "y-yaml");
  EXPECT_EQ(imported_name("/x/" + std::string(200, 'a')).size(), 64U);
}

}  // namespace
}  // namespace tuner
