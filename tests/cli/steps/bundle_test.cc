#include "cli/steps/bundle.h"

#include "base/text.h"
#include "cli/render/documents.h"
#include "document/facts.h"
#include "document/write.h"
#include "host/access/recorded_host.h"
#include "host/facts/collect.h"
#include "host/facts/surroundings.h"
#include "support/machine_generator.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
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

Result<ProgramsLook> no_look() {
  return fail(Fault::NotRecorded, "programs were not recorded");
}

Bundle bundle_of(const MachineFiles& files, const Result<ProgramsLook>& look = no_look()) {
  const TempFolder folder;
  EXPECT_TRUE(testing::write_machine(files, folder.path()));
  const auto host = recorded_host(folder.path());
  EXPECT_TRUE(host);
  return make_bundle(*host, look, {});
}

// The text of a file in the bundle; nullptr: there is none.
const std::string* text_in(const Bundle& bundle, std::string_view path) {
  const auto entry = std::ranges::find(
      bundle.entries, std::string(kBundleFolder) + std::string(path), &TarEntry::path);
  return entry == bundle.entries.end() ? nullptr : &entry->content;
}

// Facts as their document, without what a bundle removes.
nlohmann::ordered_json facts_of(const std::string& folder) {
  const auto host = recorded_host(folder);
  if (!host) return host.error().text;
  const document::Body body = facts_document(collect_facts(*host, FactNeed::All));
  auto json = document::to_json({}, body);
  for (auto& nic : json["nics"]) nic["permanent_address"] = nic["permanent_address"].is_null();
  return json;
}

// What diagnose reads beside facts, as far as it says something.
std::string surroundings_of(const std::string& folder) {
  const auto host = recorded_host(folder);
  if (!host) return host.error().text;
  const Facts facts = collect_facts(*host, FactNeed::All);
  const Surroundings found = collect_surroundings(*host, facts.nics);
  const ConfigPlace boot = found.tls_at_boot.value_or(ConfigPlace{});
  return fmt::format("{}:{} {} links, {} mounts, {}, '{}', {} unread", boot.file, boot.line,
                     found.slow_links.size(), join(found.kernel_users, " "), found.fips,
                     found.container, found.unread.size());
}

class EachMachine : public ::testing::TestWithParam<std::string> {};

TEST_P(EachMachine, ReplaysWithTheSameFacts) {
  const TempFolder before, after;
  ASSERT_TRUE(testing::write_machine(machine(GetParam()), before.path()));
  const auto host = recorded_host(before.path());
  ASSERT_TRUE(host);
  const Bundle bundle = make_bundle(*host, no_look(), {});
  for (const document::BundleLeftOut& left : bundle.list.left_out)
    EXPECT_THAT(left.because, Not(HasSubstr("no rule"))) << left.path;
  unpack(bundle, after);
  const auto original = facts_of(before.path());
  const auto replayed = facts_of(after.path() + "/" + std::string(kBundleFolder));
  EXPECT_EQ(nlohmann::json::diff(nlohmann::json(original), nlohmann::json(replayed)).dump(1), "[]");
  EXPECT_FALSE(original["nics"].empty() && GetParam() != "no-nics");
}

