// One line on stderr that is written over again and again, for a person who waits. Only a terminal
// in the foreground gets it; nothing of it is left at the end.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

class LiveLine {
 public:
  // Nothing is ever shown if not `wanted`, or if stderr is no terminal, or its TERM is missing or
  // "dumb".
  explicit LiveLine(bool wanted);
  ~LiveLine();  // clear()
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  // Cut to the width of the terminal. Passed through for_terminal().
  void show(std::string_view text);
  void clear();

 private:
  bool possible_;
  bool shown_ = false;
  std::string last_;
};

}  // namespace tuner
