// The functions that look for findings, one for each row of the catalogue (catalogue.cc). Each adds
// what it finds, or the doubt that it could not be looked at. Pure.
#pragma once

#include "model/findings/finding.h"

namespace tuner {

// kernel_looks.cc: the kernel's TLS and its module.
void look_kernel_without_tls(const DiagnosisInput& input, Diagnosis& found);
void look_module_missing(const DiagnosisInput& input, Diagnosis& found);
void look_module_not_loaded(const DiagnosisInput& input, Diagnosis& found);
void look_module_deny_listed(const DiagnosisInput& input, Diagnosis& found);
void look_module_locked(const DiagnosisInput& input, Diagnosis& found);

// Adds the doubt if a read of these parts failed or is not in the recording; `nic`: of this NIC, or
// of the whole part. Whether it did.
bool doubt_part(const DiagnosisInput& input, FactNeed part, FindingCode code, Diagnosis& found,
                std::string_view nic = {});
// Adds a doubt, or the code to the one with the same reason.
void add_doubt(DoubtKind kind, std::string because, std::string next, FindingCode code,
               Diagnosis& found);
// The place in "/etc/modprobe.d/x.conf:3: install tls /bin/false"; without a file if there is none.
ConfigPlace place_of(std::string_view text);

// Whether the kernel has TLS now.
bool has_kernel_tls(const Facts& facts);

}  // namespace tuner
