#include "base/text.h"
#include "cli/output/wrap.h"
#include "cli/render/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr RekeyFacts kDebian{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = std::nullopt};

Program lighttpd() {
  Program program{.name = "lighttpd",
                  .service = "lighttpd.service",
                  .executable = "/usr/sbin/lighttpd",
                  .pids = {812, 813},
                  .at_boot = true,
                  .transport = TlsTransport::Socket,
                  .config = ServerConfig{.tls = true, .ktls_place = {}, .doubts = {}},
                  .openssl = {},
                  .doubts = {}};
  program.libraries.push_back({.kind = TlsLibrary::OpenSsl,
                               .path = "/usr/lib/x86_64-linux-gnu/libssl.so.3",
                               .version = "OpenSSL 3.0.19"});
  return program;
}

Program go_program() {
  Program program{.name = "webhook", .executable = "/usr/bin/webhook", .pids = {90}};
  program.libraries.push_back(
      {.kind = TlsLibrary::Go, .path = "/usr/bin/webhook", .version = {}, .built_in = true});
  return program;
}

Programs programs(std::vector<Program> all) {
  Programs found;
  found.all = std::move(all);
  found.gnutls_asks = false;
  return found;
}

std::string text(const Programs& all, bool whole = false, std::size_t width = 0) {
  return programs_text(all, kDebian, whole, {.width = width});
}

TEST(ProgramsText, ARowHasServiceLibraryTransportUseRiskAndWaysOut) {
  const std::string shown = text(programs({lighttpd()}));
  EXPECT_THAT(shown, AllOf(HasSubstr("lighttpd.service  "), HasSubstr("2 processes"),
                           HasSubstr("OpenSSL 3.0.19"), HasSubstr("can"), HasSubstr("yes")));
  EXPECT_THAT(shown, AllOf(HasSubstr("key-update: lighttpd (lighttpd.service) uses kernel TLS"),
                           HasSubstr("way out: ssl.openssl.ssl-conf-cmd")));
  EXPECT_THAT(shown, Not(HasSubstr("pids")));
  EXPECT_THAT(text(programs({lighttpd()}), true),
              AllOf(HasSubstr("/usr/sbin/lighttpd, pids 812, 813"),
                    HasSubstr("library /usr/lib/x86_64-linux-gnu/libssl.so.3")));
}

TEST(ProgramsText, TheNameIsSaidWhereTheServiceDoesNotTellIt) {
  Program other = lighttpd();
  other.service = "web.service";
  EXPECT_THAT(text(programs({other})), HasSubstr("web.service: lighttpd"));
  other.service.clear();
  EXPECT_THAT(text(programs({other})), HasSubstr("\nlighttpd  "));
}

TEST(ProgramsText, FitsIntoEightyColumns) {
  for (const bool whole : {false, true}) {
    for (const std::string_view line : lines(text(programs({go_program(), lighttpd()}), whole, 80)))
      EXPECT_LE(text_width(line), 80U) << line;
  }
}

TEST(ProgramsText, AProgramWithoutRiskSaysWhy) {
  EXPECT_THAT(text(programs({go_program()})),
              AllOf(HasSubstr("go, built in"), HasSubstr("never"),
                    HasSubstr("its TLS, go, does not use kernel TLS")));
}

TEST(ProgramsText, WhatWasNotLookedAtIsSaidAndNoneIsSaidOnlyOfAWholeLook) {
  Programs none = programs({});
  EXPECT_EQ(text(none), "programs  none speaks TLS\n");
  none.not_looked_at.emplace_back("3 processes were not looked at: why");
  EXPECT_EQ(text(none), "programs  3 processes were not looked at: why\n");
  Program doubtful = lighttpd();
  doubtful.doubts.emplace_back("/proc/812/environ: no");
  EXPECT_THAT(text(programs({doubtful})),
              AllOf(HasSubstr("seems yes"), HasSubstr("not looked at: /proc/812/environ: no")));
}

TEST(ProgramsText, NamesCannotControlATerminal) {
  Program hostile = lighttpd();
  hostile.name = "a\x1b]0;x\x07\nb";
  hostile.service = "\x1b[2J.service";
  hostile.executable = "/srv/\x1b[31m";
  hostile.libraries[0].path = "/srv/\x9b\r.so";
  hostile.libraries[0].version = "OpenSSL \x1b[5m";
  hostile.doubts.emplace_back("\x1b[1m");
  Programs all = programs({hostile});
  all.not_looked_at.emplace_back("\x1b[2J");
  for (const std::size_t width : {0, 40, 80}) {
    const std::string shown = text(all, true, width);
    for (const char c : shown)
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << shown;
    EXPECT_THAT(shown, Not(HasSubstr("\x9b")));
  }
}

