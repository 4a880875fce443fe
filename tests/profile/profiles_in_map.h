// Profiles as text in a map, for tests that load them.
#pragma once

#include "profile/profile_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner::test {

class ProfilesInMap : public ::testing::Test {
 protected:
  static std::vector<std::string> directories() { return {"/etc", "/usr"}; }

  void add(const std::string& path, std::string_view body) {
    const std::size_t start = path.rfind('/') + 1;
    const std::string stem = path.substr(start, path.size() - start - 5);
    files_.files[path] = "schema: ktls-tuner/profile/v1\nname: " + stem + "\n" + std::string(body);
  }

  LoadedProfile load(std::string_view name) const {
    return load_profile(files_, name, directories());
  }

  Profile loaded(std::string_view name) const {
    const LoadedProfile result = load(name);
    EXPECT_THAT(texts(result), ::testing::IsEmpty());
    return result.profile.value_or(Profile{});
  }

  static std::vector<std::string> texts(const LoadedProfile& result) {
    std::vector<std::string> texts;
    for (const Diagnostic& one : result.diagnostics) texts.push_back(to_text(one));
    return texts;
  }

  MapFiles files_;
};

}  // namespace tuner::test
