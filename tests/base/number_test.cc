#include "base/number.h"

#include "base/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

template <typename T>
Result<T> of_json(std::string_view text, T least = std::numeric_limits<T>::min(),
                  T most = std::numeric_limits<T>::max()) {
  return whole_number<T>(parse_json(text), least, most);
}

TEST(WholeNumber, TextMustBeANumberAsAWholeAndFit) {
  EXPECT_EQ(whole_number<int>("2147483647"), 2147483647);
  EXPECT_EQ(whole_number<int>("-2147483648"), std::numeric_limits<int>::min());
  EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551615"), ~std::uint64_t{0});
  EXPECT_EQ(whole_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(whole_number<unsigned>("ff", 0, 255, 16), 255U);
  for (const std::string_view text :
       {"", "-", "2147483648", "-2147483649", "4294967296", "9223372036854775808", "1e400", "1.5",
        "+1", " 1", "1 ", "0x1", "١"})
    EXPECT_FALSE(whole_number<int>(text).has_value()) << text;
  for (const std::string_view text : {"-1", "18446744073709551616"})
    EXPECT_FALSE(whole_number<std::uint64_t>(text).has_value()) << text;
  EXPECT_FALSE(whole_number<unsigned>("100", 0, 255, 16).has_value());
}

TEST(WholeNumber, JsonIsNeitherTruncatedNorWrapped) {
  EXPECT_EQ(of_json<int>("2147483647"), 2147483647);
  EXPECT_EQ(of_json<std::int64_t>("-9223372036854775808"),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(of_json<std::uint64_t>("18446744073709551615"), ~std::uint64_t{0});
  for (const std::string_view text :
       {"2147483648", "-2147483649", "4294967296", "9223372036854775808", "18446744073709551616",
        "1.5", "1.0", "1e3", "true", "null", "\"1\"", "[1]", "{}"})
    EXPECT_FALSE(of_json<int>(text).has_value()) << text;
  EXPECT_FALSE(of_json<std::uint64_t>("-1").has_value());
  EXPECT_FALSE(of_json<std::int64_t>("9223372036854775808").has_value());
  EXPECT_FALSE(of_json<std::uint16_t>("65536").has_value());
}

TEST(WholeNumber, EnforcesTheGivenRange) {
  EXPECT_EQ(of_json<int>("0", 0, 255), 0);
  EXPECT_EQ(of_json<int>("255", 0, 255), 255);
  EXPECT_FALSE(of_json<int>("256", 0, 255).has_value());
  EXPECT_FALSE(of_json<int>("-1", 0, 255).has_value());
  EXPECT_FALSE(whole_number<int>("256", 0, 255).has_value());
  EXPECT_FALSE(whole_number<int>("-1", 0, 255).has_value());
}

TEST(WholeNumber, TheErrorShowsTheTextAndTheRange) {
  const auto wrong = of_json<int>("4294967296", 0, 255);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().fault, Fault::Invalid);
  EXPECT_EQ(wrong.error().text, "'4294967296' is not a whole number from 0 to 255");
  EXPECT_THAT(whole_number<int>(std::string(5000, '9')).error().text, HasSubstr("99…'"));
  EXPECT_LT(whole_number<int>(std::string(5000, '9')).error().text.size(), 120U);
  EXPECT_THAT(of_json<int>("\"\\u0007\\u00ff\"").error().text, HasSubstr("\\u0007"))
      << "input that is not a number can be any text";
}

}  // namespace
}  // namespace tuner
