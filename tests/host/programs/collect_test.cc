#include "host/programs/collect.h"

#include "support/elf_file.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <elf.h>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::elf_file;
using testing::FakeMachine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kCrypto[] =
    "\x7f"
    "ELF OpenSSL 3.0.19 27 Jan 2026\0OPENSSLDIR: \"/usr/lib/ssl\"\0";
const std::string kSocketUser = elf_file("libssl.so.3", {"SSL_set_fd", "SSL_write"});
const std::string kInheritingUser = elf_file("libssl.so.3", {"BIO_meth_new", "BIO_s_socket"});

// A machine with OpenSSL and, as wanted, programs.
class Machine : public FakeMachine {
 public:
  Machine() {
    set("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", std::string(kCrypto, sizeof kCrypto - 1));
    set("/usr/lib/x86_64-linux-gnu/libssl.so.3", "libssl");
    set("/usr/lib/ssl/openssl.cnf",
        "openssl_conf = i\n[i]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\n");
    set("/proc/1/maps", "");
  }

  void run(int pid, const std::string& executable, const std::string& unit,
           const std::vector<std::string>& files) {
    const std::string folder = fmt::format("/proc/{}", pid);
    std::string maps;
    for (const std::string& file : files) {
      const int inode = inode_of(file);
      maps += fmt::format("7f{0:04x}0000-7f{0:04x}1000 r-xp 00000000 fe:01 {0} {1}\n", inode, file);
    }
    set(folder + "/maps", maps);
    set(folder + "/comm", executable.substr(executable.rfind('/') + 1));
    set(folder + "/cgroup", "0::/system.slice/" + unit);
    link(folder + "/exe", executable);
    link(folder + "/root", "/");
    set(folder + "/cmdline", executable);
    set(folder + "/environ", "");
    set_start(pid, 100);
  }

  // When the process began, in clock ticks since boot.
  void set_start(int pid, int ticks) {
    set(fmt::format("/proc/{}/stat", pid),
        fmt::format("{} (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0 0", pid, ticks));
  }

  // nginx with libssl, as Debian links it.
  void run_nginx(int pid = 10) {
    set("/usr/sbin/nginx", kSocketUser);
    set("/etc/nginx/nginx.conf", "http { server { listen 443 ssl; } }");
    run(pid, "/usr/sbin/nginx", "nginx.service", {"/usr/sbin/nginx", kSsl, kLibcrypto});
  }

  static constexpr char kSsl[] = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  static constexpr char kLibcrypto[] = "/usr/lib/x86_64-linux-gnu/libcrypto.so.3";

 private:
  // The same file has the same inode in each process.
  int inode_of(const std::string& file) {
    return inodes_.try_emplace(file, static_cast<int>(inodes_.size()) + 1000).first->second;
  }
  std::map<std::string, int> inodes_;
};

Programs collected(const FakeMachine& machine) {
  return collect_programs(machine.host().files());
}

TEST(Programs, AProcessIsNamedWithItsServiceLibraryAndTransport) {
  Machine machine;
  machine.run_nginx(10);
  machine.run_nginx(11);
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  const Program& nginx = found.all.front();
  EXPECT_EQ(nginx.name, "nginx");
  EXPECT_EQ(nginx.service, "nginx.service");
  EXPECT_THAT(nginx.pids, ElementsAre(10, 11));
  EXPECT_FALSE(nginx.at_boot);
  ASSERT_THAT(nginx.libraries, SizeIs(1));
  EXPECT_EQ(nginx.libraries[0].version, "OpenSSL 3.0.19");
  EXPECT_EQ(nginx.transport, TlsTransport::Socket);
  ASSERT_TRUE(nginx.config);
  EXPECT_TRUE(nginx.config->tls);
  ASSERT_TRUE(nginx.openssl);
  EXPECT_EQ(nginx.openssl->path, "/usr/lib/ssl/openssl.cnf");
  EXPECT_EQ(nginx.openssl->ktls, std::nullopt);
  EXPECT_THAT(nginx.doubts, IsEmpty());
  EXPECT_THAT(found.not_looked_at, IsEmpty());
}

