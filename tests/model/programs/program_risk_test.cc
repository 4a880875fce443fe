#include "model/programs/program_risk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr RekeyFacts kOld{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = std::nullopt};
constexpr RekeyFacts kNew{.upstream = ReleaseNumber{6, 14, 0}, .rekeys = std::nullopt};
constexpr RekeyFacts kVendors{};

Program program(std::string name, TlsTransport transport = TlsTransport::Socket) {
  return {.name = name,
          .service = name + ".service",
          .executable = "/usr/sbin/" + name,
          .pids = {7},
          .at_boot = true,
          .libraries = {{.path = "/usr/lib/libssl.so.3", .version = "OpenSSL 3.0.19"}},
          .transport = transport,
          .config = std::nullopt,
          .openssl = ProgramOpenssl{.path = "/etc/ssl/openssl.cnf"},
          .doubts = {}};
}

Program lighttpd() {
  Program it = program("lighttpd");
  it.config = ServerConfig{.tls = true};
  return it;
}

Program asked(Program it) {
  it.openssl->ktls = true;
  it.openssl->ktls_place = {"/etc/ssl/openssl.cnf", 9};
  return it;
}

std::vector<ProgramRisk> risks(Program it, const RekeyFacts& kernel = kOld) {
  return risks_of_ktls({.all = {std::move(it)}, .gnutls_asks = false, .not_looked_at = {}}, kernel);
}

ProgramRisk only_risk(Program it, const RekeyFacts& kernel = kOld) {
  const auto all = risks(std::move(it), kernel);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? ProgramRisk{} : all.front();
}

KtlsUse::Answer answer(const Program& it) {
  return ktls_use(it, false).answer;
}

TEST(ProgramRisk, ALibraryWithoutKernelTlsIsNoRiskWhateverIsAsked) {
  Program it = asked(program("nginx"));
  for (const char* const version : {"OpenSSL 1.1.1w", "LibreSSL 3.8.2"}) {
    it.libraries.front().version = version;
    EXPECT_EQ(answer(it), KtlsUse::Answer::Never) << version;
    EXPECT_THAT(risks(it), IsEmpty()) << version;
  }
  for (const char* const version : {"OpenSSL 3.0.0", ""}) {
    it.libraries.front().version = version;
    EXPECT_EQ(answer(it), KtlsUse::Answer::Yes) << version;
  }
}

TEST(ProgramRisk, NamesLighttpdItsReasonAndItsSwitch) {
  const ProgramRisk risk = only_risk(lighttpd());
  EXPECT_EQ(risk.kind, ProgramRisk::Kind::KeyUpdate);
  EXPECT_THAT(risk.text, AllOf(HasSubstr("lighttpd (lighttpd.service) uses kernel TLS"),
                               HasSubstr("by itself"), HasSubstr("one KeyUpdate"),
                               HasSubstr("OpenSSL 3.0.19 does not hand the kernel the new key")));
  EXPECT_THAT(
      risk.ways_out,
      ElementsAre(HasSubstr("\"Options\" => \"-KTLS\""), HasSubstr("only TLS 1.2"),
                  HasSubstr("OpenSSL 3.2 or later"), "systemctl disable --now lighttpd.service"));
}

TEST(ProgramRisk, OfAKernelThatHasTlsIsNow) {
  const RekeyFacts loaded{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = false};
  EXPECT_THAT(only_risk(lighttpd()).text,
              AllOf(HasSubstr("once tls is loaded"), HasSubstr("any peer can then break")));
  EXPECT_THAT(only_risk(lighttpd(), loaded).text,
              AllOf(Not(HasSubstr("once tls is loaded")), HasSubstr("any peer can break")));
}

TEST(ProgramRisk, HasTheServiceOrTheNameOfTheProgram) {
  EXPECT_EQ(only_risk(lighttpd()).service, "lighttpd.service");
  Program started = lighttpd();
  started.service.clear();
  EXPECT_EQ(only_risk(started).service, "lighttpd");
}

TEST(ProgramRisk, NeedsAnAcceptanceOfItsKindUnlessItIsNotKnown) {
  EXPECT_EQ(acceptance_of(ProgramRisk::Kind::Breaks), AcceptedRisk::Breaks);
  EXPECT_EQ(acceptance_of(ProgramRisk::Kind::KeyUpdate), AcceptedRisk::KeyUpdate);
  EXPECT_EQ(acceptance_of(ProgramRisk::Kind::KeyUpdateUnknown), std::nullopt);
}