TEST(ProgramsDocument, HasWhatThePlanWouldSay) {
  Program nginx = lighttpd();
  nginx.name = "nginx";
  nginx.ignores_environment = true;
  nginx.config = ServerConfig{.tls = true,
                              .tls_place = {"/etc/nginx/conf.d/web.conf", 2},
                              .ktls = true,
                              .ktls_place = {"/etc/nginx/nginx.conf", 14},
                              .tls13 = true,
                              .doubts = {"one"}};
  const auto document = programs_document(programs({nginx}), kDebian);
  const document::Program& row = document.programs.at(0);
  EXPECT_EQ(row.uses_ktls.answer, "yes");
  EXPECT_FALSE(row.uses_ktls.sure);
  EXPECT_EQ(row.transport, "socket");
  EXPECT_EQ(row.config->place->file, "/etc/nginx/nginx.conf");
  EXPECT_EQ(row.config->place->line, 14);
  EXPECT_EQ(row.config->tls_place->line, 2);
  EXPECT_EQ(row.ignores_environment, true);
  EXPECT_THAT(row.config->doubts, ElementsAre("one"));
  EXPECT_EQ(row.risk->kind, "key-update");
  EXPECT_EQ(row.libraries.at(0).origin, "system");
  EXPECT_THAT(row.pids, ElementsAre(812, 813));
}

TEST(ProgramsDocument, NullIsNotKnownOrNotLookedAt) {
  const auto document = programs_document(programs({go_program()}), kDebian);
  const document::Program& row = document.programs.at(0);
  EXPECT_FALSE(row.service);
  EXPECT_FALSE(row.config);
  EXPECT_FALSE(row.openssl);
  EXPECT_FALSE(row.risk);
  EXPECT_FALSE(row.libraries.at(0).version);
  EXPECT_EQ(row.libraries.at(0).origin, "built_in");
}

std::string defects(ReleaseNumber release, bool whole, const Facts& facts = {}) {
  return defects_text(kernel_defects(release, facts), whole, {.width = 80});
}

TEST(DefectsText, ShowsThoseThatAffectAndMatterHereAndCountsAll) {
  const std::string shown = defects({6, 1, 188}, false);
  EXPECT_THAT(shown, AllOf(HasSubstr("known of kernel 6.1.188"), HasSubstr("pipe-pressure"),
                           HasSubstr("received bytes are lost"), HasSubstr("6.1.189")));
  // Fixed; not known; of a NIC that offloads, which is not here.
  EXPECT_THAT(shown, AllOf(Not(HasSubstr("CVE-2023-28466")), Not(HasSubstr("full-ring")),
                           Not(HasSubstr("CVE-2026-98967"))));
  EXPECT_THAT(defects({6, 1, 188}, true),
              AllOf(HasSubstr("full-ring"), HasSubstr("CVE-2026-98967"), HasSubstr("unknown"),
                    Not(HasSubstr("CVE-2023-28466"))));
}

TEST(DefectsText, AVendorsKernelIsUnknownAndNeverSafe) {
  const std::string shown = defects_text(kernel_defects(std::nullopt, {}), false, {.width = 0});
  EXPECT_THAT(shown, AllOf(HasSubstr("vendor"), HasSubstr("0 affected"), HasSubstr("0 fixed"),
                           HasSubstr("unknown")));
}

TEST(DefectsText, FitsIntoEightyColumns) {
  for (const std::string_view line : lines(defects({6, 1, 1}, true)))
    EXPECT_LE(text_width(line), 80U) << line;
}

TEST(DefectsText, EachLibraryIsCountedOfItsOwn) {
  auto all = openssl_defects("OpenSSL 3.6.0");
  const auto other = openssl_defects("OpenSSL 3.0.19");
  all.insert(all.end(), other.begin(), other.end());
  const std::string shown = defects_text(all, false, {.width = 0});
  EXPECT_THAT(shown, AllOf(HasSubstr("known of OpenSSL 3.6.0: 1 affected"),
                           HasSubstr("known of OpenSSL 3.0.19: 0 affected"),
                           HasSubstr("moving-write-buffer")));
}

}  // namespace
}  // namespace tuner
