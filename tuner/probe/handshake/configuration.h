// Loads an OpenSSL configuration of choice and reads back what new contexts then have.
#pragma once

#include "base/result.h"
#include "probe/config_readback.h"

#include <string_view>

namespace tuner {

// Before OpenSSL starts: makes it load this configuration as a program under OPENSSL_CONF does.
// `choice`: "default", the library's own openssl.cnf; "-", the text that is read from `input` in
// one message; else a path.
Outcome choose_configuration(std::string_view choice, int input);

// After OpenSSL has started with its configuration.
Result<ConfigReadback> contexts_under_configuration();

}  // namespace tuner
