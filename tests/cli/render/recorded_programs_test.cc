#include "cli/render/recorded_programs.h"

#include "base/json_text.h"
#include "cli/render/documents.h"
#include "document/write.h"
#include "model/findings/finding.h"
#include "model/findings/healthy_input.h"
#include "model/findings/service_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <tuple>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using namespace ::tuner::testing;  // NOLINT: the healthy host and its parts
using Json = nlohmann::ordered_json;

constexpr RekeyFacts kKernel{.upstream = ReleaseNumber{6, 18, 99}, .rekeys = true};
const HostIdentity kMachine{
    .hostname = "host", .kernel = "6.18.99", .boot_id = "b", .net_namespace = {}};

// Every field of every struct has a value that is not its default, in one of its programs.
ProgramsLook whole_look() {
  ProgramsLook look;
  Program nginx = healthy_nginx();
  nginx.at_boot = true;
  nginx.ignores_environment = true;
  nginx.seccomp = true;
  nginx.libraries.front().replaced = true;
  nginx.config->tls13 = false;
  nginx.config->doubts = {"/etc/nginx/a.conf:3: include_shell is not run"};
  nginx.openssl = ProgramOpenssl{.path = "/etc/ssl/own.cnf",
                                 .from_environment = true,
                                 .ktls = false,
                                 .ktls_place = {"/etc/ssl/own.cnf", 7},
                                 .tls12 = false,
                                 .tls13 = false};
  nginx.doubts = {"more TLS libraries: there are too many"};
  Program hook{.name = "hook", .executable = "/srv/hook", .transport = TlsTransport::Mixed};
  hook.libraries = {{.kind = TlsLibrary::Go, .path = "/srv/hook", .version = {}, .built_in = true},
                    {.kind = TlsLibrary::GnuTls, .path = "/opt/libgnutls.so.30", .version = {}}};
  look.programs = {.all = {hook, nginx}, .gnutls_asks = true, .not_looked_at = {"2 processes"}};
  look.sockets = SocketLook{
      .listening = {kNginx},
      .by_process =
          {{kNginx + 1,
            {.kernel = 4, .outside = 3, .without_keys = 1, .because = {{"so", 2}, {"", 1}}}}},
      .multipath = 2,
      .not_looked_at = {"processes not looked at: 1"}};
  look.probe = ProbeLook{.at = "2026-11-30T01:00:00Z",
                         .off_path = {{"TLSv1.2", "tx", "kernel", "userspace"}}};
  look.accepted = {AcceptedRisk::Breaks};
  look.failures = {"the profile was not looked at: x"};
  return look;
}

std::string text_of(const ProgramsLook& look) {
  const document::Envelope envelope{
      .kind = std::string(document::kRecordedPrograms),
      .tool = {.version = "0.1.0"},
      .host = {.hostname = "host", .kernel = "6.18.99", .boot_id = "b"}};
  return document::to_json(envelope, {recorded_programs_document(look, kKernel)}).dump(1);
}

TEST(RecordedPrograms, ComeBackAsTheyWere) {
  const ProgramsLook look = whole_look();
  const auto back = read_programs_look(text_of(look), kMachine);
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->programs, look.programs);
  EXPECT_EQ(back->accepted, look.accepted);
  EXPECT_EQ(back->failures, look.failures);
  EXPECT_EQ(text_of(*back), text_of(look)) << "so sessions and probe are the same, too";
}

TEST(RecordedPrograms, ASessionLookComesBackAsItWas) {
  const ProgramsLook look = whole_look();
  const auto back = read_programs_look(text_of(look), kMachine);
  ASSERT_TRUE(back && back->sockets && back->probe);
  EXPECT_EQ(back->sockets->listening, look.sockets->listening);
  ASSERT_EQ(back->sockets->by_process.size(), 1U) << "a listener without sessions has none";
  const SocketLook::Sessions& sessions = back->sockets->by_process.at(kNginx + 1);
  EXPECT_EQ(std::tuple(sessions.kernel, sessions.outside, sessions.without_keys),
            std::tuple(4U, 3U, 1U));
  EXPECT_EQ(sessions.because, look.sockets->by_process.at(kNginx + 1).because);
  EXPECT_EQ(back->sockets->not_looked_at, look.sockets->not_looked_at);
  EXPECT_EQ(back->probe->at, look.probe->at);
  EXPECT_EQ(back->probe->off_path.at(0).taken, "userspace");
}