TEST(Programs, TheSystemsOpensslConfigurationCounts) {
  Machine machine;
  machine.set("/usr/lib/ssl/openssl.cnf",
              machine.text("/usr/lib/ssl/openssl.cnf") + "\nOptions = KTLS\n");
  machine.set("/usr/lib/postgresql/15/bin/postgres", kInheritingUser);
  machine.run(20, "/usr/lib/postgresql/15/bin/postgres", "postgresql@15-main.service",
              {"/usr/lib/postgresql/15/bin/postgres", Machine::kSsl, Machine::kLibcrypto});
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.all[0].transport, TlsTransport::Inherited);
  EXPECT_EQ(found.all[0].openssl->ktls, true);
  const auto risks = risks_of_ktls(found, rekey_facts(machine.host().files()));
  ASSERT_THAT(risks, SizeIs(1));
  EXPECT_EQ(risks[0].kind, ProgramRisk::Kind::Breaks);
}

TEST(Programs, TheEnvironmentNamesAnotherConfigurationUnlessTheProgramIsPrivileged) {
  Machine machine;
  machine.run_nginx();
  machine.set("/proc/10/environ", std::string("A=b\0OPENSSL_CONF=/etc/own.cnf\0", 31));
  machine.set("/etc/own.cnf",
              "openssl_conf=i\n[i]\nssl_conf=s\n[s]\nsystem_default=d\n[d]\nOptions=KTLS\n");
  EXPECT_EQ(collected(machine).all[0].openssl->ktls, true);
  EXPECT_TRUE(collected(machine).all[0].openssl->from_environment);
  EXPECT_FALSE(collected(machine).all[0].ignores_environment);

  const Elf64_auxv_t secure[] = {{AT_SECURE, {1}}, {AT_NULL, {0}}};
  machine.set("/proc/10/auxv", std::string(reinterpret_cast<const char*>(secure), sizeof secure));
  EXPECT_EQ(collected(machine).all[0].openssl->ktls, std::nullopt);
  EXPECT_TRUE(collected(machine).all[0].ignores_environment);
}

// nginx: its title stands where its environment was.
TEST(Programs, ProcessesOfOneExecutableAreOneProgramOnlyIfTheyAreConfiguredAlike) {
  Machine machine;
  machine.run_nginx(10);
  machine.run_nginx(11);
  machine.run_nginx(12);
  machine.set(
      "/asks.cnf",
      "openssl_conf = i\n[i]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS\n");
  machine.set("/proc/11/environ", std::string("PATH=/\0OPENSSL_CONF=/asks.cnf\0", 30));
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(2));
  EXPECT_THAT(found.all[0].pids, ElementsAre(10, 12));
  EXPECT_EQ(found.all[0].openssl->ktls, std::nullopt);
  EXPECT_THAT(found.all[1].pids, ElementsAre(11));
  EXPECT_EQ(found.all[1].openssl->ktls, true);
}

TEST(Programs, AnEnvironmentThatTheProgramOverwroteIsThatOfItsUnit) {
  const auto path = [](const Machine& machine) {
    const ProgramOpenssl openssl = collected(machine).all[0].openssl.value();
    return openssl.from_environment ? openssl.path : std::string();
  };
  Machine machine;
  machine.run_nginx();
  machine.set("/etc/systemd/system/nginx.service.d/ktls.conf",
              "[Service]\nEnvironment=OPENSSL_CONF=/etc/own.cnf\n");
  machine.set("/usr/lib/systemd/system/nginx.service", "[Service]\nExecStart=/usr/sbin/nginx\n");
  machine.set("/proc/10/environ", std::string("er process /usr/sbin/nginx\0\0\0", 29));
  EXPECT_EQ(path(machine), "/etc/own.cnf");
  machine.set("/proc/10/environ", std::string("PATH=/usr/bin\0A=b\0", 18));  // started before
  EXPECT_EQ(path(machine), "");
  machine.set("/proc/10/environ", "");
  machine.set("/etc/systemd/system/nginx.service.d/more.conf",
              "[Service]\nEnvironmentFile=-/etc/default/nginx\n");
  EXPECT_EQ(path(machine), "/etc/own.cnf");
  machine.set("/etc/default/nginx", "# OPENSSL_CONF=/no\nA=b\nOPENSSL_CONF=\"/etc/file.cnf\"\n");
  EXPECT_EQ(path(machine), "/etc/file.cnf");
  machine->unreadable.insert("/etc/default/nginx");
  EXPECT_THAT(collected(machine).all[0].doubts, ElementsAre(HasSubstr("/etc/default/nginx")));
}

