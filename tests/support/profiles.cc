#include "support/profiles.h"

namespace tuner::testing {

Setting exactly(Value value, Need need) {
  return {
      .goal = {.op = Goal::Op::Exactly, .value = std::move(value)}, .need = need, .why = "a test"};
}

Setting at_least(Value value, Need need) {
  return {
      .goal = {.op = Goal::Op::AtLeast, .value = std::move(value)}, .need = need, .why = "a test"};
}

Profile whole_profile() {
  NicEntry nics{.select = {.any_physical = true},
                .irq_placement = exactly(std::string("numa-local-spread"), Need::Preferred),
                .xps = exactly(std::string("match-irqs"), Need::Preferred),
                .rps = exactly(std::string("few-queues-with-flows"), Need::Preferred)};
  nics.features.push_back({"tls-hw-tx-offload", exactly(true, Need::Preferred)});
  return {.name = "whole",
          .summary = "every family",
          .lineage = {"whole.yaml"},
          .digest = "0000000000000001",
          .modules = {{"tls", exactly(true)}},
          .sysctl = {{"net.core.wmem_max", at_least(std::int64_t{16777216})},
                     {"net.ipv4.tcp_wmem", at_least(Integers{4096, 16384, 16777216})},
                     {"net.ipv4.tcp_notsent_lowat", exactly(std::int64_t{131072})}},
          .nics = {nics},
          .cpus = {{.governor = exactly(std::string("performance")),
                    .epp = exactly(std::string("performance"))}},
          .irqbalance = exactly(std::string("ban")),
          .services = {{"nginx.service/ktls", exactly(std::string("on"))},
                       {"nginx.service/near", exactly(std::string("eth0"))}}};
}

Profile shaped_profile() {
  Profile profile = whole_profile();
  profile.name = "shaped";
  profile.digest = "0000000000000003";
  profile.nics.push_back({.select = {.names = {"eth0"}},
                          .channels = {{"combined", exactly(std::int64_t{2})}},
                          .rings = {{"rx", exactly(std::int64_t{1000})}},
                          .coalesce = {{"adaptive-rx", exactly(true)}}});
  return profile;
}

Profile other_profile() {
  return {.name = "other",
          .summary = "less",
          .lineage = {"other.yaml"},
          .digest = "0000000000000002",
          .modules = {{"tls", exactly(true)}},
          .sysctl = {{"net.core.wmem_max", at_least(std::int64_t{33554432})}}};
}

}  // namespace tuner::testing