TEST(ProgramRisk, IsNoneOnceASwitchIsSet) {
  Program off = lighttpd();
  off.config->ktls = false;
  EXPECT_THAT(risks(off), IsEmpty());
  Program only12 = lighttpd();
  only12.config->tls13 = false;
  EXPECT_THAT(risks(only12), IsEmpty());
  Program plain = lighttpd();
  plain.config->tls = false;
  EXPECT_THAT(risks(plain), IsEmpty());
}

TEST(ProgramRisk, StaysIfTheConfigurationCouldNotBeRead) {
  Program unread = lighttpd();
  unread.config = ServerConfig{.doubts = {"open /etc/lighttpd/lighttpd.conf: Permission denied"}};
  EXPECT_THAT(only_risk(unread).text, HasSubstr("seems to use"));
}

TEST(ProgramRisk, DependsOnLibraryAndKernel) {
  const auto safety = [](const char* library, const RekeyFacts& kernel) {
    return key_update_safety(library, kernel).safety;
  };
  EXPECT_EQ(safety("OpenSSL 3.0.19", kNew), KeyUpdateSafety::Unsafe);
  EXPECT_EQ(safety("OpenSSL 3.1.8", kNew), KeyUpdateSafety::Unsafe);
  EXPECT_EQ(safety("OpenSSL 3.2.0", kOld), KeyUpdateSafety::Unsafe);
  EXPECT_EQ(safety("OpenSSL 3.2.0", kNew), KeyUpdateSafety::Safe);
  EXPECT_EQ(safety("OpenSSL 3.5.9", {.upstream = ReleaseNumber{6, 13, 12}, .rekeys = {}}),
            KeyUpdateSafety::Unsafe);
  EXPECT_EQ(safety("OpenSSL 3.5.9", kVendors), KeyUpdateSafety::Unknown);
  // What the loaded module says counts more than numbers.
  EXPECT_EQ(safety("OpenSSL 3.5.9", {.upstream = std::nullopt, .rekeys = true}),
            KeyUpdateSafety::Safe);
  EXPECT_EQ(safety("OpenSSL 3.5.9", {.upstream = ReleaseNumber{6, 14, 0}, .rekeys = false}),
            KeyUpdateSafety::Unsafe);
  EXPECT_EQ(safety("", kNew), KeyUpdateSafety::Unknown);
}

TEST(ProgramRisk, IsUnknownWhereTheLibraryOrTheKernelIs) {
  Program unknown = lighttpd();
  unknown.libraries.front().version.clear();
  EXPECT_EQ(only_risk(unknown, kNew).kind, ProgramRisk::Kind::KeyUpdateUnknown);
  Program newer = lighttpd();
  newer.libraries.front().version = "OpenSSL 3.5.9";
  EXPECT_EQ(only_risk(newer, kVendors).kind, ProgramRisk::Kind::KeyUpdateUnknown);
  EXPECT_THAT(risks(newer, kNew), IsEmpty());
}

TEST(ProgramRisk, SaysThatAnInheritedSocketBreaks) {
  const Program postgres = program("postgres", TlsTransport::Inherited);
  EXPECT_THAT(risks(postgres), IsEmpty());
  const ProgramRisk risk = only_risk(asked(postgres));
  EXPECT_EQ(risk.kind, ProgramRisk::Kind::Breaks);
  EXPECT_THAT(risk.text, AllOf(HasSubstr("postgres (postgres.service) breaks"),
                               HasSubstr("/etc/ssl/openssl.cnf:9 asks for it"),
                               HasSubstr("TLS 1.2 connections fail")));
  EXPECT_THAT(risk.ways_out, Contains(HasSubstr("remove KTLS from the Options")));
  // With TLS 1.3 alone it works, but a KeyUpdate breaks it like any other.
  Program only13 = asked(postgres);
  only13.openssl->tls12 = false;
  EXPECT_EQ(only_risk(only13).kind, ProgramRisk::Kind::KeyUpdate);
}

// From 3.2 on libssl receives TLS 1.3 in the kernel as well: no version of TLS is a way out.
TEST(ProgramRisk, SaysThatTls13OfAnInheritedSocketBreaksWithALaterLibrary) {
  Program postgres = asked(program("postgres", TlsTransport::Inherited));
  postgres.libraries.front().version = "OpenSSL 3.5.9";
  const ProgramRisk risk = only_risk(postgres);
  EXPECT_EQ(risk.kind, ProgramRisk::Kind::Breaks);
  EXPECT_THAT(risk.text, HasSubstr("TLS 1.2 and 1.3 connections fail"));
  EXPECT_THAT(risk.ways_out, Not(Contains(HasSubstr("TLS 1.3"))));
  postgres.openssl->tls12 = false;
  EXPECT_THAT(only_risk(postgres).text, HasSubstr("its TLS 1.3 connections fail"));
  postgres.openssl->tls13 = false;
  EXPECT_THAT(risks(postgres), IsEmpty());
}

