// Results as JSON documents (keys: schema/document.schema.json). Fields may be added; none changes
// its meaning.
#pragma once

#include "cli/request/verb.h"
#include "model/facts.h"
#include "model/plan.h"
#include "probe/report.h"
#include "probe/verdict.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>

namespace tuner {

// profile, steps, summary, notes
nlohmann::ordered_json plan_json(const Plan& plan);
nlohmann::ordered_json step_json(const Step& step);
nlohmann::ordered_json steps_json(const std::vector<Step>& steps);
nlohmann::ordered_json summary_json(const Summary& summary);
nlohmann::ordered_json facts_json(const Facts& facts);
nlohmann::ordered_json library_json(const LibraryFacts& library);
nlohmann::ordered_json probe_json(const JudgedReport& judged);
nlohmann::ordered_json diagnostic_json(const Diagnostic& diagnostic);

struct Envelope {
  std::string_view kind;
  HostIdentity host;
  std::chrono::system_clock::time_point started_at;
  std::chrono::milliseconds duration{0};
};
// The whole document: the envelope around the answer's body.
nlohmann::ordered_json document(const Envelope& envelope, const Answer& answer);
// The document as text, for stdout or a file. Text from the machine may hold any byte: bytes that
// are not UTF-8 are replaced.
std::string document_text(const Envelope& envelope, const Answer& answer);

}  // namespace tuner
