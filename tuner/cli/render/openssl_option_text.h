// What the option KTLS in the system's openssl.cnf would do to the programs of this host, in words.
#pragma once

#include "model/programs/program_risk.h"
#include "model/programs/programs.h"

#include <string>
#include <string_view>

namespace tuner {

// The warning of a probe whose `config_file` does not ask for kTLS: who would suffer if it did, who
// would gain by a configuration of its own, and how to make one. Each list has a few names and a
// count.
std::string openssl_option_warning(std::string_view config_file, const Programs& programs,
                                   const RekeyFacts& kernel);

// The same where programs were not looked at, because of `why`.
std::string openssl_option_warning(std::string_view config_file, std::string_view why);

}  // namespace tuner
