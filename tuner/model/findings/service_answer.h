// The answer about one service: where its TLS is, and why, in one sentence. Pure.
#pragma once

#include "model/findings/input.h"

#include <string>

namespace tuner {

// "nginx (nginx.service), 5 processes: its TLS stays in user space, because …". Of several programs
// of the service the first decides. `input.programs` has at least one.
std::string service_answer(const DiagnosisInput& input);

}  // namespace tuner
