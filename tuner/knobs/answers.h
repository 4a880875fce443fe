// Constructors for observations without a usable value (unsupported, unreadable, blocked), and for
// the errors of failed writes. All families use them.
#pragma once

#include "base/result.h"
#include "model/plan.h"

#include <string>
#include <string_view>

namespace tuner {

Observation unsupported(std::string reason, std::string hint = {});
Observation unreadable(std::string reason, std::string hint = {});
Observation blocked(std::string reason, std::string hint = {});

// For a read that failed with any error but NotFound. `right` is the privilege that reading needs;
// on NotPermitted it becomes the hint.
Observation unreadable(const Error& error, std::string_view right);

// The error of a failed write. Prepends the subject and the value to `error.text`, which holds the
// kernel's error. On NotPermitted the hint names `right`, the privilege that writing needs.
Error write_error(const Subject& subject, const Value& value, Error error, std::string_view right);

}  // namespace tuner
