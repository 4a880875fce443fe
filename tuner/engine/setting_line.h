// A fast reader for the lines of which a journal has thousands: "intended", "done" and "preserved",
// in exactly the layout in which this program writes them. Every other line, and a line with any
// deviation (another order of keys, an escape, a byte outside ASCII), is left to the JSON parser.
// The two agree on each line that this one accepts (tests/engine/setting_line_test.cc).
#pragma once

#include "model/plan.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct SettingLine {
  enum class What { Intended, Done, Preserved };
  What what = What::Intended;
  std::string_view boot;  // views into the line
  std::string_view net;
  Subject subject;     // of Done only the key
  Value before;        // of Intended
  Value after;         // of Preserved: the value
  std::string folder;  // of Done
};

// nullopt: another kind of line, or another layout; it can still be a good line.
std::optional<SettingLine> read_setting_line(std::string_view line);

}  // namespace tuner
