// A key of the format is one row. What compares or documents keys learns of it from there.
#include "profile/content.h"

#include "base/json_text.h"
#include "profile/extra_keys.h"
#include "profile/find_profile.h"
#include "profile/format.h"
#include "profile/profile_files.h"
#include "profile/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using reading::Content;
using reading::Contents;
using ::testing::HasSubstr;

class AKeyOfATestTable : public ::testing::Test {
 protected:
  Contents contents() const { return test::contents_of(extra_, origin_); }
  std::string digest() const { return reading::digest_of(contents()); }

  Origin origin_{.file = "a.yaml", .line = 3, .column = 5};
  Extra extra_;
};

TEST_F(AKeyOfATestTable, CountsInTheDigestIfItIsSet) {
  const std::string without = digest();
  extra_.fast = true;
  const std::string fast = digest();
  EXPECT_NE(fast, without);
  extra_.words = {"a"};
  const std::string words = digest();
  EXPECT_NE(words, fast);
  extra_.words = {"b"};
  EXPECT_NE(digest(), words);
  extra_ = {};
  extra_.speed = test::setting(7);
  const std::string seven = digest();
  EXPECT_NE(seven, without);
  extra_.speed = test::setting(8);
  EXPECT_NE(digest(), seven);
  extra_.speed.reset();
  extra_.loud = true;
  EXPECT_EQ(digest(), without);
}

// Without the rows of later keys the digest is the same: an unset one adds nothing.
TEST_F(AKeyOfATestTable, AddsNothingToTheDigestUnset) {
  Contents fewer = contents();
  std::erase_if(fewer[0].children[0].children, [](const Content& node) {
    return node.key->in_digest != reading::InDigest::Always;
  });
  EXPECT_EQ(reading::digest_of(fewer), digest());
}

TEST_F(AKeyOfATestTable, IsInTheSchemaAndInTheReference) {
  const auto keys = reading::keys_of<Extra>();
  const auto schema = parse_json(object_schema_json(keys));
  EXPECT_EQ(schema["properties"]["fast"]["description"], "whether it is fast");
  EXPECT_EQ(schema["properties"]["speed"]["anyOf"][0]["maximum"], 9);
  EXPECT_THAT(key_rows_markdown(keys), HasSubstr("| `speed` | setting: 1 to 9 | how fast it is |"));
}

// The keys of `nodes` that the profile does not set, with their path.
std::vector<std::string> unset(const Contents& nodes, const std::string& path) {
  std::vector<std::string> paths;
  for (const Content& node : nodes) {
    const std::string here = path + node.name;
    if (!is_set(node)) paths.push_back(here);
    const bool entries = node.key->shape == reading::Shape::Objects;
    if (entries && !node.children.empty()) {
      for (auto& below : unset(node.children.front().children, here + ".")) paths.push_back(below);
    } else if (!entries) {
      for (auto& below : unset(node.children, here + ".")) paths.push_back(below);
    }
  }
  return paths;
}

class ContentOfEveryKey : public ::testing::Test {
 protected:
  ContentOfEveryKey()
      : loaded_(load_profile(test::DiskFiles(), test::kEveryKey,
                             std::span(&test::kShippedProfiles, 1))) {}
  LoadedProfile loaded_;
};

TEST_F(ContentOfEveryKey, IsSetByTheProfileThatUsesThemAll) {
  ASSERT_TRUE(loaded_.profile);
  EXPECT_THAT(unset(reading::contents_of(*loaded_.profile), ""), ::testing::IsEmpty());
}

// A row without content is about the file, so that nothing else can be forgotten.
TEST_F(ContentOfEveryKey, IsMissingOnlyForKeysAboutTheFile) {
  std::vector<std::string_view> without;
  const auto add = [&](const auto& rows) {
    for (const auto& row : rows) {
      if (row.content == nullptr) without.push_back(row.key.name);
    }
  };
  add(reading::Fields<ProfileLayer>::rows);
  add(reading::Fields<reading::ExpectGroup>::rows);
  add(reading::Fields<NicEntry>::rows);
  add(reading::Fields<NicSelector>::rows);
  add(reading::Fields<CpuEntry>::rows);
  add(reading::Fields<PathExpectation>::rows);
  EXPECT_THAT(without, ::testing::ElementsAre("schema", "extends"));
}

}  // namespace
}  // namespace tuner
