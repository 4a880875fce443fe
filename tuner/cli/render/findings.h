// The findings of a host, as a document and as text.
#pragma once

#include "cli/output/display.h"
#include "document/diagnose.h"
#include "model/findings/finding.h"

#include <string>
#include <vector>

namespace tuner {

// The result in one sentence: the worst finding, that there is none, or that not all is known.
std::string diagnosis_answer(const Diagnosis& diagnosis);

struct DiagnosisAnswer {
  std::string sentence;
  std::vector<std::string> evidence = {};  // what it rests on, a sentence each
};

document::Diagnose diagnosis_document(const Diagnosis& diagnosis, const DiagnosisAnswer& answer);
// `evidence`: also what was read, for each finding.
std::string diagnosis_text(const Diagnosis& diagnosis, const DiagnosisAnswer& answer, bool evidence,
                           const Display& display);

}  // namespace tuner
