#include "knobs/boot_files.h"
#include "knobs/knob_test.h"
#include "knobs/service_files.h"
#include "support/elf_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace tuner::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kUnit = "nginx.service";
constexpr char kConf[] = "/run/ktls-tuner/openssl/nginx.cnf";

Profile profile_of(const std::string& name, std::string_view value, bool persist = false) {
  Profile profile;
  profile.services = {{name, exactly(word(value))}};
  profile.persist = persist;
  return profile;
}

Subject subject(std::string_view what, bool persist = false) {
  return expand("services", profile_of(fmt::format("{}/{}", kUnit, what), "eth0", persist),
                two_node_facts())
      .desired_settings.front()
      .subject;
}

std::string value_of(const FakeMachine& machine, const Subject& one) {
  const Observation seen = observe(one, machine.host());
  return seen.availability == Availability::Available
             ? to_text(seen.value)
             : fmt::format("not available: {}", seen.reason);
}

void set(const FakeMachine& machine, const Subject& one, std::string_view value) {
  Host host = machine.host();
  const auto done = write(one, word(value), host);
  ASSERT_TRUE(done) << done.error().text;
}

TEST(Services, AProfileThatIsNotKeptWritesBelowRun) {
  EXPECT_EQ(subject("ktls").place, "/run/systemd/system/nginx.service.d/zz-ktls-tuner-ktls.conf");
  EXPECT_EQ(subject("ktls", true).place,
            "/etc/systemd/system/nginx.service.d/zz-ktls-tuner-ktls.conf");
  EXPECT_NE(subject("ktls").key, subject("ktls", true).key);
  for (const bool persist : {false, true}) {
    for (const std::string_view what : {"ktls", "near"})
      EXPECT_EQ(find_knob("services")->locate(subject(what, persist), {}), subject(what, persist));
  }
}

// A journal that was tampered with must not lead a write to another file.
TEST(Services, OtherKeysAreNotLocated) {
  for (const char* key :
       {"services:etc:../../x.service/ktls", "services:etc:nginx/ktls", "services:etc:/ktls",
        "services:tmp:nginx.service/ktls", "services:etc:nginx.service/other", "services:etc",
        "services:etc:a/b.service/ktls", "services:etc:.service/ktls"}) {
    Subject other = subject("ktls");
    other.key = key;
    EXPECT_EQ(find_knob("services")->locate(other, {}), std::nullopt) << key;
  }
}

TEST(Services, OnIsADropInAndAConfigurationThatKeepsTheServicesOwn) {
  FakeMachine machine = two_node_machine();
  const Subject ktls = subject("ktls");
  EXPECT_EQ(value_of(machine, ktls), "off");
  set(machine, ktls, "on");
  EXPECT_EQ(value_of(machine, ktls), "on");
  EXPECT_THAT(machine.text(ktls.place),
              HasSubstr(fmt::format("[Service]\nEnvironment=OPENSSL_CONF={}", kConf)));
  EXPECT_THAT(machine.text(kConf),
              HasSubstr(".include /usr/lib/ssl/openssl.cnf\n\n[d]\nktls-tuner.Options = KTLS"));
  EXPECT_EQ(written_at(machine.text(ktls.place)),
            (WrittenAt{.boot_id = std::string(kFakeBootId), .ms_since_boot = 5'000'000}));
  set(machine, ktls, "off");
  EXPECT_EQ(machine.text(ktls.place), "(missing)");
  EXPECT_EQ(machine.text(kConf), "(missing)");
}

TEST(Services, OffWhereTheSystemAsksIsAConfigurationWithoutIt) {
  FakeMachine machine = two_node_machine();
  machine.set("/usr/lib/ssl/openssl.cnf",
              "openssl_conf = i\n[i]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS");
  const Subject ktls = subject("ktls");
  EXPECT_EQ(value_of(machine, ktls), "on");
  set(machine, ktls, "off");
  EXPECT_THAT(machine.text(kConf), HasSubstr("ktls-tuner.Options = -KTLS"));
  EXPECT_EQ(value_of(machine, ktls), "off");
  set(machine, ktls, "on");
  EXPECT_EQ(machine.text(ktls.place), "(missing)") << "it is on without a drop-in";
}

