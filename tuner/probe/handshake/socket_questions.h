// The helper's side of socket_answers.h.
#pragma once

#include "base/result.h"
#include "host/net/socket_port.h"

#include <functional>

namespace tuner {

// Socket diagnostics of a connection of ours, by the process that may see them.
using AskUlp = std::function<Result<UlpAnswer>(int socket)>;

// To be called in the network namespace that is probed, before rights are given up. Where `channel`
// leads to no tuner the helper asks by itself, and takes a hidden answer (UlpAnswer::name) for
// none.
AskUlp ulp_questions(int channel);

}  // namespace tuner
