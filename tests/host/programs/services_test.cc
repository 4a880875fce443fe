#include "host/programs/services.h"

#include "support/elf_file.h"
#include "support/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::elf_file;
using testing::FakeMachine;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kWants = "/etc/systemd/system/multi-user.target.wants/";

std::vector<std::string> units(const FakeMachine& machine) {
  std::vector<std::string> not_looked_at;
  const auto found = units_at_boot(machine.host().files(), not_looked_at);
  EXPECT_THAT(not_looked_at, IsEmpty());
  return found;
}

std::vector<Program> services(const FakeMachine& machine) {
  const Host host = machine.host();
  ProgramFiles files(host.files());
  return tls_services(host.files(), files, units(machine));
}

// A machine whose libssl is found where the dynamic linker looks.
FakeMachine machine_with_libssl() {
  FakeMachine machine;
  machine.set("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "OpenSSL 3.0.19 27 Jan 2026");
  machine.set("/usr/lib/x86_64-linux-gnu/libssl.so.3", "libssl");
  return machine;
}

TEST(UnitsAtBoot, WhatAServiceWantsStartsOnlyWithThatService) {
  FakeMachine machine;
  machine.set("/run/systemd/generator/postgresql.service.wants/postgresql@15-main.service", "");
  EXPECT_THAT(units(machine), IsEmpty());
  machine.set(kWants + "postgresql.service", "");
  EXPECT_THAT(units(machine), ElementsAre("postgresql.service", "postgresql@15-main.service"));
}

TEST(UnitsAtBoot, ServicesThatWantEachOtherAreNoLoop) {
  FakeMachine machine;
  machine.set(kWants + "a.service", "");
  machine.set("/etc/systemd/system/a.service.wants/b.service", "");
  machine.set("/etc/systemd/system/b.service.requires/a.service", "");
  EXPECT_THAT(units(machine), ElementsAre("a.service", "b.service"));
}

TEST(UnitsAtBoot, ASocketStartsItsService) {
  FakeMachine machine;
  machine.set("/etc/systemd/system/sockets.target.wants/dovecot.socket", "");
  EXPECT_THAT(units(machine), ElementsAre("dovecot.service"));
}

TEST(TlsServices, AKnownScriptStandsForTheProgramThatItStarts) {
  FakeMachine machine = machine_with_libssl();
  machine.set(kWants + "memcached.service", "");
  machine.set("/lib/systemd/system/memcached.service",
              "[Service]\nExecStart=/usr/share/memcached/scripts/systemd-memcached-wrapper x\n");
  machine.set("/usr/share/memcached/scripts/systemd-memcached-wrapper", "#!/usr/bin/perl\n");
  machine.set("/usr/bin/memcached", elf_file("libssl.so.3", {"SSL_set_fd"}));
  const auto found = services(machine);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].name, "memcached");
  EXPECT_EQ(found[0].executable, "/usr/bin/memcached");
  EXPECT_EQ(found[0].transport, TlsTransport::Socket);
}

TEST(TlsServices, TheInstanceOfATemplateTellsTheVersionOfAnExecutable) {
  FakeMachine machine = machine_with_libssl();
  machine.set(kWants + "postgresql@15-main.service", "");
  machine.set("/lib/systemd/system/postgresql@.service",
              "[Service]\nExecStart=-/usr/bin/pg_ctlcluster --skip-systemctl-redirect %i start\n");
  machine.set("/usr/lib/postgresql/15/bin/postgres",
              elf_file("libssl.so.3", {"BIO_meth_new", "BIO_s_socket"}));
  machine.set("/usr/lib/postgresql/16/bin/postgres", elf_file("libssl.so.3", {"SSL_set_fd"}));
  const auto found = services(machine);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].executable, "/usr/lib/postgresql/15/bin/postgres");
  EXPECT_EQ(found[0].transport, TlsTransport::Inherited);
}

TEST(TlsServices, AnInstanceIsPutIntoTheCommandOfItsTemplate) {
  FakeMachine machine = machine_with_libssl();
  machine.set(kWants + "web@two.service", "");
  machine.set("/etc/systemd/system/web@.service",
              "[Service]\nExecStart=/usr/sbin/nginx -c /etc/nginx/%i.conf\n");
  machine.set("/usr/sbin/nginx", elf_file("libssl.so.3", {"SSL_set_fd"}));
  machine.set("/etc/nginx/two.conf", "http { server { listen 443 ssl; } }\n");
  const auto found = services(machine);
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_TRUE(found[0].config);
  EXPECT_TRUE(found[0].config->tls);
  EXPECT_THAT(found[0].config->doubts, IsEmpty());
}

TEST(TlsServices, AnUnknownScriptHidesItsProgram) {
  FakeMachine machine = machine_with_libssl();
  machine.set(kWants + "own.service", "");
  machine.set("/etc/systemd/system/own.service", "[Service]\nExecStart=/usr/local/bin/start\n");
  machine.set("/usr/local/bin/start", "#!/bin/sh\nexec /usr/sbin/nginx\n");
  EXPECT_THAT(services(machine), IsEmpty());
}

}  // namespace
}  // namespace tuner
