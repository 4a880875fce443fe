// Figures by the points of a series: a line for each way to send, with an interval at each point.
#pragma once

#include "report/markup.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct PlotPoint {
  std::uint64_t at = 0;
  double value = 0;
  double low = 0, high = 0;   // of the interval; both 0: there is none
  std::string_view of_class;  // of the mark's colour
};

struct PlotLine {
  std::string name;
  std::string_view of_class;      // of its colour
  std::size_t number = 0;         // gives dashes and marks; the same way has it in each plot
  std::vector<PlotPoint> points;  // ascending. A point that was not measured is not here
};

// A point of the series with words above it.
struct PlotSign {
  std::uint64_t at = 0;
  std::string words;
};

struct PointPlot {
  std::string title;
  std::string legend;
  std::string unit;                     // "Gbit/s"; of ratios empty
  std::vector<std::uint64_t> at;        // all points of the series, ascending
  std::vector<std::string> names;       // theirs: "1 KiB"
  std::string axis;                     // what they are: "bytes a record"
  std::optional<std::string_view> one;  // of ratios: what 1 means, "as user space"
  std::vector<PlotLine> lines;
  std::vector<PlotSign> signs;
};

// The axis of the points is logarithmic where they grow by powers. So is that of the values where
// the largest is many times the smallest. Values that are no positive numbers are not drawn. Below
// the picture stands a table of its numbers. Empty: nothing can be drawn.
Markup point_figure(const PointPlot& plot);

}  // namespace tuner