TEST(Bundle, ReplaysWhatSurroundsTheKernelsTls) {
  MachineFiles files = machine("two-socket-mlx5");
  files.files["/looked-at"] += "/etc/*\n/run/*\n/usr/*\n/lib/*\n/proc/*\n/.dockerenv\n";
  files.set("/etc/modules-load.d/x.conf", "# of anna\ntls");
  files.set("/proc/cmdline", "quiet");
  files.set("/proc/self/mounts", "filer:/a /srv/a nfs4 rw,xprtsec=tls,addr=10.1.2.3 0 0");
  files.set("/proc/sys/crypto/fips_enabled", "1");
  files.set("/run/systemd/container", "lxc");
  const TempFolder before, after;
  ASSERT_TRUE(testing::write_machine(files, before.path()));
  unpack(bundle_of(files), after);
  const std::string original = surroundings_of(before.path());
  EXPECT_THAT(original, HasSubstr("/etc/modules-load.d/x.conf:2 "));
  EXPECT_THAT(original, HasSubstr("/srv/a mounts, true, 'lxc', 0 unread"));
  EXPECT_EQ(surroundings_of(after.path() + "/" + std::string(kBundleFolder)), original);
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

// A program of which every text has all that was planted, as a service and as a path have it.
ProgramsLook planted_look() {
  const std::string words = "zebra-host 10.77.88.99 52:54:00:de:ad:01 [2a01:dead:beef::77]";
  const std::string path = "/home/zebra/zebra-host/10.77.88.99/server";
  Program program{.name = "zebra-host",
                  .service = "app@zebra\\x2dhost-10.77.88.99.service",
                  .executable = path,
                  .pids = {812},
                  .transport = TlsTransport::Socket,
                  .config = ServerConfig{.tls = true,
                                         .tls_place = {path, 2},
                                         .ktls_place = {path, 3},
                                         .doubts = {words, "x: password = Hunter2-Planted"}},
                  .openssl = ProgramOpenssl{.path = path, .ktls_place = {path, 4}},
                  .doubts = {words}};
  program.libraries = {{.path = path, .version = "OpenSSL 3.0.19"}};
  ProgramsLook look{.programs = {.all = {program}, .gnutls_asks = {}, .not_looked_at = {words}},
                    .sockets = SocketLook{},
                    .probe = {},
                    .accepted = {},
                    .failures = {words}};
  look.sockets->by_process[812] = {.outside = 2, .because = {{words, 1}, {path, 1}}};
  look.sockets->not_looked_at = {"/sys/fs/cgroup/system.slice/app@zebra\\x2dhost.service: " +
                                 words};
  return look;
}

TEST(Bundle, ProgramsAreScrubbedAsTheRest) {
  MachineFiles files = machine("two-socket-mlx5");
  files.set("/proc/sys/kernel/hostname", kHost);
  const Bundle bundle = bundle_of(files, planted_look());
  const std::string* const text = text_in(bundle, kRecordedProgramsFile);
  ASSERT_NE(text, nullptr);
  for (const std::string_view word : kPlanted)
    EXPECT_THAT(*text, Not(HasSubstr(std::string(word)))) << *text;
  EXPECT_THAT(*text, Not(HasSubstr("zebra")));
  EXPECT_GT(bundle.list.removed.user_names, 0U);
  EXPECT_THAT(bundle.list.program_names,
              ::testing::ElementsAre("host (app@host-192.0.2.1.service)"));
  const auto read = read_programs_look(
      *text, {.hostname = "host",
              .kernel = std::string(trim(files.files.at("/proc/sys/kernel/osrelease"))),
              .boot_id = std::string(trim(files.files.at("/proc/sys/kernel/random/boot_id"))),
              .net_namespace = {}});
  ASSERT_TRUE(read) << read.error().text;
  const Program& program = read->programs.all.at(0);
  EXPECT_EQ(program.executable, "/home/user1/host/192.0.2.1/server");
  EXPECT_EQ(program.config->tls_place, (ConfigPlace{program.executable, 2}))
      << "one place has one name";
  EXPECT_EQ(read->sockets->by_process.at(812).because.size(), 2U);
}

TEST(Bundle, AHostNamedLikeAProgramThatIsKnownKeepsItsName) {
  MachineFiles files = machine("two-socket-mlx5");
  files.set("/proc/sys/kernel/hostname", "nginx");
  ProgramsLook look = planted_look();
  look.programs.all.front().name = "nginx";
  const Bundle bundle = bundle_of(files, look);
  EXPECT_THAT(*text_in(bundle, kRecordedProgramsFile), HasSubstr("\"name\": \"nginx\""));
  EXPECT_THAT(bundle.list.left_out,
              Contains(Field(&document::BundleLeftOut::path, std::string("the host's name"))));
}

TEST(Bundle, WithoutALookAtProgramsTheListSaysWhy) {
  const Bundle bundle = bundle_of(machine("two-socket-mlx5"),
                                  fail(Fault::Io, "programs.json is damaged: by 10.77.88.99"));
  EXPECT_EQ(text_in(bundle, kRecordedProgramsFile), nullptr);
  const std::string list = bundle_text(bundle.list, {});
  EXPECT_THAT(list,
              HasSubstr("left out: programs and their connections: programs.json is damaged"));
  EXPECT_THAT(list, Not(HasSubstr("10.77.88.99")));
}

TEST(Bundle, MoreProgramsThanAReaderTakesAreLeftOut) {
  ProgramsLook look = planted_look();
  look.failures = {std::string(kLargestRecordedPrograms, 'x')};
  const Bundle bundle = bundle_of(machine("two-socket-mlx5"), look);
  EXPECT_EQ(text_in(bundle, kRecordedProgramsFile), nullptr);
  EXPECT_THAT(bundle_text(bundle.list, {}), HasSubstr("more than a reader takes"));
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