TEST(Programs, AServiceThatStartsAtBootIsFoundWithoutAProcess) {
  Machine machine;
  machine.set("/etc/systemd/system/multi-user.target.wants/lighttpd.service", "");
  machine.set("/usr/lib/systemd/system/lighttpd.service",
              "[Service]\nExecStart=/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf\n");
  machine.set("/usr/sbin/lighttpd", elf_file("libc.so.6", {}));
  machine.set("/etc/lighttpd/lighttpd.conf", "ssl.engine = \"enable\"\n");
  EXPECT_THAT(collected(machine).all, IsEmpty());  // without its plugin it has no TLS

  machine.set("/usr/lib/lighttpd/mod_openssl.so", kSocketUser);
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.all[0].service, "lighttpd.service");
  EXPECT_TRUE(found.all[0].at_boot);
  EXPECT_THAT(found.all[0].pids, IsEmpty());
  EXPECT_EQ(found.all[0].libraries[0].version, "OpenSSL 3.0.19");
  const auto risks = risks_of_ktls(found, {.upstream = ReleaseNumber{6, 1, 1}, .rekeys = {}});
  ASSERT_THAT(risks, SizeIs(1));
  EXPECT_EQ(risks[0].kind, ProgramRisk::Kind::KeyUpdate);
}

TEST(Programs, TlsInTheProgramItselfIsFound) {
  Machine machine;
  machine.set("/usr/bin/caddy", "\xff Go buildinf:\x08 crypto/tls.(*Conn).Write");
  machine.run(30, "/usr/bin/caddy", "caddy.service", {"/usr/bin/caddy"});
  machine.set("/usr/bin/sshd", "OpenSSL 3.0.19 27 Jan 2026 TLSv1.3");
  machine.run(31, "/usr/bin/sshd", "ssh.service", {"/usr/bin/sshd", Machine::kLibcrypto});
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));  // a text of the headers beside libcrypto is no TLS
  EXPECT_EQ(found.all[0].libraries[0].kind, TlsLibrary::Go);
  EXPECT_TRUE(found.all[0].libraries[0].built_in);
  EXPECT_EQ(ktls_use(found.all[0], false).answer, KtlsUse::Answer::Never);
}

TEST(Programs, LibrariesOfLibrariesAreFollowed) {
  Machine machine;
  machine.set("/etc/systemd/system/multi-user.target.wants/fetch.service", "");
  machine.set("/etc/systemd/system/fetch.service", "[Service]\nExecStart=/usr/bin/curl x\n");
  machine.set("/usr/bin/curl", elf_file("libcurl.so.4", {}));
  machine.set("/usr/lib/x86_64-linux-gnu/libcurl.so.4",
              elf_file("libssl.so.3", {"BIO_meth_new", "SSL_set_bio"}));
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.all[0].transport, TlsTransport::OwnBio);
  EXPECT_EQ(ktls_use(found.all[0], false).answer, KtlsUse::Answer::Never);
}

TEST(Programs, AProcessThatEndsWhileItIsLookedAtIsNone) {
  Machine machine;
  machine.run_nginx();
  machine->read_errors["/proc/10/maps"] = ESRCH;
  const Programs found = collected(machine);
  EXPECT_THAT(found.all, IsEmpty());
  EXPECT_THAT(found.not_looked_at, IsEmpty());
}

