// Sample steps of a plan, and a context for printing them.
#pragma once

#include "cli/request/verb.h"
#include "model/plan.h"
#include "support/fake_host.h"
#include "support/fake_state_store.h"

#include <string>
#include <utility>

namespace tuner::testing {

inline Step sample_step(std::string knob, std::string name, Status status, int line = 5) {
  Step step;
  step.desired.subject = {.knob = std::move(knob), .key = "key:" + name, .name = name};
  step.desired.setting.goal = {.op = Goal::Op::AtLeast, .value = std::int64_t{16}};
  step.desired.setting.why = "the profile's why";
  step.desired.setting.origin = {.file = "p.yaml", .line = line, .column = 3};
  step.observed.value = std::int64_t{4};
  step.status = status;
  step.target = std::int64_t{16};
  step.because = "the reason";
  return step;
}

// A context for the printers, without JSON and colour; tests set the options.
class Printing {
 public:
  Options options;
  const Context& context() { return context_; }

 private:
  FakeMachine machine_;
  FakeStateStore store_;
  Host host_ = machine_.host();
  Terminal terminal_{false, false, {}};
  Context context_{.options = options, .host = host_, .store = store_, .terminal = terminal_};
};

}  // namespace tuner::testing
