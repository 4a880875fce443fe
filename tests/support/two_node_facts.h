// What collect_facts() finds on two_node_machine(), for tests of pure functions that stand on
// facts.
#pragma once

#include "model/facts.h"

namespace tuner::testing {

Facts two_node_facts();

}  // namespace tuner::testing
