#include "docs/man_pages.h"

#include "cli/request/exit_code.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ManPages, MarkCodeAndBoldAndEscapeTheRest) {
  EXPECT_EQ(to_scdoc("`a_b` and **c**, 2 * 3 # \\"), "*a\\_b* and *c*, 2 \\* 3 \\# \\\\");
  EXPECT_EQ(to_scdoc("-1 to 3-4"), "\\-1 to 3-4");
  EXPECT_EQ(to_scdoc("[1, 2] is [1, 2]"), "\\[1, 2] is [1, 2]");
}

TEST(ManPages, PrintATableAsTermsWithText) {
  EXPECT_EQ(table_to_scdoc("### Some keys\n\n| key | value | |\n|---|---|---|\n"
                           "| `a` | text | first |\n| `b` |  | second |\n"),
            "\n# SOME KEYS\n\n*a*: text\n\tfirst\n\n*b*\n\tsecond\n");
}

TEST(ManPages, HaveEveryVerbThatIsNotInternalAndEveryOption) {
  const std::string page = program_man_page();
  for (const Verb& verb : verbs()) {
    const std::string section = fmt::format("\n## {}", verb.name);
    EXPECT_EQ(page.find(section) == std::string::npos, verb.internal) << verb.name;
    if (verb.internal) continue;
    std::string own = page.substr(page.find(section) + 1);
    own = own.substr(0, own.find("\n#"));
    for (const OptionRow& row : verb.options)
      EXPECT_THAT(own, HasSubstr(fmt::format("*{}*", row.names))) << verb.name;
    EXPECT_THAT(own, HasSubstr("\nExits with 0, 1, ")) << verb.name;
  }
  for (const OptionRow& row : global_options())
    EXPECT_THAT(page, HasSubstr(std::string(row.names.substr(row.names.find("--")))));
}

TEST(ManPages, NameChoicesAndTheirDefault) {
  EXPECT_THAT(program_man_page(), HasSubstr("*auto*, *always*, *never* (default *auto*)"));
  EXPECT_THAT(program_man_page(), HasSubstr("all reads together (default *1m*)"));
}

TEST(ManPages, HaveEveryExitCode) {
  for (const ExitCodeRow& row : exit_codes())
    EXPECT_THAT(program_man_page(), HasSubstr(fmt::format("\n*{}*\n", static_cast<int>(row.code))));
}

TEST(ManPages, HaveTheKeysOfProfiles) {
  EXPECT_THAT(profile_man_page(),
              HasSubstr("\n*nics[].irqs.placement*: setting: *numa-local-spread*\n"));
  EXPECT_THAT(profile_man_page(), HasSubstr("\n# KNOWN SYSCTLS\n"));
  EXPECT_THAT(profile_man_page(), Not(HasSubstr("|---")));
}

}  // namespace
}  // namespace tuner
