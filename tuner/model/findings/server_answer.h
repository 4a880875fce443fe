// The answer about a server elsewhere: what of its TLS is in this host's kernel or NIC, and why not
// more, in one sentence and in evidence. Pure. `input.server` is there.
#pragma once

#include "model/findings/finding.h"

#include <string>
#include <vector>

namespace tuner {

// "mail.example:25 accepts TLS 1.3 and TLS 1.2; TLS 1.3 with AES-256-GCM, which it chooses, is sent
// by this host's kernel; receiving stays in user space, because …".
std::string server_answer(const DiagnosisInput& input);

// What was asked and how the server answered, a sentence each.
std::vector<std::string> server_evidence(const DiagnosisInput& input);

// diagnose(), without what has nothing to do with connections to this server: findings about
// programs, settings and NICs of other routes, and doubts that hide only such findings.
Diagnosis diagnose_server(const DiagnosisInput& input);

}  // namespace tuner