TEST(RecordedPrograms, WhatIsNotKnownStaysSo) {
  ProgramsLook look = whole_look();
  look.programs.gnutls_asks.reset();
  look.sockets.reset();
  look.probe.reset();
  const auto back = read_programs_look(text_of(look), kMachine);
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_FALSE(back->programs.gnutls_asks);
  EXPECT_FALSE(back->sockets);
  EXPECT_FALSE(back->probe);
}

TEST(RecordedPrograms, GiveTheSameAnswerAboutAService) {
  for (const bool asked : {false, true}) {
    DiagnosisInput input = healthy_input();
    if (!asked) nginx_of(input).config->ktls.reset();
    ProgramsLook look{.programs = *input.programs,
                      .sockets = input.sockets,
                      .probe = input.probe,
                      .accepted = {},
                      .failures = {}};
    DiagnosisInput replay = input;
    auto back = read_programs_look(text_of(look), kMachine);
    ASSERT_TRUE(back) << back.error().text;
    replay.programs = back->programs;
    replay.sockets = back->sockets;
    replay.probe = back->probe;
    EXPECT_EQ(service_answer(replay), service_answer(input));
    const Diagnosis before = diagnose(input), after = diagnose(replay);
    ASSERT_EQ(after.findings.size(), before.findings.size());
    EXPECT_EQ(before.findings.empty(), asked);
    for (std::size_t i = 0; i < after.findings.size(); ++i) {
      EXPECT_EQ(finding_sentence(after.findings[i]), finding_sentence(before.findings[i]));
      EXPECT_EQ(finding_command(after.findings[i]), finding_command(before.findings[i]));
      EXPECT_EQ(after.findings[i].evidence, before.findings[i].evidence);
    }
  }
}

// A lie: a change of the document, and a part of the complaint about it.
struct Lie {
  std::string at;
  Json value;
  std::string complaint;
};

std::vector<Lie> lies() {
  const std::string program = "/programs/programs/1";
  const std::string process = "/sessions/processes/1";
  return {{"/kind", "facts", "is damaged"},
          {"/kind", "plan", "document of the kind 'plan'"},
          {"/format_version", "2.0", "has format 2.0"},
          {"/host/boot_id", "c", "of another boot or kernel"},
          {"/host/kernel", "5.10", "of another boot or kernel"},
          {"/programs/programs", nullptr, "expected a list"},
          {program + "/pids/0", -1, "programs.programs[1].pids: -1 is the number of no process"},
          {program + "/pids/0", 0, "0 is the number of no process"},
          {program + "/pids/0", 4'194'305, "is the number of no process"},
          {program + "/pids/0", 1.5, "is damaged"},
          {program + "/pids/0", std::uint64_t{1} << 63U, "is damaged"},
          {program + "/pids/1", kNginx, "is there twice"},
          {program + "/name", 7, "expected a string"},
          {program + "/transport", "teleport", "'teleport' is not one of the allowed words"},
          {program + "/libraries", Json::array(), "has none"},
          {program + "/libraries/0/kind", "\x1b[2J", "is not one of the allowed words"},
          {program + "/libraries/0/origin", "", "is not one of the allowed words"},
          {program + "/config/tls_place/line", -5, "config.tls_place: -5 is no line"},
          {program + "/config/tls_place/line", 1LL << 31U, "is no line"},
          {program + "/config/tls_place/file", "", "a line without a file"},
          {program + "/config/place/line", 0, "config.place: 0 is no line"},
          {program + "/openssl/place/line", -5, "openssl.place: -5 is no line"},
          {program + "/ignores_environment", nullptr, "is missing of a program that runs"},
          {process + "/pid", -1, "is the number of no process"},
          {process + "/pid", kNginx, "is there twice"},
          {process + "/kernel", -1, "is damaged"},
          {process + "/outside", std::uint64_t{1} << 40U, "too many sessions"},
          {process + "/without_keys", 4, "more sessions without keys"},
          {process + "/because", {{"a", 2}, {"b", ~std::uint64_t{0}}}, "more reasons"},
          {"/probe/at", "yesterday", "expected a time"},
          {"/probe/off_path/0/direction", "up", "is not one of the allowed words"},
          {"/probe/off_path/0/taken", "luck", "is not one of the allowed words"},
          {"/probe/off_path/0/expected", "", "is not one of the allowed words"},
          {"/probe/off_path/0/version", "SSLv3", "is not one of the allowed words"},
          {"/accepted_risks/0", "all", "is not one of the allowed words"}};
}

