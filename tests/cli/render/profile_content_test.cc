#include "cli/render/profile_content.h"

#include "profile/extra_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProfileContent, ShowsAKeyOfATestTableIfItIsSet) {
  const Origin origin{.file = "a.yaml", .line = 3, .column = 5};
  Extra extra;
  const auto text = [&] { return content_table(test::contents_of(extra, origin)).text({}); };
  EXPECT_THAT(text(), Not(HasSubstr("extra")));

  extra = {.fast = true, .words = {"a", "b"}, .speed = test::setting(7)};
  extra.levels.push_back({"low", test::setting(true)});
  EXPECT_THAT(text(), HasSubstr("extra 1"));
  EXPECT_THAT(text(), HasSubstr("fast"));
  EXPECT_THAT(text(), Not(HasSubstr("loud")));
  EXPECT_THAT(text(), HasSubstr("a, b"));
  EXPECT_THAT(text(), HasSubstr("speed"));
  EXPECT_THAT(text(), HasSubstr("low"));

  const auto contents = test::contents_of(extra, origin);
  const auto json = content_json(contents);
  EXPECT_EQ(json["extra"][0]["fast"], true);
  EXPECT_EQ(json["extra"][0]["words"], nlohmann::json({"a", "b"}));
  EXPECT_EQ(json["extra"][0]["speed"]["value"], 7);
  EXPECT_EQ(json["extra"][0]["origin"]["line"], 3);
  EXPECT_FALSE(json["extra"][0].contains("loud"));
  const auto settings = settings_document(contents);
  ASSERT_EQ(settings.size(), 2U);
  EXPECT_EQ(settings[0].section, "extra");
  EXPECT_EQ(settings[0].entry, 0U);
  EXPECT_EQ(settings[1].name, "low");
}

TEST(ProfileContent, ShowsPositionsBelowTheirRowsIfColumnsAreNarrow) {
  const Origin origin{.file = "/a/long/path.yaml", .line = 3, .column = 5};
  Extra extra{.fast = true, .speed = test::setting(7)};
  extra.speed->origin = origin;
  const auto contents = test::contents_of(extra, origin);
  const auto text = [&](std::size_t width) {
    return content_table(contents, {.width = width}).text({.width = width});
  };
  EXPECT_THAT(text(80), HasSubstr("\n      from: /a/long/path.yaml:3:5\n"));
  EXPECT_THAT(text(80), Not(HasSubstr("need  from")));
  EXPECT_THAT(text(0), Not(HasSubstr("from: ")));
  EXPECT_THAT(text(200), Not(HasSubstr("from: ")));
}

}  // namespace
}  // namespace tuner
