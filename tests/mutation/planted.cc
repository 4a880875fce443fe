// What `scripts/mutate --self-test` changes: each line says what must become of its mutants.
#include "mutation/planted.h"

namespace tuner::planted {

static_assert(1 + 1 == 2);

bool is_larger(int one, int other) {
  // Strings and comments stay as they are: one < other, true.
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
