#include "model/findings/server_answer.h"

#include "model/findings/healthy_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using enum FindingCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace ::tuner::testing;  // NOLINT: the healthy host and its server

std::vector<FindingCode> codes_of(const Diagnosis& diagnosis) {
  std::vector<FindingCode> codes;
  for (const HostFinding& finding : diagnosis.findings) codes.push_back(finding.code);
  return codes;
}

// The one doubt about an input without a finding.
FindingDoubt only_doubt(const DiagnosisInput& input) {
  const Diagnosis diagnosis = diagnose_server(input);
  EXPECT_THAT(codes_of(diagnosis), IsEmpty());
  EXPECT_EQ(diagnosis.doubts.size(), 1U);
  return diagnosis.doubts.empty() ? FindingDoubt{} : diagnosis.doubts.front();
}

TEST(ServerAnswer, SaysWhatIsAcceptedAndWhatOfTheChoiceIsInTheKernel) {
  DiagnosisInput input = input_with_server();
  EXPECT_EQ(server_answer(input),
            "web.example:443 accepts TLS 1.3 and TLS 1.2; TLS 1.3 with AES-256-GCM, which it "
            "chooses, is sent and received by this host's kernel");
  input.server->choice->offer = 0;
  EXPECT_THAT(server_answer(input),
              HasSubstr("is sent by this host's NIC and received by this host's kernel"));
}

TEST(ServerAnswer, NamesTheDirectionThatStaysAndWhatWouldBeBetter) {
  DiagnosisInput input = input_with_server();
  receives_in_user_space(*input.server);
  EXPECT_THAT(server_answer(input),
              HasSubstr("is sent by this host's kernel; receiving stays in user space, because "
                        "OpenSSL 3.0.17 does not offload TLSv1.3 AES-256-GCM receiving; TLS 1.2 "
                        "with AES-128-GCM, which it also accepts, is sent by this host's NIC"));
  accepts_cbc_alone(*input.server);
  EXPECT_EQ(server_answer(input),
            "web.example:443 accepts TLS 1.2; TLS 1.2 with ECDHE-ECDSA-AES128-SHA256, which it "
            "chooses, stays in user space, because no kernel takes it from OpenSSL");
}

TEST(ServerAnswer, WithoutTlsInTheKernelItSaysWhatCouldBeThere) {
  DiagnosisInput input = input_with_server();
  receives_in_user_space(*input.server);
  for (ServerOfferLook& offer : input.server->offers) offer.tx = offer.rx = TlsPlace::None;
  input.facts.kernel.tls.state = ModuleState::Loadable;
  EXPECT_THAT(server_answer(input),
              HasSubstr("this host's kernel has no TLS (module tls is loadable); TLS 1.3 with "
                        "AES-256-GCM, which the server chooses, could be sent by this host's "
                        "kernel; TLS 1.2 with AES-128-GCM, which it also accepts, could be sent "
                        "and received by this host's kernel"));
  EXPECT_THAT(codes_of(diagnose_server(input)), ElementsAre(ModuleNotLoaded));
  accepts_cbc_alone(*input.server);
  EXPECT_THAT(server_answer(input), HasSubstr("nothing that this server accepts could be there"));
  EXPECT_THAT(codes_of(diagnose_server(input)), ElementsAre(ModuleNotLoaded, ServerOffPath));
  ServerOfferLook& silent = input.server->offers.back();
  silent.answer = ServerOfferLook::Answer::Unknown;
  silent.because = "no complete answer within the time limit";
  EXPECT_THAT(server_answer(input), HasSubstr("could be there is not known: no complete answer"));
  EXPECT_THAT(codes_of(diagnose_server(input)), ElementsAre(ModuleNotLoaded));
}

TEST(ServerAnswer, TheWarningOfInsecureIsPartOfIt) {
  DiagnosisInput input = input_with_server();
  input.server->insecure = "--insecure: any host may have answered";
  EXPECT_THAT(server_answer(input), HasSubstr("; --insecure: any host may have answered"));
  EXPECT_EQ(server_evidence(input).front(), "--insecure: any host may have answered");
}

TEST(ServerAnswer, TheEvidenceHasTheAnswerToEachOffer) {
  DiagnosisInput input = input_with_server();
  input.server->offers[2].answer = ServerOfferLook::Answer::NotOffered;
  input.server->offers[2].because = "this OpenSSL does not offer it";
  EXPECT_THAT(
      server_evidence(input),
      ElementsAre("OpenSSL 3.5.9 connected to web.example:443 (192.0.2.1:443) by ens1",
                  "of all that this OpenSSL offers the server chooses TLSv1.3 "
                  "TLS_AES_256_GCM_SHA384",
                  "accepted: TLS 1.2 with AES-128-GCM (ECDHE-ECDSA-AES128-GCM-SHA256): sent by "
                  "this host's NIC and received by this host's kernel",
                  "refused: TLS 1.2 with other ciphers: the server sent the alert 'handshake "
                  "failure'",
                  "not offered: TLS 1.3 with AES-256-GCM (TLS_AES_256_GCM_SHA384): this OpenSSL "
                  "does not offer it"));
}

// ---- What is not known

