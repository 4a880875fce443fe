// The three answers every family that reads a file must tell apart: it is not there, we may not
// read it, and what is in it is not what it should be.
#pragma once

#include "base/result.h"
#include "model/plan.h"

#include <string>
#include <string_view>

namespace tuner {

Observation unsupported(std::string reason, std::string hint = {});
Observation unreadable(std::string reason, std::string hint = {});
Observation blocked(std::string reason, std::string hint = {});

// For a read that failed otherwise than with NotFound; `right` is what is needed to read it.
Observation unreadable(const Error& error, std::string_view right);

// A write that failed: what was wanted of which subject, and the right that is missing if it is
// that. `error.text` says what the kernel answered.
Error write_error(const Subject& subject, const Value& value, Error error, std::string_view right);

}  // namespace tuner