TEST(Services, OffWhereADropInDoesNotReachIsTheLineToWrite) {
  FakeMachine machine = two_node_machine();
  machine.set("/usr/sbin/lighttpd", "no elf");
  machine.set("/usr/lib/lighttpd/mod_openssl.so", elf_file("libssl.so.3", {"SSL_set_fd"}));
  machine.set("/etc/lighttpd/lighttpd.conf",
              "server.modules = ( \"mod_openssl\" )\nssl.engine = \"enable\"");
  machine.set("/lib/systemd/system/lighttpd.service", "[Service]\nExecStart=/usr/sbin/lighttpd -D");
  const Subject ktls = expand("services", profile_of("lighttpd.service/ktls", "off"), {})
                           .desired_settings[0]
                           .subject;
  EXPECT_EQ(value_of(machine, ktls), "on");
  const Observation answer = takes(ktls, word("off"), machine.host());
  EXPECT_EQ(answer.availability, Availability::Blocked);
  EXPECT_EQ(answer.reason, "a drop-in does not reach it: it does so by itself");
  EXPECT_EQ(answer.hint,
            "add to /etc/lighttpd/lighttpd.conf: ssl.openssl.ssl-conf-cmd += (\"Options\" => "
            "\"-KTLS\")");
}

TEST(Services, WhatWasEditedOrCutOrIsOldIsNotOn) {
  const struct {
    const char* what;
    std::function<void(FakeMachine&, const std::string& drop_in)> change;
    const char* value;
  } cases[] = {{"drop-in edited",
                [](auto& m, const auto& drop_in) { m.set(drop_in, m.text(drop_in) + "\nNice=5"); },
                "changed by hand"},
               {"drop-in cut",
                [](auto& m, const auto& drop_in) { m.set(drop_in, m.text(drop_in).substr(0, 40)); },
                "changed by hand"},
               {"configuration edited",
                [](auto& m, const auto&) { m.set(kConf, m.text(kConf) + "\nMinProtocol = None"); },
                "changed by hand"},
               {"configuration gone", [](auto& m, const auto&) { m.remove(kConf); }, "outdated"},
               {"only the configuration", [](auto& m, const auto& drop_in) { m.remove(drop_in); },
                "half written"},
               {"other sections now",
                [](auto& m, const auto&) {
                  m.set("/usr/lib/ssl/openssl.cnf", "openssl_conf = a\n[a]\nssl_conf = b");
                },
                "outdated"}};
  for (const auto& one : cases) {
    FakeMachine machine = two_node_machine();
    const Subject ktls = subject("ktls");
    set(machine, ktls, "on");
    one.change(machine, ktls.place);
    EXPECT_EQ(value_of(machine, ktls), one.value) << one.what;
    set(machine, ktls, "on");
    EXPECT_EQ(value_of(machine, ktls), "on") << one.what;
  }
}

TEST(Services, AnUnreadableFileIsNotAbsent) {
  FakeMachine machine = two_node_machine();
  for (const char* path : {"/run/systemd/system/nginx.service.d/zz-ktls-tuner-ktls.conf", kConf}) {
    const Subject ktls = subject("ktls");
    set(machine, ktls, "on");
    machine->unreadable = {path};
    EXPECT_EQ(observe(ktls, machine.host()).availability, Availability::Unreadable) << path;
    machine->unreadable.clear();
  }
}

TEST(Services, AFileOfAnotherIsLeftAlone) {
  FakeMachine machine = two_node_machine();
  const Subject ktls = subject("ktls");
  machine.set(ktls.place, "[Service]\nNice=5");
  const Observation seen = observe(ktls, machine.host());
  EXPECT_EQ(seen.availability, Availability::Blocked);
  EXPECT_THAT(seen.reason, HasSubstr("was not written by ktls-tuner"));
}

TEST(Services, AMissingUnitIsNoSubject) {
  FakeMachine machine = two_node_machine();
  machine.remove("/lib/systemd/system/nginx.service");
  for (const char* what : {"ktls", "near"}) {
    const Observation seen = observe(subject(what), machine.host());
    EXPECT_EQ(seen.availability, Availability::NoSubject) << what;
    EXPECT_EQ(seen.reason, "systemd has no unit nginx.service that starts a program");
  }
}

// The unit that was removed still has our drop-in: a rollback must find it.
TEST(Services, ADropInOfARemovedUnitIsStillThere) {
  FakeMachine machine = two_node_machine();
  const Subject near = subject("near");
  set(machine, near, "node 1, CPUs 2-3");
  machine.remove("/lib/systemd/system/nginx.service");
  EXPECT_EQ(value_of(machine, near), "node 1, CPUs 2-3");
  set(machine, near, "anywhere");
  EXPECT_EQ(machine.text(near.place), "(missing)");
}

struct NoOp {
  const char* what;
  std::function<void(FakeMachine&)> before;
  const char* reason;
};

