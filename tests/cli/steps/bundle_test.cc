#include "cli/steps/bundle.h"

#include "cli/render/documents.h"
#include "document/write.h"
#include "host/access/recorded_host.h"
#include "host/facts/collect.h"
#include "support/machine_generator.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::MachineFiles;
using ::testing::Not;
using testing::TempFolder;

MachineFiles machine(std::string_view name) {
  return testing::make_machine(*testing::find_machine(name));
}

// Unpacks an archive as a colleague does.
void unpack(const Bundle& bundle, const TempFolder& folder) {
  const std::string archive = folder.path() + "/b.tar";
  ASSERT_TRUE(write_new_file(archive, tar_bytes(bundle.entries)));
  ASSERT_EQ(std::system(("tar -C " + folder.path() + " -xf " + archive).c_str()), 0);
}

Bundle bundle_of(const MachineFiles& files) {
  const TempFolder folder;
  EXPECT_TRUE(testing::write_machine(files, folder.path()));
  const auto host = recorded_host(folder.path());
  EXPECT_TRUE(host);
  return make_bundle(*host);
}

// Facts as their document, without what a bundle removes.
nlohmann::ordered_json facts_of(const std::string& folder) {
  const auto host = recorded_host(folder);
  if (!host) return host.error().text;
  const document::Body body{.keys = facts_document(collect_facts(*host, FactNeed::All))};
  auto json = document::to_json({}, body);
  for (auto& nic : json["nics"]) nic["permanent_address"] = nic["permanent_address"].is_null();
  return json;
}

class EachMachine : public ::testing::TestWithParam<std::string> {};

TEST_P(EachMachine, ReplaysWithTheSameFacts) {
  const TempFolder before, after;
  ASSERT_TRUE(testing::write_machine(machine(GetParam()), before.path()));
  const auto host = recorded_host(before.path());
  ASSERT_TRUE(host);
  const Bundle bundle = make_bundle(*host);
  for (const document::BundleLeftOut& left : bundle.list.left_out)
    EXPECT_THAT(left.because, Not(HasSubstr("no rule"))) << left.path;
  unpack(bundle, after);
  const auto original = facts_of(before.path());
  const auto replayed = facts_of(after.path() + "/" + std::string(kBundleFolder));
  EXPECT_EQ(nlohmann::json::diff(nlohmann::json(original), nlohmann::json(replayed)).dump(1), "[]");
  EXPECT_FALSE(original["nics"].empty() && GetParam() != "no-nics");
}

