// The program of this host that an operator names.
#pragma once

#include "base/result.h"
#include "model/programs/programs.h"

#include <string_view>
#include <vector>

namespace tuner {

// The programs that `name` means: a unit with or without ".service", the name of a program, or the
// path of its executable. More than one only if they are of one service and read one OpenSSL
// configuration. Refers to `programs`. NotFound: none; the hint lists those that there are, or says
// what was not looked at. Invalid: several that differ; the text lists their services.
Result<std::vector<const Program*>> programs_named(const Programs& programs, std::string_view name);

}  // namespace tuner