void add_lines(FakeMachine& machine, std::string_view more) {
  machine.set("/lib/systemd/system/nginx.service",
              fmt::format("[Service]\nExecStart=/usr/sbin/nginx\n{}", more));
}

TEST(Services, WhatMakesTheDropInASilentNoOpIsSaid) {
  const NoOp cases[] = {
      {"EnvironmentFile=",
       [](auto& m) {
         add_lines(m, "EnvironmentFile=-/etc/default/nginx");
         m.set("/etc/default/nginx", "A=b\nOPENSSL_CONF=/x");
       },
       "/etc/default/nginx sets OPENSSL_CONF, and an EnvironmentFile= wins over a drop-in"},
      {"an unreadable one",
       [](auto& m) {
         add_lines(m, "EnvironmentFile=/etc/default/nginx");
         m.set("/etc/default/nginx", "A=b");
         m->unreadable = {"/etc/default/nginx"};
       },
       "whether /etc/default/nginx sets OPENSSL_CONF is not known"},
      {"UnsetEnvironment=", [](auto& m) { add_lines(m, "UnsetEnvironment=A OPENSSL_CONF"); },
       "nginx.service has UnsetEnvironment=A OPENSSL_CONF"},
      {"another root", [](auto& m) { add_lines(m, "RootDirectory=/srv/root"); },
       "nginx.service runs in a root of its own (RootDirectory=/srv/root), where"},
      {"an inaccessible folder",
       [](auto& m) { add_lines(m, "InaccessiblePaths=-/run/ktls-tuner"); },
       "nginx.service has InaccessiblePaths=/run/ktls-tuner, so it cannot read"},
      {"file capabilities",
       [](auto& m) {
         add_lines(m, "User=www-data");
         m->gives_rights = {"/usr/sbin/nginx"};
       },
       "/usr/sbin/nginx is set-uid or has file capabilities, so its OpenSSL ignores OPENSSL_CONF"},
      {"AppArmor",
       [](auto& m) {
         m.set("/sys/kernel/security/apparmor/profiles", "x");
         m.set("/etc/apparmor.d/usr.sbin.nginx", "/usr/sbin/nginx {\n  /etc/ssl/openssl.cnf r,\n}");
       },
       "its AppArmor profile /etc/apparmor.d/usr.sbin.nginx has no rule that lets it read"}};
  for (const NoOp& one : cases) {
    FakeMachine machine = two_node_machine();
    EXPECT_EQ(takes(subject("ktls"), word("on"), machine.host()).availability,
              Availability::Available);
    one.before(machine);
    const Observation answer = takes(subject("ktls"), word("on"), machine.host());
    EXPECT_EQ(answer.availability, Availability::Blocked) << one.what;
    EXPECT_THAT(answer.reason, StartsWith(one.reason)) << one.what;
    EXPECT_FALSE(answer.hint.empty()) << one.what;
  }
}

// A rollback has to be able to remove the files, whatever an administrator has added since.
TEST(Services, NothingHindersTheRemoval) {
  FakeMachine machine = two_node_machine();
  const Subject ktls = subject("ktls");
  set(machine, ktls, "on");
  add_lines(machine, "EnvironmentFile=/etc/default/nginx\nRootDirectory=/srv/root");
  machine.set("/etc/default/nginx", "OPENSSL_CONF=/x");
  const Observation hidden = observe(ktls, machine.host());
  EXPECT_EQ(hidden.value, word("on"));
  EXPECT_EQ(hidden.in_effect, word("overridden"));
  EXPECT_THAT(hidden.reason, HasSubstr("another file gives nginx.service another OPENSSL_CONF"));
  EXPECT_EQ(takes(ktls, word("off"), machine.host()).availability, Availability::Available);
  set(machine, ktls, "off");
  EXPECT_EQ(machine.text(ktls.place), "(missing)");
}

TEST(Services, WhatDoesNotHinderItIsNoReason) {
  const std::function<void(FakeMachine&)> harmless[] = {
      [](auto& m) {
        add_lines(m, "ReadOnlyPaths=/\nProtectSystem=strict\nCapabilityBoundingSet=");
      },
      [](auto& m) { add_lines(m, "EnvironmentFile=-/etc/default/none"); },
      [](auto& m) { m->gives_rights = {"/usr/sbin/nginx"}; },  // root starts it
      [](auto& m) {
        add_lines(m, "User=www-data\nNoNewPrivileges=yes");
        m->gives_rights = {"/usr/sbin/nginx"};
      },
      [](auto& m) {
        m.set("/sys/kernel/security/apparmor/profiles", "x");
        m.set("/etc/apparmor.d/usr.sbin.nginx", "/usr/sbin/nginx {\n}");
        m.set("/etc/apparmor.d/local/usr.sbin.nginx", "/run/ktls-tuner/** r,");
      }};
  for (const auto& before : harmless) {
    FakeMachine machine = two_node_machine();
    before(machine);
    EXPECT_EQ(takes(subject("ktls"), word("on"), machine.host()).availability,
              Availability::Available)
        << takes(subject("ktls"), word("on"), machine.host()).reason;
  }
}

