// A look at programs as JSON, in the format of the tool's own files.
#pragma once

#include "model/programs/job_scan.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

nlohmann::json program_scan_to_json(const ProgramScan& scan);
// Throws nlohmann::json::exception if a field is missing or has another type. A kind of risk of a
// later release is read as one that is not known: the program must not be taken for a safe one.
ProgramScan program_scan_from_json(const nlohmann::json& object);

}  // namespace tuner