// Without the large one: its 20,000 files take longer to write than all else.
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const testing::MachineSpec& spec : testing::named_machines())
    if (spec.name != "large") all.push_back(spec.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Bundle, EachMachine, ::testing::ValuesIn(names()), [](const auto& given) {
  std::string name = given.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

constexpr std::string_view kHost = "zebra-host", kSecret = "Hunter2-Planted";
constexpr std::array<std::string_view, 6> kPlanted{
    kHost, kSecret, "52:54:00:de:ad:01", "10.77.88.99", "2a01:dead:beef::77", "525400dead01"};

// In each file of the machine, before its first line's end and in lines of their own.
MachineFiles planted(MachineFiles files) {
  const std::string lines =
      "password=Hunter2-Planted\npsk: Hunter2-Planted\n"
      "# 52:54:00:de:ad:01 of zebra-host.example.org is 10.77.88.99 [2a01:dead:beef::77]:443\n"
      "[connection]\ninterface-name=enx525400dead01\nuuid=10.77.88.99\n"
      "net.core.rmem_max = zebra-host\n"
      "E:ID_NET_LINK_FILE=/etc/systemd/network/zebra-host.link\n";
  for (auto& [path, text] : files.files) {
    if (path == "/nics.json" || path == "/looked-at") continue;
    const auto end = std::min(text.find('\n'), text.size());
    text.insert(end,
                " zebra-host 10.77.88.99 52:54:00:de:ad:01 2a01:dead:beef::77 "
                "secret=Hunter2-Planted");
    text += lines;
  }
  files.set("/proc/sys/kernel/hostname", kHost);
  files.set("/proc/sys/net/ipv4/tcp_fastopen_key", kSecret);
  files.set("/etc/sysctl.d/zebra-host.conf", "net.core.somaxconn = 10 # secret Hunter2-Planted");
  files.set("/etc/tuned/zebra-host/tuned.conf", lines);
  files.set("/etc/NetworkManager/system-connections/zebra-host.nmconnection", lines);
  files.files["/looked-at"] += "/etc/*\n/run/*\n/proc/*\n";
  return files;
}

TEST(Bundle, NothingThatWasPlantedInAFileComesThrough) {
  for (const std::string_view name : {"two-socket-mlx5", "bond-lacp", "deny-listed"}) {
    MachineFiles lying = planted(machine(name));
    lying.files["/nics.json"] =
        R"({"eth0": {"permanent_address": "52:54:00:de:ad:01", "features": {}}})";
    const Bundle bundle = bundle_of(lying);
    EXPECT_GT(bundle.list.contents.size(), 20U) << name;
    for (const TarEntry& entry : bundle.entries) {
      for (const std::string_view word : kPlanted) {
        EXPECT_THAT(entry.path, Not(HasSubstr(std::string(word)))) << name;
        EXPECT_THAT(entry.content, Not(HasSubstr(std::string(word)))) << name << entry.path;
      }
    }
    EXPECT_GT(bundle.list.removed.secrets, 0U);
    EXPECT_GT(bundle.list.removed.host_names, 0U);
    EXPECT_GT(bundle.list.removed.ip_addresses, 0U);
    EXPECT_GT(bundle.list.removed.mac_addresses, 0U);
    const std::string list = bundle_text(bundle.list, {});
    EXPECT_THAT(list, Not(HasSubstr(std::string(kHost)))) << "the list is shared, too";
  }
}

TEST(Bundle, AHostNamedLikeAWordOfTheKernelIsSaidAndReplaysAllTheSame) {
  MachineFiles files = machine("two-socket-mlx5");
  files.set("/proc/sys/kernel/hostname", "net");
  const Bundle bundle = bundle_of(files);
  EXPECT_THAT(bundle.list.left_out,
              Contains(Field(&document::BundleLeftOut::path, std::string("the host's name"))));
  const auto has = [&](std::string_view path) {
    return std::ranges::find(bundle.entries, std::string(kBundleFolder) + std::string(path),
                             &TarEntry::path) != bundle.entries.end();
  };
  EXPECT_TRUE(has("/proc/sys/net/core/rmem_max"));
  const auto name = std::ranges::find(
      bundle.entries, std::string(kBundleFolder) + "/proc/sys/kernel/hostname", &TarEntry::path);
  ASSERT_NE(name, bundle.entries.end());
  EXPECT_EQ(name->content, "host\n");
}

TEST(Bundle, TheSameMachineGivesTheSameArchive) {
  const MachineFiles files = machine("two-socket-mlx5");
  EXPECT_EQ(tar_bytes(bundle_of(files).entries), tar_bytes(bundle_of(files).entries));
}

TEST(Bundle, AFileThatCannotBeReadIsListedAndNotTakenForAbsent) {
  MachineFiles files = machine("two-socket-mlx5");
  files.files["/looked-at"] += "!/proc/crypto\n";
  files.files.erase("/proc/crypto");
  const Bundle bundle = bundle_of(files);
  EXPECT_THAT(bundle.list.left_out,
              Contains(Field(&document::BundleLeftOut::path, std::string("/proc/crypto"))));
  const auto looked =
      std::ranges::find(bundle.entries, std::string(kBundleFolder) + "/looked-at", &TarEntry::path);
  ASSERT_NE(looked, bundle.entries.end());
  EXPECT_THAT(looked->content, HasSubstr("!/proc/crypto\n"));
  EXPECT_THAT(looked->content, HasSubstr("/proc/sys/net/core/*\n"));
  EXPECT_THAT(looked->content, Not(HasSubstr("/proc/sys/vm/*\n")))
      << "that folder could not be listed, so nothing in it is known to be absent";
}

TEST(Bundle, TheListNamesEachFileAndWhatOfIt) {
  const Bundle bundle = bundle_of(machine("two-socket-mlx5"));
  const std::string text = bundle_text(bundle.list, {});
  EXPECT_THAT(text, HasSubstr("/proc/sys/kernel/osrelease"));
  EXPECT_THAT(text, HasSubstr("removed: "));
  std::size_t files = 0;
  for (const TarEntry& entry : bundle.entries) files += entry.kind == TarEntry::Kind::File ? 1 : 0;
  EXPECT_GE(files, bundle.list.contents.size()) << "the list has nothing that is not there";
}

}  // namespace
}  // namespace tuner