// A file of the next process of this number under the key of one of the last would be taken for it
// in every other process, too.
TEST(Programs, ANumberThatIsGivenToAnotherProcessMeanwhileIsNoProgram) {
  Machine machine;
  machine.run_nginx(10);
  machine.run_nginx(11);
  bool other = false;
  machine->on_read = [&](std::string_view what) -> std::optional<int> {
    if (what == "read /proc/10/comm") machine.set_start(10, 200);
    if (what == "read /usr/sbin/nginx" && !other) {
      other = true;
      machine->files["/usr/sbin/nginx"] = elf_file("libssl.so.3", {"BIO_meth_new", "SSL_set_bio"});
    } else if (what == "read /proc/11/comm") {
      machine->files["/usr/sbin/nginx"] = kSocketUser;
    }
    return std::nullopt;
  };
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_THAT(found.all[0].pids, ElementsAre(11));
  EXPECT_EQ(found.all[0].transport, TlsTransport::Socket);
}

TEST(Programs, WhatCannotBeLookedAtIsCounted) {
  Machine machine;
  for (int pid = 100; pid < 150; ++pid) {
    machine.set(fmt::format("/proc/{}/maps", pid), "");
    machine->unreadable.insert(fmt::format("/proc/{}/maps", pid));
  }
  machine.forget();
  EXPECT_THAT(
      collected(machine).not_looked_at,
      ElementsAre("50 processes were not looked at: this needs CAP_SYS_PTRACE, run it as root"));
  // Without the right it stops to ask: each refusal would be a failed read in the document.
  EXPECT_LT(machine.reads_below("/proc"), 25);
}

TEST(Programs, AMachineWithoutProcessesIsARecordingAndNoProof) {
  FakeMachine machine;
  EXPECT_THAT(collected(machine).not_looked_at, ElementsAre(HasSubstr("no process was looked at")));
  machine.set("/proc/612/comm", "tuned");  // of a recording of other facts
  EXPECT_THAT(collected(machine).not_looked_at, ElementsAre(HasSubstr("no process was looked at")));
}

TEST(Programs, AFailedReadOfAConfigurationIsADoubt) {
  Machine machine;
  machine.run_nginx();
  machine->unreadable.insert("/etc/nginx/nginx.conf");
  const Programs found = collected(machine);
  EXPECT_THAT(found.all[0].config->doubts, ElementsAre(HasSubstr("/etc/nginx/nginx.conf")));
}

TEST(Programs, TheConfigurationOfAContainerIsNotTakenForTheHosts) {
  Machine machine;
  machine.run_nginx();
  machine.set("/containers/a/etc/x", "");
  machine.link("/proc/10/root", "/containers/a");
  const Program program = collected(machine).all.at(0);
  EXPECT_FALSE(program.openssl);
  EXPECT_THAT(program.doubts, Contains(HasSubstr("another root")));
}

// HAProxy as Debian configures it: its worker is in a folder, its master is not.
TEST(Programs, AServerThatLockedItselfIntoAFolderHasReadOurConfiguration) {
  Machine machine;
  machine.set("/usr/sbin/haproxy", elf_file("libssl.so.3", {"BIO_meth_new", "SSL_set_bio"}));
  machine.set("/etc/haproxy/haproxy.cfg", "frontend f\n  bind :443 ssl crt /x ktls on\n");
  machine.set("/var/lib/haproxy/dev/log", "");
  machine.set("/proc/ns/mnt:[1]", "");
  machine.set("/proc/ns/mnt:[2]", "");
  machine.link("/proc/self/ns/mnt", "/proc/ns/mnt:[1]");
  for (const int pid : {40, 41}) {
    machine.run(pid, "/usr/sbin/haproxy", "haproxy.service",
                {"/usr/sbin/haproxy", Machine::kSsl, Machine::kLibcrypto});
    machine.set(fmt::format("/proc/{}/cmdline", pid),
                std::string("/usr/sbin/haproxy\0-Ws\0-f\0/etc/haproxy/haproxy.cfg\0", 50));
    machine.link(fmt::format("/proc/{}/ns/mnt", pid), "/proc/ns/mnt:[1]");
  }
  machine.link("/proc/41/root", "/var/lib/haproxy");
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1)) << "master and worker are one program";
  EXPECT_THAT(found.all[0].pids, ElementsAre(40, 41));
  EXPECT_THAT(found.all[0].doubts, IsEmpty());
  EXPECT_EQ(found.all[0].config->ktls, true);
  EXPECT_EQ(ktls_use(found.all[0], false).answer, KtlsUse::Answer::Yes);

  machine.link("/proc/41/ns/mnt", "/proc/ns/mnt:[2]");
  EXPECT_THAT(collected(machine).all, SizeIs(2)) << "a container may have such a path, too";
  machine.link("/proc/41/ns/mnt", "/proc/ns/mnt:[1]");
  machine.set("/var/lib/haproxy/haproxy", machine.text("/usr/sbin/haproxy"));
  machine.link("/proc/41/exe", "/var/lib/haproxy/haproxy");
  EXPECT_THAT(collected(machine).all.at(1).doubts, Contains(HasSubstr("another root")))
      << "one that was started in there";
}