TEST(ServerAnswer, AServerThatDoesNotAnswerIsUnknownAndNoFinding) {
  DiagnosisInput input = input_with_server();
  input.server = ServerLook{.place = "web.example:443",
                            .failure = Error{.fault = Fault::Io,
                                             .text = "connect to web.example:443: refused",
                                             .hint = "look at the port"}};
  const FindingDoubt doubt = only_doubt(input);
  EXPECT_TRUE(could_not_look(doubt));
  EXPECT_EQ(doubt.next, "look at the port");
  EXPECT_THAT(doubt.hides, Contains(ServerOffPath));
  EXPECT_THAT(doubt.hides, Contains(ServerKeyUpdate));
  EXPECT_EQ(server_answer(input), doubt.because);
  EXPECT_THAT(doubt.because, HasSubstr("nothing is known of the TLS of web.example:443: connect"));
}

TEST(ServerAnswer, SilenceIsNoRefusal) {
  DiagnosisInput input = input_with_server();
  accepts_cbc_alone(*input.server);
  ServerOfferLook& silent = input.server->offers.back();
  silent.answer = ServerOfferLook::Answer::Unknown;
  silent.because = "no complete answer within the time limit";
  const FindingDoubt doubt = only_doubt(input);
  EXPECT_TRUE(could_not_look(doubt));
  EXPECT_THAT(doubt.because, HasSubstr("TLS 1.3 with AES-256-GCM of web.example:443 can be in "
                                       "this host's kernel is not known: no complete answer"));
}

TEST(ServerAnswer, APlaceThatIsNotKnownIsNeitherUserSpaceNorTheKernel) {
  DiagnosisInput input = input_with_server();
  for (ServerOfferLook& offer : input.server->offers) {
    offer.tx = offer.rx = TlsPlace::Unknown;
    offer.because = "socket diagnostics show no ULP";
  }
  EXPECT_TRUE(could_not_look(only_doubt(input)));
  EXPECT_THAT(server_answer(input), HasSubstr("in a place that is not known: socket diagnostics"));
  EXPECT_THAT(server_answer(input), Not(HasSubstr("user space")));
}

TEST(ServerAnswer, AnOfferThatIsChosenAndThenNotAnsweredLeavesItsPlaceOpen) {
  DiagnosisInput input = input_with_server();
  input.server->offers[2].answer = ServerOfferLook::Answer::Unknown;
  input.server->offers[2].tx = input.server->offers[2].rx = TlsPlace::None;
  input.server->offers[2].because = "the server closed the connection";
  EXPECT_THAT(only_doubt(input).hides, Contains(ServerChoosesOther));
}

TEST(ServerAnswer, WithoutTheChoiceItIsNotKnownWhatProgramsGet) {
  DiagnosisInput input = input_with_server();
  input.server->choice.reset();
  input.server->why_no_choice = "its answers differ between connections";
  const FindingDoubt doubt = only_doubt(input);
  EXPECT_THAT(doubt.because, HasSubstr("its answers differ"));
  EXPECT_THAT(doubt.hides, ElementsAre(ServerChoosesOther));
}

TEST(ServerAnswer, AKeyUpdateThatWasAskedForAndNotProvedIsUnknown) {
  DiagnosisInput input = input_with_server();
  input.server->key_update = ServerKeyUpdateLook{.because = "the server closes silent connections"};
  EXPECT_TRUE(could_not_look(only_doubt(input)));
  input.server->key_update->answer = ServerKeyUpdateLook::Answer::Survived;
  EXPECT_THAT(diagnose_server(input).doubts, IsEmpty());
  input.server->key_update->answer = ServerKeyUpdateLook::Answer::Unknown;
  accepts_cbc_alone(*input.server);  // without TLS 1.3 there is no KeyUpdate
  EXPECT_THAT(diagnose_server(input).doubts, IsEmpty());
}

TEST(ServerAnswer, WhetherAVendorsKernelTakesNewKeysIsNotGuessed) {
  DiagnosisInput input = input_with_server();
  input.kernel = {};
  const FindingDoubt doubt = only_doubt(input);
  EXPECT_EQ(doubt.kind, DoubtKind::Undetermined);
  EXPECT_THAT(doubt.hides, ElementsAre(ServerCanBreak));
}

// ---- What else is shown

TEST(ServerAnswer, ProgramsAndSettingsOfThisHostHaveNothingToDoWithIt) {
  DiagnosisInput input = input_with_server();
  nginx_of(input).config->ktls.reset();
  step_of(input, "irq_affinity").status = Status::Change;
  input.facts.cpufreq.front().epp = "power";
  EXPECT_THAT(codes_of(diagnose(input)), Not(IsEmpty()));
  EXPECT_THAT(codes_of(diagnose_server(input)), IsEmpty());
  input.programs->not_looked_at = {"12 processes were not looked at"};
  input.failures = {"the profile was not looked at"};
  EXPECT_THAT(diagnose_server(input).doubts, IsEmpty());
}

TEST(ServerAnswer, ANicIsShownIfTheRouteUsesIt) {
  DiagnosisInput input = input_with_server();
  nic_of(input).features["tls-hw-tx-offload"] = NicFeature{.supported = true};
  EXPECT_THAT(codes_of(diagnose_server(input)), ElementsAre(NicOffloadOff));
  input.server->interface = "lo";
  input.server->nics.clear();
  EXPECT_THAT(codes_of(diagnose_server(input)), IsEmpty());
}

TEST(ServerAnswer, AReadOfTheKernelThatFailedStaysUnknown) {
  DiagnosisInput input = input_with_server();
  input.facts.unread.push_back(
      {FactNeed::Crypto, "", {.fault = Fault::Io, .text = "read /proc/crypto: EIO", .hint = {}}});
  EXPECT_THAT(only_doubt(input).hides, ElementsAre(CipherGeneric, CipherAsync));
}

}  // namespace
}  // namespace tuner
