#include "cli/steps/named_program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Program program(std::string name, std::string service, std::string config = "/c") {
  Program it{.name = std::move(name), .service = std::move(service)};
  it.executable = "/usr/sbin/" + it.name;
  it.openssl = ProgramOpenssl{.path = std::move(config)};
  return it;
}

Programs host() {
  return {
      .all = {program("nginx", "nginx.service"), program("postgres", "postgresql@15-main.service"),
              program("postgres", "postgresql@16-main.service", "/d"),
              program("uwsgi", "app.service"), program("helper", "app.service"),
              program("odd", "odd.service"), program("odd-child", "odd.service", "/other")},
      .gnutls_asks = false,
      .not_looked_at = {}};
}

std::vector<std::string> named(std::string_view name) {
  const Programs programs = host();
  const auto found = programs_named(programs, name);
  std::vector<std::string> names;
  if (!found) return {found.error().text};
  for (const Program* it : *found) names.push_back(it->name);
  return names;
}

TEST(NamedProgram, IsFoundByUnitNameAndPath) {
  const std::vector<std::string> nginx{"nginx"};
  for (const char* name : {"nginx", "nginx.service", "/usr/sbin/nginx"})
    EXPECT_EQ(named(name), nginx) << name;
  EXPECT_EQ(named("postgresql@15-main"), std::vector<std::string>{"postgres"});
}

TEST(NamedProgram, MayBeSeveralOfOneServiceWithOneConfiguration) {
  EXPECT_EQ(named("app.service"), (std::vector<std::string>{"uwsgi", "helper"}));
}

TEST(NamedProgram, IsRefusedWhereSeveralDiffer) {
  EXPECT_THAT(named("postgres").front(), AllOf(HasSubstr("means several programs"),
                                               HasSubstr("postgresql@15-main.service (/c)"),
                                               HasSubstr("postgresql@16-main.service (/d)")));
  EXPECT_THAT(named("odd.service").front(), HasSubstr("(/other)"));
}

TEST(NamedProgram, ThatIsUnknownIsAnsweredWithThoseThatThereAre) {
  Programs programs = host();
  auto error = programs_named(programs, "x\n\x1b[2J").error();
  EXPECT_EQ(error.fault, Fault::NotFound);
  EXPECT_EQ(error.text.find('\n'), std::string::npos);
  EXPECT_EQ(error.text.find('\x1b'), std::string::npos);
  EXPECT_THAT(error.hint, HasSubstr("app.service, nginx.service"));
  programs.not_looked_at = {"5 processes were not looked at: x"};
  EXPECT_THAT(programs_named(programs, "x").error().hint, HasSubstr("5 processes"));
  for (int i = 0; i < 30; ++i) programs.all.push_back(program("p", fmt::format("p{}.service", i)));
  EXPECT_THAT(programs_named(programs, "x").error().hint, HasSubstr("more"));
  EXPECT_THAT(programs_named({}, "x").error().hint, HasSubstr("none that speaks TLS"));
}

}  // namespace
}  // namespace tuner