TEST(Programs, MemcachedHasTlsOnlyByItsOption) {
  Machine machine;
  machine.set("/usr/bin/memcached", kSocketUser);
  machine.run(50, "/usr/bin/memcached", "memcached.service",
              {"/usr/bin/memcached", Machine::kSsl, Machine::kLibcrypto});
  const auto has_tls = [&](const std::string& arguments) {
    machine.set("/proc/50/cmdline", std::string("/usr/bin/memcached\0", 19) + arguments);
    return collected(machine).all.at(0).config.value().tls;
  };
  EXPECT_FALSE(
      has_tls(std::string("-m\0"
                          "64\0-l\0"
                          "127.0.0.1\0",
                          19)));
  EXPECT_TRUE(has_tls(std::string("-Z\0", 3)));
  EXPECT_TRUE(has_tls(std::string("-vZ\0", 4)));
  EXPECT_TRUE(has_tls(std::string("--enable-ssl\0", 13)));
  machine.set("/proc/50/cmdline", "");
  EXPECT_FALSE(collected(machine).all.at(0).config) << "not known";

  // By its unit: the script there reads /etc/memcached.conf and adds what that says.
  Machine stopped;
  stopped.set("/usr/bin/memcached", kSocketUser);
  stopped.set("/etc/systemd/system/multi-user.target.wants/memcached.service", "");
  stopped.set("/usr/lib/systemd/system/memcached.service",
              "[Service]\nExecStart=/usr/share/memcached/scripts/systemd-memcached-wrapper "
              "/etc/memcached.conf\n");
  ASSERT_THAT(collected(stopped).all, SizeIs(1));
  EXPECT_FALSE(collected(stopped).all[0].config) << "not known";
}

TEST(Programs, AnotherPidNamespaceIsSaid) {
  Machine machine;
  machine.set("/proc/ns/pid:[4026532000]", "");
  machine.link("/proc/self/ns/pid", "/proc/ns/pid:[4026532000]");
  EXPECT_THAT(collected(machine).not_looked_at, ElementsAre(HasSubstr("PID namespace")));
}

TEST(Programs, ALyingExecutableIsADoubtAndNoCrash) {
  Machine machine;
  machine.run_nginx();
  machine.set("/usr/sbin/nginx", kSocketUser.substr(0, 200));
  const Programs found = collected(machine);
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.all[0].transport, TlsTransport::None);
  EXPECT_THAT(found.all[0].doubts, ElementsAre(HasSubstr("/usr/sbin/nginx")));
}

TEST(Programs, RekeyFactsComeFromTheLoadedModuleOrTheRelease) {
  Machine machine;
  machine.set("/proc/sys/kernel/osrelease", "6.1.0-56-amd64");
  machine.set("/proc/sys/kernel/version", "#1 SMP Debian 6.1.192-2 (2026-11-01)");
  const auto before = rekey_facts(machine.host().files());
  EXPECT_EQ(before.upstream, (ReleaseNumber{6, 1, 192}));
  EXPECT_EQ(before.rekeys, std::nullopt);
  machine.set("/proc/net/tls_stat", "TlsCurrTxSw 0\n");
  EXPECT_EQ(rekey_facts(machine.host().files()).rekeys, false);
}

}  // namespace
}  // namespace tuner
