// Programs that speak TLS, and known defects, as documents and as text.
#pragma once

#include "cli/output/display.h"
#include "document/programs.h"
#include "model/defect_findings.h"
#include "model/programs/program_risk.h"
#include "model/programs/programs.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

document::Programs programs_document(const Programs& programs, const RekeyFacts& kernel);
// A table of the programs, with the reason, the risk and the ways out below each. `whole`: also
// executable, processes, libraries and configurations.
std::string programs_text(const Programs& programs, const RekeyFacts& kernel, bool whole,
                          const Display& display);

std::vector<document::Defect> defects_document(std::span<const DefectFinding> findings);
// How many defects there are, and those that affect this host and can matter. `whole`: also those
// of which it is not known, or that nothing here uses.
std::string defects_text(std::span<const DefectFinding> findings, bool whole,
                         const Display& display);

}  // namespace tuner