TEST(Services, AProgramThatGainsNothingIsUnsupported) {
  FakeMachine machine = two_node_machine();
  machine.set("/usr/sbin/nginx", elf_file("libssl.so.3", {"BIO_meth_new", "SSL_set_bio"}));
  EXPECT_EQ(takes(subject("ktls"), word("on"), machine.host()).availability,
            Availability::Unsupported);
  machine.set("/usr/sbin/nginx", elf_file("libc.so.6", {"write"}));
  const Observation none = takes(subject("ktls"), word("on"), machine.host());
  EXPECT_EQ(none.availability, Availability::Unsupported);
  EXPECT_EQ(none.reason, "no TLS library was found in its program");
}

TEST(Services, APeerThatCouldBreakItIsARiskOfTheGate) {
  FakeMachine machine = two_node_machine();
  const auto risk = [&](std::string_view value) {
    return find_knob("services")->risk(machine.host(), {subject("ktls"), word(value)});
  };
  EXPECT_EQ(risk("on"), std::nullopt) << "TLS 1.2 has no KeyUpdate";
  machine.set("/etc/nginx/nginx.conf",
              "http { server { listen 443 ssl; ssl_protocols TLSv1.3; } }");
  ASSERT_TRUE(risk("on").has_value());
  EXPECT_EQ(risk("on")->kind, ProgramRisk::Kind::KeyUpdate);
  EXPECT_EQ(risk("off"), std::nullopt);
}

TEST(Services, NearIsTheNodeOfTheNic) {
  FakeMachine machine = two_node_machine();
  const Expanded expanded =
      expand("services", profile_of("nginx.service/near", "eth0"), two_node_facts());
  EXPECT_EQ(expanded.text(), "nginx.service/near = node 1, CPUs 2-3\n");
  const Subject near = subject("near");
  EXPECT_EQ(value_of(machine, near), "anywhere");
  set(machine, near, "node 1, CPUs 2-3");
  EXPECT_THAT(
      machine.text(near.place),
      HasSubstr("[Service]\nCPUAffinity=\nCPUAffinity=2-3\nNUMAPolicy=preferred\nNUMAMask=1"));
  EXPECT_EQ(value_of(machine, near), "node 1, CPUs 2-3");
  EXPECT_THAT(
      without_subject(expand("services", profile_of("nginx.service/near", "eth7"), two_node_facts())
                          .desired_settings),
      HasSubstr("no NIC named 'eth7'"));
}

TEST(Services, AnotherPlacementIsLeftAlone) {
  FakeMachine machine = two_node_machine();
  machine.set("/etc/systemd/system/nginx.service.d/10-admin.conf", "[Service]\nCPUAffinity=0");
  const Observation answer = takes(subject("near"), word("node 1, CPUs 2-3"), machine.host());
  EXPECT_EQ(answer.availability, Availability::Blocked);
  EXPECT_EQ(answer.reason, "nginx.service has CPUAffinity=0 already, by another file");
}

TEST(Services, OnlyItsOwnValuesAreWritten) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  for (const char* value : {"changed by hand", "node 1", "node x, CPUs 1", "CPUs ", ""}) {
    for (const char* what : {"ktls", "near"})
      EXPECT_FALSE(write(subject(what), word(value), host)) << what << " " << value;
  }
}

TEST(ServiceFiles, AFirstLineThatSaysNothingIsNoWord) {
  EXPECT_EQ(written_at(""), std::nullopt);
  EXPECT_EQ(written_at("# ktls-tuner: x, written boot\n"), std::nullopt);
  EXPECT_EQ(written_at("# ktls-tuner: x, written boot soon\n"), std::nullopt);
  EXPECT_EQ(written_at("# other\n# x, written boot 5\n"), std::nullopt);
  EXPECT_FALSE(read_service_conf("# ktls-tuner: x, keeps /a\n").has_value());
  EXPECT_FALSE(read_service_conf("# ktls-tuner: x.service on, keeps \n").has_value());
}

}  // namespace
}  // namespace tuner::testing
