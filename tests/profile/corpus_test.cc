// The files of tests/cases/profiles: the diagnostics must be exactly those in the last lines.
#include "base/text.h"
#include "profile/diagnostic_codes.h"
#include "profile/find_profile.h"
#include "profile/profile_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace tuner {
namespace {

const std::vector<std::string> kDirectories = {test::kBadProfiles, test::kShippedProfiles};

std::vector<std::string> corpus() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test::kBadProfiles)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> marked(const std::string& text) {
  constexpr std::string_view kMark = "# diagnosed: ";
  std::vector<std::string> marks;
  for (const std::string_view line : lines(text)) {
    if (line.starts_with(kMark)) marks.emplace_back(line.substr(kMark.size()));
  }
  return marks;
}

std::vector<std::string> found(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> marks;
  for (const Diagnostic& one : diagnostics)
    marks.push_back(fmt::format("{}:{}:{} {}",
                                std::filesystem::path(one.origin.file).filename().string(),
                                one.origin.line, one.origin.column, one.code));
  return marks;
}

class Corpus : public ::testing::TestWithParam<std::string> {};

TEST_P(Corpus, HasExactlyTheExpectedDiagnostics) {
  const test::DiskFiles files;
  const std::string path = fmt::format("{}/{}.yaml", test::kBadProfiles, GetParam());
  const auto expected = marked(files.read(path, kProfileSizeLimit).value());
  const LoadedProfile loaded = load_profile(files, GetParam(), kDirectories);
  EXPECT_FALSE(expected.empty()) << "each file must have an expected diagnostic";
  EXPECT_EQ(found(loaded.diagnostics), expected);
  EXPECT_NE(loaded.profile.has_value(), has_errors(loaded.diagnostics));
}

TEST_P(Corpus, HasACaretUnderEveryDiagnostic) {
  const LoadedProfile loaded = load_profile(test::DiskFiles(), GetParam(), kDirectories);
  for (const Diagnostic& one : loaded.diagnostics) {
    EXPECT_THAT(to_text(one), ::testing::HasSubstr("^"));
    EXPECT_LE(one.origin.column, static_cast<int>(one.source_line.size()) + 1) << to_text(one);
  }
}

// "unknown-key" becomes UnknownKey.
std::string test_name(const ::testing::TestParamInfo<std::string>& param) {
  std::string name;
  for (const std::string_view word : split(param.param, '-')) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    name += word.substr(1);
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Profiles, Corpus, ::testing::ValuesIn(corpus()), test_name);

// Codes that no file of the corpus can produce. find_profile_test.cc and yaml_reader_test.cc do.
const std::set<std::string> kMadeElsewhere = {"bad-encoding", "too-large", "unreadable-file"};

TEST(DiagnosticCodes, AreAllProducedByTheCorpus) {
  std::set<std::string> codes = kMadeElsewhere;
  for (const std::string& name : corpus()) {
    for (const Diagnostic& one : load_profile(test::DiskFiles(), name, kDirectories).diagnostics)
      codes.insert(one.code);
  }
  for (const DiagnosticCode& row : kDiagnosticCodes)
    EXPECT_TRUE(codes.contains(std::string(row.code))) << row.code;
}

TEST(DiagnosticCodes, HaveTheSeverityOfTheirRow) {
  for (const std::string& name : corpus()) {
    for (const Diagnostic& one : load_profile(test::DiskFiles(), name, kDirectories).diagnostics) {
      const std::size_t index = diagnostic_code_index(one.code);
      ASSERT_LT(index, kDiagnosticCodes.size()) << one.code;
      EXPECT_EQ(one.severity, kDiagnosticCodes[index].severity) << one.code;
    }
  }
}

}  // namespace
}  // namespace tuner