TEST(RecordedPrograms, ALieIsRefusedByItsPlace) {
  const Json honest = parse_ordered_json(text_of(whole_look()));
  ASSERT_TRUE(read_programs_look(json_text(honest), kMachine));
  for (const Lie& lie : lies()) {
    Json lying = honest;
    const Json::json_pointer place(lie.at);
    ASSERT_TRUE(lying.contains(place)) << lie.at;
    lying[place] = lie.value;
    const auto read = read_programs_look(json_text(lying), kMachine);
    ASSERT_FALSE(read) << lie.at;
    EXPECT_EQ(read.error().fault, Fault::Invalid);
    EXPECT_THAT(read.error().text, HasSubstr(lie.complaint)) << lie.at;
    EXPECT_THAT(read.error().text, HasSubstr("programs.json ")) << lie.at;
    EXPECT_EQ(read.error().text.find('\x1b'), std::string::npos);
  }
}

TEST(RecordedPrograms, SessionsThatWereNotLookedAtNeedAReason) {
  ProgramsLook look = whole_look();
  look.sockets.reset();
  look.failures.clear();
  EXPECT_THAT(read_programs_look(text_of(look), kMachine).error().text,
              HasSubstr("no failure says why"));
}

TEST(RecordedPrograms, ADocumentThatIsCutIsRefusedAtEveryByte) {
  const std::string text = text_of(whole_look());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = read_programs_look(std::string_view(text).substr(0, length), kMachine);
    ASSERT_FALSE(read) << "cut at " << length;
    EXPECT_THAT(read.error().text, HasSubstr("programs.json is "));
  }
}

// Whatever is read of it is within what programs and sessions can be.
TEST(RecordedPrograms, AChangedByteIsReadOrRefused) {
  const std::string text = text_of(whole_look());
  int refused = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 0x11);
    const auto read = read_programs_look(changed, kMachine);
    if (!read) {
      ++refused;
      continue;
    }
    for (const Program& program : read->programs.all)
      for (const int pid : program.pids) EXPECT_GT(pid, 0);
  }
  EXPECT_GT(refused, 500);
}

TEST(RecordedPrograms, AKeyThatIsMissingIsDamage) {
  const Json honest = parse_ordered_json(text_of(whole_look()));
  const std::vector<std::string> required{"/programs",
                                          "/sessions",
                                          "/probe",
                                          "/accepted_risks",
                                          "/failures",
                                          "/programs/programs/1/transport",
                                          "/sessions/processes/0/listens",
                                          "/programs/programs/1/ignores_environment"};
  for (const std::string& at : required) {
    Json lying = honest;
    const Json::json_pointer place(at);
    ASSERT_TRUE(lying.contains(place)) << at;
    lying[place.parent_pointer()].erase(place.back());
    EXPECT_FALSE(read_programs_look(json_text(lying), kMachine)) << at;
  }
}

TEST(RecordedPrograms, AnEarlyEndHasNoPrograms) {
  Json early = parse_ordered_json(text_of(whole_look()));
  for (const char* key : {"programs", "sessions", "probe", "accepted_risks", "failures"})
    early.erase(key);
  EXPECT_THAT(read_programs_look(json_text(early), kMachine).error().text,
              HasSubstr("of the kind 'recorded-programs'"));
}

}  // namespace
}  // namespace tuner
