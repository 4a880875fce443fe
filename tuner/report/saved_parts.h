// Parts of a document in the words of reports.
#pragma once

#include "document/bodies.h"
#include "report/document.h"

namespace tuner {

SavedPlan saved_plan(const document::Plan& plan);
std::vector<SavedStep> saved_steps(const std::vector<document::Step>& steps);
SavedProbe saved_probe(const document::Probe& probe);
SavedFacts saved_facts(const document::Facts& facts);
SavedPrograms saved_programs(const document::ProgramsAtRisk& programs);
SavedSessions saved_sessions(const document::Sessions& sessions);

}  // namespace tuner