TEST(ProgramRisk, HaproxyMovesItsOwnBioOnlyIfItsConfigurationSaysSo) {
  Program it = asked(program("haproxy", TlsTransport::OwnBio));
  it.config = ServerConfig{.tls = true};
  EXPECT_EQ(answer(it), KtlsUse::Answer::Never);
  EXPECT_THAT(ktls_use(it, false).because,
              HasSubstr("ktls on in a bind or server line, from HAProxy 3.3 on"));
  it.config->ktls = false;
  EXPECT_EQ(answer(it), KtlsUse::Answer::Never);
  it.config->ktls = true;
  it.config->ktls_place = {"/etc/haproxy/haproxy.cfg", 9};
  EXPECT_EQ(answer(it), KtlsUse::Answer::Yes);
  const ProgramRisk risk = only_risk(it);
  EXPECT_EQ(risk.kind, ProgramRisk::Kind::KeyUpdate);
  EXPECT_THAT(risk.ways_out, Contains("remove ktls on at /etc/haproxy/haproxy.cfg:9"));
  it.libraries.front().version = "OpenSSL 3.6.5";
  const ProgramRisk newest = only_risk(it, kNew);
  EXPECT_EQ(newest.kind, ProgramRisk::Kind::KeyUpdate) << "no kernel and no OpenSSL helps";
  EXPECT_THAT(newest.text, HasSubstr("does not renew the keys"));
  EXPECT_THAT(newest.ways_out, Not(Contains(HasSubstr("kernel 6.14"))));
  it.config->tls13 = false;
  EXPECT_THAT(risks(it), IsEmpty());
}

TEST(ProgramRisk, ProgramsThatCannotUseKernelTlsNeverDo) {
  EXPECT_EQ(answer(asked(program("apache2", TlsTransport::OwnBio))), KtlsUse::Answer::Never);
  EXPECT_EQ(answer(asked(program("dovecot", TlsTransport::MemoryBio))), KtlsUse::Answer::Never);
  Program java = program("java");
  java.libraries = {{.kind = TlsLibrary::Java}};
  EXPECT_EQ(answer(java), KtlsUse::Answer::Never);
}

TEST(ProgramRisk, OthersDoAsTheirOpensslConfigurationSays) {
  EXPECT_EQ(answer(program("memcached")), KtlsUse::Answer::No);
  EXPECT_EQ(answer(asked(program("memcached"))), KtlsUse::Answer::Yes);
  Program unseen = program("memcached");
  unseen.openssl.reset();
  EXPECT_EQ(answer(unseen), KtlsUse::Answer::Unknown);
  // The program's own word counts more.
  Program nginx = asked(program("nginx"));
  nginx.config = ServerConfig{.tls = true, .ktls = false, .ktls_place = {"/n", 1}};
  EXPECT_EQ(answer(nginx), KtlsUse::Answer::No);
}

TEST(ProgramRisk, GnutlsDoesAsItsOwnConfigurationSays) {
  Program it = program("exim4");
  it.libraries = {{.kind = TlsLibrary::GnuTls}};
  EXPECT_EQ(ktls_use(it, false).answer, KtlsUse::Answer::No);
  EXPECT_EQ(ktls_use(it, true).answer, KtlsUse::Answer::Yes);
  EXPECT_EQ(ktls_use(it, std::nullopt).answer, KtlsUse::Answer::Unknown);
}

TEST(ProgramRisk, TheWorstComesFirst) {
  Program unknown = lighttpd();
  unknown.libraries.front().version.clear();
  const auto all = risks_of_ktls(
      {.all = {unknown, lighttpd(), asked(program("postgres", TlsTransport::Inherited))},
       .gnutls_asks = std::nullopt,
       .not_looked_at = {}},
      kOld);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].kind, ProgramRisk::Kind::Breaks);
  EXPECT_EQ(all[2].kind, ProgramRisk::Kind::KeyUpdateUnknown);
}

TEST(ProgramRisk, AServiceThatOnlyStartsAtBootIsNamedSo) {
  Program it = lighttpd();
  it.pids.clear();
  EXPECT_THAT(only_risk(it).text, HasSubstr("lighttpd (lighttpd.service, starts at boot)"));
}

}  // namespace
}  // namespace tuner
