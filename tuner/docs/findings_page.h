// The page docs/findings.md, from the catalogue of findings (model/findings/finding.h).
#pragma once

#include <string>

namespace tuner {

std::string findings_page();

}  // namespace tuner
