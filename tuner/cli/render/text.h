// Plans, probes and errors as text for a terminal.
#pragma once

#include "cli/output/table.h"
#include "cli/request/verb.h"
#include "model/plan.h"
#include "probe/report.h"
#include "probe/verdict.h"

#include <string>

namespace tuner {

// Which rows of a plan are shown. OnlyTrouble: steps with is_problem(), that is not in sync,
// without preferred settings that this machine cannot have. The summary line counts all.
enum class Rows { All, OnlyTrouble };

Tint tint_of(Status status);

std::string plan_text(const Plan& plan, Rows rows, const Context& context);
std::string summary_text(const Summary& summary);  // "3 to change, 12 in sync, 2 unsupported"
std::string probe_text(const JudgedReport& judged, const Context& context);
// Parts of its table.
Tint tint_of(CellResult result);
std::string path_words(const JudgedCell& cell, TlsDirection direction);  // "kernel (wants device)"
std::string counters_text(const ProbeEnd& end);                          // "TlsTxSw +1"
void explain_end(Table& table, const ProbeEnd& end);                     // notes below the last row

// One line for a write that was just done or undone:
// "wrote sysctl net.core.wmem_max  212992 -> 16777216".
std::string step_line(const Step& step, const Context& context);

std::string error_text(const Error& error);  // "error: …" and, under it, "  hint: …"
std::string warning_text(std::string_view warning);

}  // namespace tuner
