// The shipped profiles, and the pages and schemas that are generated from the reader's tables.
#include "profile/find_profile.h"
#include "profile/profile_files.h"
#include "profile/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tuner {
namespace {

const std::vector<std::string> kDirectories = {test::kShippedProfiles};

Profile shipped(std::string_view name) {
  return load_profile(test::DiskFiles(), name, kDirectories).profile.value();
}

std::set<std::string> sysctls(const Profile& profile) {
  std::set<std::string> names;
  for (const NamedSetting& one : profile.sysctl) names.insert(one.name);
  return names;
}

TEST(ShippedProfiles, AreTheFour) {
  std::vector<std::string> names;
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories))
    names.push_back(one.name);
  EXPECT_THAT(names, ::testing::ElementsAre("base", "bulk-transfer", "edge-server", "low-latency"));
}

TEST(ShippedProfiles, LoadWithoutAnyDiagnosticAndHaveASummary) {
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories)) {
    const LoadedProfile loaded = load_profile(test::DiskFiles(), one.name, kDirectories);
    for (const Diagnostic& diagnostic : loaded.diagnostics) ADD_FAILURE() << to_text(diagnostic);
    EXPECT_TRUE(loaded.profile.has_value());
    EXPECT_FALSE(one.summary.empty()) << one.name;
  }
}

TEST(ShippedProfiles, LeaveReceiveOffloadToTheAdministrator) {
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories)) {
    for (const NicEntry& nic : shipped(one.name).nics) {
      for (const NamedSetting& feature : nic.features)
        EXPECT_NE(feature.name, "tls-hw-rx-offload") << one.name;
    }
  }
}

TEST(ShippedProfiles, GiveAReasonForEverySetting) {
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories)) {
    const Profile profile = shipped(one.name);
    std::vector<Setting> settings;
    for (const NamedSetting& named : profile.modules) settings.push_back(named.setting);
    for (const NamedSetting& named : profile.sysctl) settings.push_back(named.setting);
    for (const NicEntry& nic : profile.nics) {
      for (const auto& setting : {nic.irq_placement, nic.xps, nic.rps}) {
        if (setting) settings.push_back(*setting);
      }
      for (const NamedSetting& named : nic.features) settings.push_back(named.setting);
    }
    for (const CpuEntry& cpus : profile.cpus) {
      if (cpus.governor) settings.push_back(*cpus.governor);
      if (cpus.epp) settings.push_back(*cpus.epp);
    }
    if (profile.irqbalance) settings.push_back(*profile.irqbalance);
    for (const Setting& setting : settings)
      EXPECT_FALSE(setting.why.empty()) << to_text(setting.origin);
  }
}

TEST(ShippedProfiles, LoadTheModuleAndExpectTheKernel) {
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories)) {
    const Profile profile = shipped(one.name);
    ASSERT_EQ(profile.modules.size(), 1U) << one.name;
    EXPECT_EQ(profile.modules[0].name, "tls");
    const auto path = expectation_for(profile, TlsVersion::Tls12, TlsCipher::Aes128Gcm);
    EXPECT_EQ(path.tx, ExpectedPath::Kernel) << one.name;
  }
}

// A change from one profile to another must have something to restore.
TEST(ShippedProfiles, ServerProfilesSetMoreThanLowLatency) {
  const auto server = sysctls(shipped("edge-server"));
  const auto latency = sysctls(shipped("low-latency"));
  EXPECT_TRUE(server.contains("net.core.wmem_max"));
  EXPECT_FALSE(latency.contains("net.core.wmem_max"));
}

// Missing hardware must not prevent the other settings: only settings that every kernel has are
// required.
TEST(ShippedProfiles, RequireNoHardware) {
  for (const ProfileListing& one : list_profiles(test::DiskFiles(), kDirectories)) {
    const Profile profile = shipped(one.name);
    for (const NicEntry& nic : profile.nics) {
      for (const auto& setting : {nic.irq_placement, nic.xps, nic.rps}) {
        if (setting) {
          EXPECT_EQ(setting->need, Need::Preferred) << one.name;
        }
      }
      for (const NamedSetting& feature : nic.features)
        EXPECT_EQ(feature.setting.need, Need::Preferred) << one.name;
    }
    for (const CpuEntry& cpus : profile.cpus) {
      if (cpus.governor) {
        EXPECT_EQ(cpus.governor->need, Need::Preferred) << one.name;
      }
      if (cpus.epp) {
        EXPECT_EQ(cpus.epp->need, Need::Preferred) << one.name;
      }
    }
  }
}

std::string file_text(const std::string& path) {
  return test::DiskFiles().read(path, kProfileSizeLimit).value_or("");
}

TEST(GeneratedSchema, IsUpToDate) {
  EXPECT_EQ(file_text(KTLS_TUNER_SOURCE_DIR "/schema/profile.schema.json"), profile_schema_json())
      << "run make-docs";
}

TEST(GeneratedReference, IsUpToDateInTheDocs) {
  EXPECT_THAT(file_text(KTLS_TUNER_SOURCE_DIR "/docs/profile-keys.md"),
              ::testing::EndsWith(profile_reference_markdown()))
      << "run make-docs";
}

// Each YAML block in the docs that starts like a profile must be valid.
TEST(DocsExamples, Load) {
  const std::string text = file_text(KTLS_TUNER_SOURCE_DIR "/docs/profile.md");
  constexpr std::string_view kFence = "```yaml\n";
  int examples = 0;
  for (std::size_t at = text.find(kFence); at != std::string::npos; at = text.find(kFence, at)) {
    at += kFence.size();
    const std::string block = text.substr(at, text.find("```", at) - at);
    const std::size_t name = block.find("name: ") + 6;
    const std::string stem = block.substr(name, block.find_first_of(" \n", name) - name);
    test::MapFiles files;
    for (const std::string_view shipped_name : {"base", "edge-server"})
      files.files["/usr/" + std::string(shipped_name) + ".yaml"] =
          file_text(test::kShippedProfiles + "/" + std::string(shipped_name) + ".yaml");
    files.files["/etc/" + stem + ".yaml"] = block;
    const LoadedProfile loaded =
        load_profile(files, stem, std::vector<std::string>{"/etc", "/usr"});
    for (const Diagnostic& one : loaded.diagnostics) ADD_FAILURE() << to_text(one);
    ++examples;
  }
  EXPECT_GE(examples, 2);
}

}  // namespace
}  // namespace tuner
