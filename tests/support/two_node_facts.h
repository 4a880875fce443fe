// The result of collect_facts() for two_node_machine(), for tests of pure functions.
#pragma once

#include "model/facts.h"

namespace tuner::testing {

Facts two_node_facts();

}  // namespace tuner::testing
