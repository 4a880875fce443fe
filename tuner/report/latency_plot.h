// Latencies by percentile, each further nine as wide as the one before: 90 %, 99 %, 99.9 %. So the
// tail, which users feel, has as much room as the rest.
#pragma once

#include "report/markup.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct LatencyPoint {
  double share = 0;         // of the requests, 0 to 1
  double microseconds = 0;  // which this share did not exceed
};

struct LatencyCurve {
  std::string name;
  std::string_view of_class;         // of its colour
  std::vector<LatencyPoint> points;  // in the order of the shares
};

// Empty: no curve has two points that can be shown.
Markup latency_figure(std::string_view title, std::string_view legend,
                      const std::vector<LatencyCurve>& curves);

// The place of a share on the axis, in nines: 0 for 0, 1 for 90 %, 2 for 99 %.
double nines_of(double share);

}  // namespace tuner
