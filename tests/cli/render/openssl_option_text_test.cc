#include "cli/render/openssl_option_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFile[] = "/usr/lib/ssl/openssl.cnf";
constexpr RekeyFacts kOld{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = std::nullopt};

Program program(std::string name, TlsTransport transport = TlsTransport::Socket,
                bool tls13 = true) {
  return {.name = name,
          .service = name + ".service",
          .executable = "/usr/sbin/" + name,
          .pids = {7},
          .libraries = {{.path = "/usr/lib/libssl.so.3", .version = "OpenSSL 3.0.19"}},
          .transport = transport,
          .config = std::nullopt,
          .openssl = ProgramOpenssl{.path = kFile, .tls13 = tls13},
          .doubts = {}};
}

std::string warning(std::vector<Program> all, std::vector<std::string> not_looked_at = {}) {
  return openssl_option_warning(
      kFile,
      {.all = std::move(all), .gnutls_asks = false, .not_looked_at = std::move(not_looked_at)},
      kOld);
}

TEST(OpensslOptionText, NamesWhoWouldBreakAndWhoWouldGain) {
  const std::string text = warning({program("postgres", TlsTransport::Inherited), program("nginx"),
                                    program("mosquitto", TlsTransport::Socket, false),
                                    program("apache2", TlsTransport::OwnBio)});
  EXPECT_THAT(text,
              AllOf(HasSubstr("/usr/lib/ssl/openssl.cnf does not ask for kTLS"),
                    HasSubstr("Do not add the option there: connections of postgres "
                              "(postgres.service) would break; a KeyUpdate of a peer could "
                              "break those of nginx (nginx.service)."),
                    HasSubstr("mosquitto (mosquitto.service) would gain."),
                    HasSubstr("ktls-tuner openssl-conf --for SERVICE"), Not(HasSubstr("apache2"))));
}

TEST(OpensslOptionText, DoesNotCountWhoReadsAnotherFile) {
  Program own = program("postgres", TlsTransport::Inherited);
  own.openssl->from_environment = true;
  Program bundled = program("postgres", TlsTransport::Inherited);
  bundled.openssl->path = "/opt/ssl/openssl.cnf";
  const std::string text = warning({own, bundled});
  EXPECT_THAT(text, Not(HasSubstr("would break")));
  EXPECT_THAT(text, HasSubstr("every program that reads the file"));
}

TEST(OpensslOptionText, NamesAFewOfManyAndCountsTheRest) {
  std::vector<Program> many;
  for (int i = 0; i < 40; ++i) many.push_back(program(fmt::format("p{}", i)));
  EXPECT_THAT(warning(many), HasSubstr("p3 (p3.service) and 36 more."));
}

TEST(OpensslOptionText, SaysWhatWasNotLookedAt) {
  EXPECT_THAT(warning({}, {"3 processes were not looked at: x"}),
              AllOf(HasSubstr("Not all were looked at: 3 processes were not looked at: x."),
                    HasSubstr("No program that runs here would gain")));
  EXPECT_THAT(openssl_option_warning(kFile, "this needs CAP_SYS_PTRACE"),
              HasSubstr("was not looked at: this needs CAP_SYS_PTRACE."));
}

}  // namespace
}  // namespace tuner
