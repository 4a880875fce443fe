// The result of the probe of a server elsewhere as plain data for the findings of diagnose. Pure.
#pragma once

#include "cli/steps/server_probe.h"
#include "model/findings/server_look.h"

namespace tuner {

// `result`: as of ask_server() for `probe`. Its error, or that the server accepted nothing, becomes
// ServerLook::failure.
ServerLook server_look(const ServerProbe& probe, const Result<JudgedServer>& result);

}  // namespace tuner
