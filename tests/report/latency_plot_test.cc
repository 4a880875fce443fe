#include "report/latency_plot.h"

#include <gmock/gmock.h>

#include <limits>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(LatencyPlot, EachNineIsAsWideAsTheOneBefore) {
  EXPECT_NEAR(nines_of(0), 0, 1e-9);
  EXPECT_NEAR(nines_of(0.9), 1, 1e-3);
  EXPECT_NEAR(nines_of(0.99), 2, 1e-3);
  EXPECT_NEAR(nines_of(0.999), 3, 1e-3);
  EXPECT_NEAR(nines_of(0.5), 0.30103, 1e-3);
  EXPECT_EQ(nines_of(1), 6);
  EXPECT_EQ(nines_of(-1), 0);
  EXPECT_EQ(nines_of(2), 6);
}

LatencyCurve curve(std::string name, double us) {
  return {.name = std::move(name),
          .of_class = "kernel",
          .points = {{0, us}, {0.5, 2 * us}, {0.9, 3 * us}, {0.99, 10 * us}, {1, 40 * us}}};
}

TEST(LatencyPlot, ACurveGoesFromTheSmallestToTheLargest) {
  const std::string html = latency_figure("Latency", "words", {curve("ktls", 10)}).html;
  EXPECT_THAT(
      html,
      HasSubstr(
          "class=\"curve kernel solid\" x1=\"0.00%\" x2=\"15.05%\" y1=\"100.00%\" y2=\"81.21%\""));
  EXPECT_THAT(html, HasSubstr("x2=\"100.00%\" y1=\"37.58%\" y2=\"0.00%\""));
  EXPECT_THAT(html, HasSubstr("ktls: 50 % 20.0 µs, 90 % 30.0 µs, 99 % 100 µs, maximum 400 µs"));
  EXPECT_THAT(html, HasSubstr("99 %</text>"));
  EXPECT_THAT(html, Not(HasSubstr("99.9 %</text>")));
}

TEST(LatencyPlot, WhatCannotBeIsLeftOut) {
  EXPECT_TRUE(latency_figure("t", "w", {}).html.empty());
  EXPECT_TRUE(latency_figure("t", "w", {{"a", "kernel", {{0.5, 0}, {0.9, -1}}}}).html.empty());
  const double huge = std::numeric_limits<double>::max();
  const std::string html =
      latency_figure("t", "w", {{"a", "kernel", {{0, 1}, {0.5, huge}, {7, 3}, {1, 2}}}}).html;
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf")));
  EXPECT_FALSE(latency_figure("t", "w", {{"a", "kernel", {{0, 5}, {1, 5}}}}).html.empty());
}

}  // namespace
}  // namespace tuner
