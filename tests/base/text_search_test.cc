#include "base/text_search.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tuner {
namespace {

using Places = std::vector<std::pair<std::size_t, std::size_t>>;  // text, at

Places found(std::span<const std::string_view> texts, std::string_view bytes) {
  const TextSearch search(texts);
  Places all;
  for (auto place = search.next(bytes, 0); place.text != search.none();
       place = search.next(bytes, place.at + 1))
    all.emplace_back(place.text, place.at);
  return all;
}

// One text after the other, with the library's own search.
Places expected(std::span<const std::string_view> texts, std::string_view bytes) {
  Places all;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (std::size_t text = 0; text < texts.size(); ++text) {
      if (!bytes.substr(at).starts_with(texts[text])) continue;
      all.emplace_back(text, at);
      break;
    }
  }
  return all;
}

constexpr std::array<std::string_view, 3> kTexts{"OpenSSL ", "TLSv1.3", "\xff Go"};

TEST(TextSearch, FindsEachTextWhereItBegins) {
  EXPECT_EQ(found(kTexts, "TLSv1.3OpenSSL \xff Go"), (Places{{1, 0}, {0, 7}, {2, 15}}));
  EXPECT_EQ(found(kTexts, ""), Places());
  EXPECT_EQ(found(kTexts, "TLSv1."), Places());
  EXPECT_EQ(found(kTexts, "\xff G"), Places());
}

TEST(TextSearch, FindsTextsThatOverlap) {
  constexpr std::array<std::string_view, 3> kOverlapping{"abab", "ba", "bab"};
  EXPECT_EQ(found(kOverlapping, "ababab"), expected(kOverlapping, "ababab"));
}

// Of few letters, so that many places nearly fit.
TEST(TextSearch, FindsWhatOneSearchATextFinds) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto word = [&](std::size_t most) {
      std::string text(2 + random() % most, 'a');
      for (char& c : text) c = static_cast<char>('a' + random() % 3);
      return text;
    };
    const std::vector<std::string> words{word(4), word(6), word(9)};
    const std::vector<std::string_view> texts(words.begin(), words.end());
    const std::string bytes = word(400);
    EXPECT_EQ(found(texts, bytes), expected(texts, bytes)) << words[0] << " " << words[1];
  }
}

TEST(TextSearch, TakesEveryByte) {
  std::string bytes;
  for (int c = 255; c >= 0; --c) bytes += static_cast<char>(c);
  constexpr std::array<std::string_view, 1> kBytes{"\x81\x80\x7f"};
  EXPECT_EQ(found(kBytes, bytes), (Places{{0, 126}}));
}

}  // namespace
}  // namespace tuner
