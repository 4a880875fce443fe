#include "model/findings/service_answer.h"

#include "model/findings/healthy_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::healthy_input;
using testing::nginx_of;
using ::testing::Not;

TEST(ServiceAnswer, SaysThatTlsIsInTheKernelAndHowMuch) {
  EXPECT_EQ(service_answer(healthy_input()),
            "nginx (nginx.service), 2 processes (4 connections in the kernel, 0 not): it hands TLS "
            "to the kernel, because /etc/nginx/conf.d/web.conf:5 switches it on");
}

TEST(ServiceAnswer, NamesTheLineWithoutTheOptionAndWhatItWouldBring) {
  DiagnosisInput input = healthy_input();
  nginx_of(input).config->ktls.reset();
  nginx_of(input).libraries.front().version = "OpenSSL 3.0.19";
  const std::string answer = service_answer(input);
  EXPECT_THAT(answer, HasSubstr("TLS stays in user space, because /etc/nginx/conf.d/web.conf:2 "
                                "has TLS without the option KTLS"));
  EXPECT_THAT(answer, HasSubstr("if you add it, any peer can break its TLS 1.3 connections: only "
                                "TLS 1.2: ssl_protocols TLSv1.2;, or OpenSSL 3.2 or later"));
  nginx_of(input).transport = TlsTransport::Inherited;
  EXPECT_THAT(service_answer(input), HasSubstr("do not add it: "));
}

TEST(ServiceAnswer, NamesTheModuleWhereTheKernelHasNoTls) {
  DiagnosisInput input = healthy_input();
  input.facts.kernel.tls.state = ModuleState::DenyListed;
  EXPECT_THAT(service_answer(input),
              HasSubstr("the kernel has no TLS (module tls is deny-listed)"));
}

TEST(ServiceAnswer, SaysWhatItCannotTell) {
  DiagnosisInput input = healthy_input();
  nginx_of(input).config->doubts = {"open /etc/nginx/x.conf: Permission denied"};
  EXPECT_THAT(service_answer(input), HasSubstr("(as far as it could be read)"));
  nginx_of(input).config.reset();
  nginx_of(input).openssl.reset();
  nginx_of(input).name = "memcached";
  EXPECT_THAT(service_answer(input), HasSubstr("whether its TLS is in the kernel is not known"));
  nginx_of(input).transport = TlsTransport::OwnBio;
  nginx_of(input).pids.clear();
  EXPECT_THAT(service_answer(input), HasSubstr("which does not run: TLS stays in user space"));
}

TEST(ServiceAnswer, TheRiskComesBehindTheAnswer) {
  DiagnosisInput input = healthy_input();
  nginx_of(input).libraries.front().version = "OpenSSL 3.0.19";
  const std::string answer = service_answer(input);
  EXPECT_THAT(answer, HasSubstr("it hands TLS to the kernel"));
  EXPECT_THAT(answer, HasSubstr("any peer can break"));
}

}  // namespace
}  // namespace tuner
