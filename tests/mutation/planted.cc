// Mutated by `scripts/mutate --self-test`. The comment on each line is the expected result of its
// mutants.
#include "mutation/planted.h"

namespace tuner::planted {

static_assert(1 + 1 == 2);

bool is_larger(int one, int other) {
  // Strings and comments are not mutated: one < other, true.
  const char* text = "one < other && true";
  bool first = one > other && text != nullptr;  // killed
  if (!first)                                   // killed
    return false;                               // killed
  return true;                                  // killed
}

int unheld(int value) {
  value += 5;        // survived
  return value + 1;  // survived
}

}  // namespace tuner::planted
