#pragma once

namespace tuner::planted {

/// Held by planted_main.cc.
bool is_larger(int one, int other);
/// Of this it asks nothing.
int unheld(int value);

}  // namespace tuner::planted
