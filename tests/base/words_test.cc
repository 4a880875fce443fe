#include "base/words.h"

#include "base/result.h"

#include <gtest/gtest.h>

namespace tuner {
// Named, because the tables of words stand outside.
namespace words_test {

enum class Tone { Low, High };
enum class Short { A, B };
enum class Swapped { A, B };

}  // namespace words_test

using words_test::Short;
using words_test::Swapped;
using words_test::Tone;

template <>
inline constexpr auto kWords<Tone> = std::to_array<Word<Tone>>({{Tone::Low, "low"},
                                                                {Tone::High, "high"}});
template <>
inline constexpr auto kWords<Short> = std::to_array<Word<Short>>({{Short::A, "a"}});
template <>
inline constexpr auto kWords<Swapped> = std::to_array<Word<Swapped>>({{Swapped::B, "b"},
                                                                      {Swapped::A, "a"}});

namespace {

TEST(Words, AreOneTable) {
  EXPECT_EQ(word_of(Tone::High), "high");
  EXPECT_EQ(from_word<Tone>("low"), Tone::Low);
  EXPECT_FALSE(from_word<Tone>("Low"));
  EXPECT_FALSE(from_word<Tone>(""));
  ASSERT_EQ(words_of<Tone>().size(), 2U);
  EXPECT_EQ(words_of<Tone>()[1], "high");
}

TEST(Words, AValueWithoutItsWordIsNoTable) {
  static_assert(detail::has_each_value<Tone>());
  static_assert(!detail::has_each_value<Short>());
  static_assert(!detail::has_each_value<Swapped>());
}

// The helper's errors were read by a list of their own, which two new categories were missing from.
TEST(Words, EachCategoryOfErrorsIsReadAsItIsWritten) {
  for (const Word<Fault>& row : kWords<Fault>)
    EXPECT_EQ(from_word<Fault>(fault_name(row.value)), row.value);
}

}  // namespace
}  // namespace tuner
