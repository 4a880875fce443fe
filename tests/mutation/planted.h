#pragma once

namespace tuner::planted {

/// Tested by planted_main.cc.
bool is_larger(int one, int other);
/// Not tested, so its mutants survive.
int unheld(int value);

}  // namespace tuner::planted
