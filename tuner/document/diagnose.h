// The document of diagnose: what was found on a host, and what is not known.
#pragma once

#include "document/common.h"
#include "model/findings/finding.h"

namespace tuner::document {

struct FindingPlace {
  std::string file;
  std::int64_t line = 0;
};

void describe(auto& keys, Exactly<FindingPlace> auto& place) {
  keys.object("finding_place", "The line that decides it");
  keys.key({"file", {}, kNotEmpty}, place.file);
  keys.key({"line", "From 1; 0: the whole file"}, place.line);
}

struct Finding {
  std::string because;
  std::string severity;
  std::optional<std::string> subject;
  std::string message;
  Texts evidence;
  std::optional<FindingPlace> place;
  std::string next;
  std::optional<std::string> command;
  bool accepted = false;
};

void describe(auto& keys, Exactly<Finding> auto& finding) {
  keys.object("finding", "Something that keeps TLS off its path, makes it unsafe, or costs speed");
  keys.key({"because", "The code (docs/findings.md)", {.words = words_of<FindingCode>()}},
           finding.because);
  keys.key({"severity",
            "unsafe: TLS breaks, or a peer can break it. off-path: TLS that could be in the kernel "
            "or the NIC is not. advice: it costs speed, or fails later. note: nothing is wrong",
            {.words = words_of<FindingSeverity>()}},
           finding.severity);
  keys.key({"subject", "A NIC, service, program or library; null: the whole host"},
           finding.subject);
  keys.key({"message", "One sentence", kNotEmpty}, finding.message);
  keys.key({"evidence", "What was read"}, finding.evidence);
  keys.key({"place", "null: no one line decides it"}, finding.place);
  keys.key({"next", "The next step; may be empty"}, finding.next);
  keys.key({"command", "The next step for a shell, as root; null: no command does it"},
           finding.command);
  keys.key({"accepted", "The operator accepted this risk (--accept-risk)"}, finding.accepted);
}

struct Doubt {
  std::string kind;
  std::string message;
  std::string next;
  Texts hides;
};

void describe(auto& keys, Exactly<Doubt> auto& doubt) {
  keys.object("finding_doubt", "A part of the host that is not known");
  keys.key({"kind",
            "unreadable: a read failed, or a right is missing. not-recorded: the recording does "
            "not have it. not-looked-at: left out on purpose. undetermined: it does not tell",
            {.words = words_of<DoubtKind>()}},
           doubt.kind);
  keys.key({"message", "One sentence", kNotEmpty}, doubt.message);
  keys.key({"next", "The next step, or empty"}, doubt.next);
  keys.key({"hides", "The findings that there may be", {.words = words_of<FindingCode>()}},
           doubt.hides);
}

struct FindingCounts {
  std::int64_t unsafe = 0;
  std::int64_t off_path = 0;
  std::int64_t advice = 0;
  std::int64_t note = 0;
  std::int64_t accepted = 0;
  std::int64_t unknown = 0;
};

void describe(auto& keys, Exactly<FindingCounts> auto& counts) {
  keys.object("finding_counts", "Findings by severity");
  keys.key({"unsafe"}, counts.unsafe);
  keys.key({"off_path"}, counts.off_path);
  keys.key({"advice"}, counts.advice);
  keys.key({"note"}, counts.note);
  keys.key({"accepted", "Of any severity; not counted there"}, counts.accepted);
  keys.key({"unknown", "Parts that are not known"}, counts.unknown);
}

struct Diagnose {
  std::string answer;
  Texts evidence;
  std::vector<Finding> findings;
  std::vector<Doubt> unknown;
  FindingCounts summary;
};

void describe(auto& keys, Exactly<Diagnose> auto& diagnose) {
  keys.object("diagnose",
              "Why TLS is not in the kernel or the NIC, and what makes it unsafe there");
  keys.key({"answer", "The result in one sentence", kNotEmpty}, diagnose.answer);
  keys.key({"evidence", "What the answer about a server elsewhere rests on; else empty", kLater},
           diagnose.evidence);
  keys.key({"findings", "The worst first"}, diagnose.findings);
  keys.key({"unknown", "What could not be looked at: it is not known that nothing is wrong there"},
           diagnose.unknown);
  keys.key({"summary"}, diagnose.summary);
}

}  // namespace tuner::document
