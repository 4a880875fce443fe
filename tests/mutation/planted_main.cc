// The test of planted.cc. It must not notice mutants of unheld().
#include "mutation/planted.h"

int main() {
  using tuner::planted::is_larger;
  if (is_larger(2, 3) || !is_larger(3, 2) || is_larger(4, 4)) return 1;
  return tuner::planted::unheld(0) > -100 ? 0 : 1;
}
