#include "report/svg.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Svg, EscapesEveryText) {
  const char* hostile = "\"><script>x</script>";
  for (const Markup& markup :
       {picture("track", hostile, {}), block(0, 1, "drift", hostile), letters(0.5, hostile)}) {
    EXPECT_THAT(markup.html, Not(HasSubstr("<script"))) << markup.html;
    EXPECT_THAT(markup.html, HasSubstr("&quot;&gt;&lt;script&gt;"));
  }
}

TEST(Svg, ABlockIsInsideThePictureAndVisible) {
  EXPECT_THAT(block(0.25, 0.75, "drift", "").html, HasSubstr("x=\"25.00%\" width=\"50.00%\""));
  EXPECT_THAT(block(-3, 0, "drift", "").html, HasSubstr("x=\"0.00%\" width=\"0.60%\""));
  EXPECT_THAT(block(1, 1, "drift", "").html, HasSubstr("x=\"99.40%\" width=\"0.60%\""));
  EXPECT_THAT(block(0.5, 77, "drift", "").html, HasSubstr("x=\"50.00%\" width=\"50.00%\""));
  EXPECT_THAT(block(0.9, 0.1, "drift", "").html, HasSubstr("x=\"90.00%\" width=\"0.60%\""));
}

TEST(Svg, LettersStayInside) {
  EXPECT_THAT(letters(0, "a").html, HasSubstr("text-anchor=\"start\""));
  EXPECT_THAT(letters(0.5, "a").html, HasSubstr("text-anchor=\"middle\""));
  EXPECT_THAT(letters(1, "a").html, HasSubstr("text-anchor=\"end\""));
}

TEST(Svg, AScreenReaderHasWords) {
  EXPECT_EQ(picture("track", "3 of 4 hosts", ours("x")).html,
            "<svg class=\"track\" role=\"img\" aria-label=\"3 of 4 hosts\">x</svg>");
}

}  // namespace
}  // namespace tuner
