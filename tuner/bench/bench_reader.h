// Reads what the benchmark's helper prints (report_lines.h), as it arrives.
#pragma once

#include "bench/report_lines.h"

#include <string>
#include <string_view>

namespace tuner {

// Makes a report of lines that arrive in parts of any size.
class BenchReader {
 public:
  // Invalid: a malformed line, or one that contradicts the lines before it: no start, a row or
  // round that there is not, a measurement that took no time.
  Outcome take(std::string_view part);

  bool started() const { return started_; }
  bool ended() const { return ended_; }  // by BenchDone or an Error
  const BenchReport& report() const { return report_; }

 private:
  Outcome take_line(std::string_view line);
  Outcome add(BenchEvent event);
  Outcome check(const BenchEvent& event) const;

  std::string rest_;  // of a line that is not complete
  bool started_ = false;
  bool ended_ = false;
  BenchReport report_;
};

}  // namespace tuner
