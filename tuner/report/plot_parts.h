// Parts of a figure. Each row of a plot is a label, a picture and a number, so that the text alone
// says the same, and the label wraps on a phone.
#pragma once

#include "report/svg.h"

#include <string_view>

namespace tuner {

// `inner` begins with the heading.
Markup figure(std::string_view of_class, std::string_view title, const Markup& inner);
Markup plot_row(const Markup& label, const Markup& image, const Markup& value);
// An entry of a legend: a block of the class, and its meaning.
Markup key(std::string_view of_class, std::string_view words,
           Thickness thickness = Thickness::Full);
// The base-2 logarithm of a value of at least 1, to 0.0003: without libm, a file to load at each
// start (bench/statistics.cc).
double log2_of(double value);

}  // namespace tuner
