#include "model/programs/openssl_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using Kind = OptionEffect::Kind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr RekeyFacts kOld{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = std::nullopt};

Program program(std::string name, TlsTransport transport = TlsTransport::Socket) {
  return {.name = name,
          .service = name + ".service",
          .executable = "/usr/sbin/" + name,
          .pids = {7},
          .libraries = {{.path = "/usr/lib/libssl.so.3", .version = "OpenSSL 3.0.19"}},
          .transport = transport,
          .config = std::nullopt,
          .openssl = ProgramOpenssl{.path = "/etc/ssl/openssl.cnf"},
          .doubts = {}};
}

OptionEffect effect(const Program& it, const RekeyFacts& kernel = kOld) {
  return effect_of_option(it, "this configuration", false, kernel);
}

Program only_tls12(Program it) {
  it.openssl->tls13 = false;
  return it;
}

TEST(OpensslOption, GainsWhereTheProgramHandsOverASocket) {
  const OptionEffect it = effect(only_tls12(program("memcached")));
  EXPECT_EQ(it.kind, Kind::Gains);
  EXPECT_TRUE(it.sure);
  EXPECT_FALSE(it.already);
  EXPECT_EQ(it.because, "this configuration asks for it");
  EXPECT_FALSE(effect(only_tls12(program("x", TlsTransport::None))).sure);
  EXPECT_FALSE(effect(only_tls12(program("x", TlsTransport::Mixed))).sure);
}

TEST(OpensslOption, HasNoEffectOnWhatCannotUseIt) {
  EXPECT_THAT(effect(program("apache2", TlsTransport::OwnBio)).because,
              HasSubstr("a BIO of its own"));
  EXPECT_EQ(effect(program("apache2", TlsTransport::OwnBio)).kind, Kind::NoEffect);
  EXPECT_EQ(effect(program("dovecot", TlsTransport::MemoryBio)).kind, Kind::NoEffect);
  Program gnutls = program("exim4");
  gnutls.libraries = {{.kind = TlsLibrary::GnuTls}};
  EXPECT_EQ(effect(gnutls).kind, Kind::NoEffect);
  EXPECT_THAT(effect(gnutls).because, HasSubstr("/etc/gnutls/config"));
  Program go = program("caddy");
  go.libraries = {{.kind = TlsLibrary::Go, .built_in = true}};
  EXPECT_EQ(effect(go).kind, Kind::NoEffect);
  EXPECT_THAT(effect(go).because, HasSubstr("go"));
}

TEST(OpensslOption, HasNoEffectWhereTheProgramsOwnConfigurationDecides) {
  Program nginx = program("nginx");
  nginx.config = ServerConfig{.tls = true, .ktls = false, .ktls_place = {"/n.conf", 4}};
  EXPECT_EQ(effect(nginx).kind, Kind::NoEffect);
  EXPECT_EQ(effect(nginx).because, "/n.conf:4 switches it off");
}

TEST(OpensslOption, SaysWhatIsThereAlready) {
  Program lighttpd = only_tls12(program("lighttpd"));
  lighttpd.config = ServerConfig{.tls = true};
  EXPECT_TRUE(effect(lighttpd).already);
}

TEST(OpensslOption, NamesTheBreakageOfPostgresqlBeforeAnythingIsWritten) {
  const OptionEffect it = effect(program("postgres", TlsTransport::Inherited));
  EXPECT_EQ(it.kind, Kind::Breaks);
  EXPECT_THAT(it.because, AllOf(HasSubstr("postgres (postgres.service) breaks"),
                                HasSubstr("this configuration asks for it")));
  EXPECT_THAT(it.ways_out, ElementsAre("let it allow TLS 1.3 only"));
  EXPECT_EQ(acceptance_of(it.kind), AcceptedRisk::Breaks);
  Program later = program("postgres", TlsTransport::Inherited);
  later.libraries.front().version = "OpenSSL 3.5.9";
  EXPECT_EQ(effect(later).kind, Kind::Breaks);
  EXPECT_THAT(effect(later).ways_out, IsEmpty()) << "TLS 1.3 breaks there, too";
}

TEST(OpensslOption, NamesAKeyUpdateWithWaysOutThatAreNotThisOption) {
  const OptionEffect it = effect(program("nginx"));
  EXPECT_EQ(it.kind, Kind::KeyUpdate);
  EXPECT_THAT(it.because, HasSubstr("KeyUpdate"));
  EXPECT_THAT(it.ways_out, ElementsAre("only TLS 1.2: ssl_protocols TLSv1.2;",
                                       "OpenSSL 3.2 or later with kernel 6.14 or later"));
  EXPECT_EQ(acceptance_of(it.kind), AcceptedRisk::KeyUpdate);
  Program unknown = program("nginx");
  unknown.libraries.front().version.clear();
  EXPECT_EQ(effect(unknown).kind, Kind::KeyUpdateUnknown);
  EXPECT_EQ(acceptance_of(effect(unknown).kind), std::nullopt);
}

TEST(OpensslOption, IsUnknownWhereTheConfigurationWasNotLookedAt) {
  Program contained = program("nginx");
  contained.openssl.reset();
  EXPECT_EQ(effect(contained).kind, Kind::Unknown);
  EXPECT_THAT(effect(contained).ways_out, IsEmpty());
}

}  // namespace
}  // namespace tuner
