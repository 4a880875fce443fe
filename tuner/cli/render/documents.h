// The bodies of documents (tuner/document/), filled from results; and the whole document.
#pragma once

#include "cli/request/verb.h"
#include "document/envelope.h"
#include "engine/confirm.h"
#include "model/facts.h"
#include "model/plan.h"
#include "probe/verdict.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {
namespace document {
struct Diagnostic;
struct End;
struct Library;
struct Nic;
struct Pending;
struct Place;
struct Step;
struct Summary;
}  // namespace document

document::Place place_document(const Origin& origin);
document::Diagnostic diagnostic_document(const Diagnostic& diagnostic);

std::vector<document::Step> steps_document(const std::vector<Step>& steps);
document::Summary summary_document(const std::vector<Step>& steps);
document::Plan plan_document(const Plan& plan);
std::optional<document::Pending> pending_document(const Host& host,
                                                  const std::optional<PendingConfirm>& pending);

// The body of a verb that had nothing to do: no profile is active, or unattended runs are off.
document::Body nothing_to_do(std::string_view verb);

// `openssl` is left empty: facts are of the machine, which may be a recorded one.
document::Facts facts_document(const Facts& facts);
document::Nic nic_document(const Nic& nic, const Facts& facts);
document::Library library_document(const LibraryFacts& library);
document::End end_document(const ProbeEnd& end);
document::Probe probe_document(const JudgedReport& judged);

// What a run knows of itself when it ends.
struct Occasion {
  std::string_view kind;
  HostIdentity host;
  std::chrono::system_clock::time_point started_at;
  std::chrono::milliseconds duration{0};
};
// The whole document: the envelope around the answer's body.
nlohmann::ordered_json document_json(const Occasion& occasion, const Answer& answer);
// The document as text, for stdout or a file. Text from the machine may hold any byte: bytes that
// are not UTF-8 are replaced.
std::string document_text(const Occasion& occasion, const Answer& answer);
// The same in one line.
std::string document_line(const Occasion& occasion, const Answer& answer);

}  // namespace tuner
